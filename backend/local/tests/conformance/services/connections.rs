//! `@connections`, by which anybody who may reaches a connection
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html>).

use anyhow::{Result, ensure};

use super::open::Open;
use crate::checks::{checks, same};
use crate::target::Target;
use crate::wire::http::Answer;
use crate::wire::socket::Received;

checks! {
    "POST sends to the client" => post,
    "a POST of more than 128 KB is refused" => too_large,
    "GET tells of the connection in camelCase" => get,
    "DELETE closes the connection" => delete,
    "a connection that was closed is gone" => gone,
}

/// A call about a connection.
pub(super) async fn call(target: &Target, method: &str, id: &str, body: &[u8]) -> Result<Answer> {
    let id = id.replace('=', "%3D");
    let address = format!("{}/@connections/{id}", target.connections);
    let headers = [("content-type", "application/octet-stream")];
    target.aws.send("execute-api", method, &address, &headers, body.to_vec()).await
}

async fn post(target: &Target) -> Result<()> {
    let mut open = Open::new(target).await?;
    let answer = call(target, "POST", &open.id(target).await?, "händ".as_bytes()).await?;
    same!((answer.status, answer.text().as_str()), (200, ""));
    same!(open.socket.receive().await?, Received::Text("händ".to_owned()));
    open.socket.close().await
}

async fn too_large(target: &Target) -> Result<()> {
    let open = Open::new(target).await?;
    let large = vec![b'x'; 128 * 1024 + 1];
    let answer = call(target, "POST", &open.id(target).await?, &large).await?;
    answer.refused(413, "PayloadTooLargeException")?;
    open.socket.close().await
}

async fn get(target: &Target) -> Result<()> {
    let open = Open::new(target).await?;
    let about = call(target, "GET", &open.id(target).await?, b"").await?.ok()?;
    for name in ["connectedAt", "lastActiveAt"] {
        let moment = about[name].as_str().unwrap_or_default();
        ensure!(moment.contains('T') && moment.ends_with('Z'), "{name} is {}", about[name]);
    }
    ensure!(about["identity"]["sourceIp"].is_string(), "{about}");
    open.socket.close().await
}

async fn delete(target: &Target) -> Result<()> {
    let mut open = Open::new(target).await?;
    let id = open.id(target).await?;
    same!(call(target, "DELETE", &id, b"").await?.status, 204);
    ensure!(matches!(open.socket.receive().await?, Received::Closed(_)), "it goes on");
    open.events(target, "DISCONNECT", 1).await?;
    call(target, "POST", &id, b"hello").await?.refused(410, "GoneException").map(drop)
}

async fn gone(target: &Target) -> Result<()> {
    let open = Open::new(target).await?;
    let id = open.id(target).await?;
    let Open { socket, .. } = open;
    socket.close().await?;
    let look =
        async || Ok(Some(call(target, "POST", &id, b"").await?).filter(|it| it.status != 200));
    let posted = target.eventually(target.patience.soon, look).await?;
    posted.refused(410, "GoneException")?;
    for method in ["GET", "DELETE"] {
        call(target, method, &id, b"").await?.refused(410, "GoneException")?;
    }
    Ok(())
}

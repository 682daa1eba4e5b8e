//! A person with a browser, without the browser.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::{OrderId, Timestamp, api::staff_ticket_path, live::ToBrowser};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use super::{PATIENCE, eventually};

const PASSWORD: &str = "correct horse battery";

/// The ids of the user pool's clients.
#[derive(Clone, Copy)]
pub struct Clients<'a> {
    /// That of the sessions.
    pub session: &'a str,
    /// That which writes email addresses.
    pub email: &'a str,
}

/// Someone who is signed in.
#[derive(Clone)]
pub struct Customer {
    pub(super) http: reqwest::Client,
    pub(super) edge: String,
    pub access_token: String,
    pub id_token: String,
    pub refresh_token: String,
}

impl Customer {
    /// Signs up, confirms with the code from the mail, signs in.
    pub async fn sign_up(
        http: &reqwest::Client,
        edge: &str,
        clients: Clients<'_>,
        email: &str,
        code: impl AsyncFn(&str) -> Option<String>,
    ) -> Self {
        let ask = async |action, body| cognito(http, edge, action, body).await;
        let client = clients.email;
        let (status, answer) =
            ask("SignUp", json!({"ClientId": client, "Username": email, "Password": PASSWORD}))
                .await;
        assert_eq!(status, 200, "{answer}");
        let code = eventually("the code", async || code(email).await).await;
        let confirm = json!({"ClientId": client, "Username": email, "ConfirmationCode": code});
        assert_eq!(ask("ConfirmSignUp", confirm).await.0, 200);
        Self::sign_in(http, edge, clients.session, email).await
    }

    pub async fn sign_in(http: &reqwest::Client, edge: &str, client: &str, email: &str) -> Self {
        let auth = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": email, "PASSWORD": PASSWORD}});
        let (status, answer) = cognito(http, edge, "InitiateAuth", auth).await;
        assert_eq!(status, 200, "{answer}");
        let token = |name: &str| answer["AuthenticationResult"][name].as_str().unwrap().to_owned();
        Self {
            http: http.clone(),
            edge: edge.to_owned(),
            access_token: token("AccessToken"),
            id_token: token("IdToken"),
            refresh_token: token("RefreshToken"),
        }
    }

    /// Who this is: `sub` of the access token.
    pub fn user_id(&self) -> String {
        let claims = self.access_token.split('.').nth(1).unwrap();
        let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
        let claims: Value = serde_json::from_slice(&claims).unwrap();
        claims["sub"].as_str().unwrap().to_owned()
    }

    /// A call to Cognito that says who asks by the access token.
    pub async fn cognito(&self, action: &str, mut request: Value) -> (u16, Value) {
        request["AccessToken"] = json!(self.access_token);
        cognito(&self.http, &self.edge, action, request).await
    }

    /// The same person at another address of the same system.
    pub fn at(&self, edge: &str) -> Self {
        Self { edge: edge.to_owned(), http: reqwest::Client::new(), ..self.clone() }
    }

    /// One request; `None` if there was no answer.
    pub async fn try_request(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> Option<(u16, Value)> {
        answer_to(self.to_send(method, path, body)).await
    }

    /// A `PUT` in the place of what `If-Match` names; `None` if there was no answer.
    pub async fn try_replace(
        &self,
        path: &str,
        if_match: &str,
        body: String,
    ) -> Option<(u16, Value)> {
        answer_to(self.to_send("PUT", path, Some(body)).header("if-match", if_match)).await
    }

    fn to_send(&self, method: &str, path: &str, body: Option<String>) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.edge);
        let request =
            self.http.request(method.parse().unwrap(), url).bearer_auth(&self.access_token);
        match body {
            Some(body) => request.header("content-type", "application/json").body(body),
            None => request,
        }
    }

    pub async fn request(&self, method: &str, path: &str, body: Option<String>) -> (u16, Value) {
        self.try_request(method, path, body).await.unwrap()
    }

    pub async fn place(&self, order_id: OrderId, request: &Value) -> (u16, Value) {
        self.request("PUT", &format!("/api/orders/{order_id}"), Some(request.to_string())).await
    }

    /// Places an order as the page does: again and again until there is an answer that counts.
    pub async fn place_surely(&self, order_id: OrderId, request: &Value) {
        let path = format!("/api/orders/{order_id}");
        eventually("an order to be taken", async || {
            let (status, answer) =
                self.try_request("PUT", &path, Some(request.to_string())).await?;
            assert!(matches!(status, 200 | 201 | 429 | 500..), "{status} {answer}");
            matches!(status, 200 | 201).then_some(())
        })
        .await;
    }

    pub async fn order(&self, order_id: OrderId) -> Value {
        self.request("GET", &format!("/api/orders/{order_id}"), None).await.1
    }

    /// Waits until an order has ended.
    pub async fn ended(&self, order_id: OrderId) -> Value {
        let ends = ["order_delivered", "order_rejected", "order_cancelled"];
        let path = format!("/api/orders/{order_id}");
        eventually("an order to end", async || {
            let (status, order) = self.try_request("GET", &path, None).await?;
            (status == 200 && ends.contains(&order["status"].as_str()?)).then_some(order)
        })
        .await
    }

    pub async fn ticket(&self) -> String {
        let (status, ticket) = self.request("POST", "/api/live-tickets", None).await;
        assert_eq!(status, 201, "{ticket}");
        ticket["ticket"].as_str().unwrap().to_owned()
    }

    /// A ticket for a socket of the staff of a restaurant, or the status and the problem.
    pub async fn staff_ticket(&self, restaurant: &str) -> Result<String, (u16, Value)> {
        let path = staff_ticket_path(&restaurant.parse().unwrap());
        match self.request("POST", &path, None).await {
            (201, ticket) => Ok(ticket["ticket"].as_str().unwrap().to_owned()),
            refused => Err(refused),
        }
    }

    /// Opens a socket and waits for its first pong: before that it proves nothing.
    pub async fn listen(&self) -> Socket {
        self.listen_with(&self.ticket().await).await
    }

    /// The same as staff of a restaurant.
    pub async fn listen_for(&self, restaurant: &str) -> Socket {
        self.listen_with(&self.staff_ticket(restaurant).await.unwrap()).await
    }

    async fn listen_with(&self, ticket: &str) -> Socket {
        let mut socket = Socket::open(&self.edge, ticket).await.unwrap();
        socket.say(r#"{"action":"ping"}"#).await;
        match socket.hear().await {
            ToBrowser::Pong { .. } => socket,
            other => panic!("{other:?} is no pong"),
        }
    }
}

async fn answer_to(request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
    let reply = request.timeout(std::time::Duration::from_secs(35)).send().await.ok()?;
    let status = reply.status().as_u16();
    Some((status, reply.json().await.unwrap_or_default()))
}

/// An open WebSocket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// A handshake with a ticket; the HTTP status if it is refused.
    pub async fn open(edge: &str, ticket: &str) -> Result<Self, u16> {
        let url = format!("{}/live?ticket={ticket}", edge.replace("http", "ws"));
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self(stream)),
            Err(tokio_tungstenite::tungstenite::Error::Http(reply)) => Err(reply.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    pub async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next thing the server says.
    pub async fn hear(&mut self) -> ToBrowser {
        let text = self.hear_text().await;
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{text} is nothing we say: {error}"))
    }

    /// The same as it was written.
    pub async fn hear_text(&mut self) -> String {
        match self.next().await {
            Message::Text(text) => text.to_string(),
            other => panic!("{other:?} is nothing we say"),
        }
    }

    /// The next text, or nothing once the connection has ended.
    pub async fn try_hear(&mut self) -> Option<String> {
        loop {
            match self.0.next().await?.ok()? {
                Message::Text(text) => return Some(text.to_string()),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Says something, unless the connection has ended.
    pub async fn try_say(&mut self, text: &str) -> Option<()> {
        self.0.send(Message::text(text)).await.ok()
    }

    /// The code with which the server closes the connection.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next().await {
                return frame.map_or(1005, |frame| frame.code.into());
            }
        }
    }

    /// Listens until this order is delivered; the statuses heard, in order.
    pub async fn hear_out(&mut self, order_id: OrderId) -> Vec<&'static str> {
        let mut heard = Vec::new();
        loop {
            let ToBrowser::OrderEvent { event } = self.hear().await else { continue };
            if event.fact.order_id == order_id {
                heard.push(event.status().name());
            }
            if event.fact.order_id == order_id && event.status().is_terminal() {
                return heard;
            }
        }
    }

    async fn next(&mut self) -> Message {
        tokio::time::timeout(PATIENCE, self.0.next()).await.expect("silence").unwrap().unwrap()
    }
}

/// An order id as the page makes it.
pub fn new_order_id(number: u32) -> OrderId {
    let mut random = [7; 10];
    random[4..8].copy_from_slice(&number.to_le_bytes());
    OrderId::new(Timestamp::from_millis(1_795_450_090_791), random)
}

async fn cognito(http: &reqwest::Client, edge: &str, action: &str, body: Value) -> (u16, Value) {
    let request = http
        .post(format!("{edge}/cognito"))
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{action}"))
        .body(body.to_string());
    let reply = request.send().await.unwrap();
    (reply.status().as_u16(), reply.json().await.unwrap_or_default())
}

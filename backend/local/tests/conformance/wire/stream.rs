//! A connection, with TLS if the address asks for it.

use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, anyhow};
use axum::http::Uri;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What HTTP and WebSockets need of a connection.
pub(super) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A connection of either kind.
pub(super) type Stream = Box<dyn Io>;

/// Connects to where an address points: `http`, `ws`, or with TLS `https`, `wss`.
pub(super) async fn open(address: &Uri) -> Result<Stream> {
    let host = address.host().with_context(|| format!("{address} names no host"))?;
    let secure = matches!(address.scheme_str(), Some("https" | "wss"));
    let port = address.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let tcp = TcpStream::connect((host, port)).await;
    let tcp = tcp.with_context(|| format!("cannot connect to {host}:{port}"))?;
    tcp.set_nodelay(true)?;
    if !secure {
        return Ok(Box::new(tcp));
    }
    let name = ServerName::try_from(host.to_owned())?;
    Ok(Box::new(connector()?.connect(name, tcp).await?))
}

fn connector() -> Result<TlsConnector> {
    static CONFIG: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| config().map_err(|why| format!("{why:#}")));
    config.clone().map(TlsConnector::from).map_err(|why| anyhow!(why))
}

fn config() -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(Arc::new(config?.with_root_certificates(roots).with_no_client_auth()))
}

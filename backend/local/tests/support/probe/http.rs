//! HTTP over a plain socket: one request on one connection.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A request.
pub(crate) struct Request<'a> {
    /// Such as `POST`.
    pub(crate) method: &'a str,
    /// Host, and port if it is not 80.
    pub(crate) host: &'a str,
    /// The path, with a `/` first.
    pub(crate) path: &'a str,
    /// Headers beside `host` and `content-length`.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// What is sent.
    pub(crate) body: &'a str,
}

/// What came back.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The headers, their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body as text.
    pub(crate) body: String,
}

impl Request<'_> {
    /// Sends it; `None` if the connection broke.
    pub(crate) fn send(&self) -> Option<Answer> {
        let host = self.host;
        let with_port = format!("{host}:80");
        let address = if host.contains(':') { host } else { &with_port };
        let mut stream = TcpStream::connect(address).ok()?;
        let mut text = format!(
            "{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n",
            self.method, self.path
        );
        for (name, value) in self.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("content-length: {}\r\n\r\n{}", self.body.len(), self.body);
        stream.write_all(text.as_bytes()).ok()?;
        read(&mut BufReader::new(stream))
    }
}

fn read(reader: &mut impl BufRead) -> Option<Answer> {
    let status = line(reader)?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let chunked = headers.get("transfer-encoding").is_some_and(|it| it == "chunked");
    let length = headers.get("content-length").and_then(|it| it.parse().ok());
    let mut body = Vec::new();
    match length {
        _ if chunked => while chunk(reader, &mut body)? {},
        Some(length) => drop(reader.take(length).read_to_end(&mut body).ok()?),
        None => drop(reader.read_to_end(&mut body).ok()?),
    }
    Some(Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Reads one chunk; `false` is the last, which is empty.
fn chunk(reader: &mut impl BufRead, body: &mut Vec<u8>) -> Option<bool> {
    let length = u64::from_str_radix(line(reader)?.split(';').next()?, 16).ok()?;
    reader.take(length).read_to_end(body).ok()?;
    line(reader)?;
    Some(length > 0)
}

fn line(reader: &mut impl BufRead) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    Some(line.trim_end().to_owned())
}

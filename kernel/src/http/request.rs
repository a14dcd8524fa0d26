//! What the guest's server is sent: a head as a browser would write it for `http://localhost:PORT`, then the body.

use http::{HeaderValue, Method};

use super::name::name;
use super::{Jar, MAX_HEAD, MAX_HEADERS, quote::quote, strip};
use crate::Millis;
use crate::event::HttpRequest;

/// The body of a request on its way to the guest.
#[derive(Clone, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub enum Upload {
    Done,
    /// So many bytes of a `Content-Length` are missing.
    Exactly(u64),
    Chunked,
}

impl Upload {
    /// Frames a piece of the body.
    ///
    /// # Errors
    /// When the pieces are not what was announced: the connection is spoilt.
    pub fn write(&mut self, data: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), String> {
        match self {
            Upload::Done if data.is_empty() => Ok(()),
            Upload::Done => Err("the request's body goes on after its end".into()),
            Upload::Exactly(left) => {
                let Some(rest) = left.checked_sub(data.len() as u64) else {
                    return Err(format!("the request's body is longer than its Content-Length: {} bytes too many", data.len() as u64 - *left));
                };
                out.extend_from_slice(data);
                *left = rest;
                match (last, rest) {
                    (_, 0) => *self = Upload::Done,
                    (true, _) => return Err(format!("the request's body is {rest} bytes shorter than its Content-Length")),
                    (false, _) => {}
                }
                Ok(())
            }
            Upload::Chunked => {
                // An empty chunk would end the body.
                if !data.is_empty() {
                    out.extend_from_slice(format!("{:x}\r\n", data.len()).as_bytes());
                    out.extend_from_slice(data);
                    out.extend_from_slice(b"\r\n");
                }
                if last {
                    out.extend_from_slice(b"0\r\n\r\n");
                    *self = Upload::Done;
                }
                Ok(())
            }
        }
    }
}

/// The method, checked, and how the body will be framed. Appends the head to `out`.
///
/// # Errors
/// A request that cannot be written down in HTTP/1.1. `out` is as before then.
pub fn write_head(request: &HttpRequest, jar: &mut Jar, now: Millis, out: &mut Vec<u8>) -> Result<(Method, Upload), String> {
    let method = Method::from_bytes(&request.method).map_err(|_| format!("the method {} is not a token", quote(&request.method)))?;
    if method == Method::CONNECT {
        return Err("CONNECT asks for a tunnel: a port answers requests only".into());
    }
    if request.target.first() != Some(&b'/') {
        return Err(format!("the target {} does not begin with a slash", quote(&request.target)));
    }
    if let Some(bad) = request.target.iter().find(|byte| !byte.is_ascii_graphic()) {
        return Err(format!("the target {} contains {}, which must be percent-encoded", quote(&request.target), quote(&[*bad])));
    }
    if request.headers.len() > MAX_HEADERS {
        return Err(format!("the request has {} headers, more than {MAX_HEADERS}", request.headers.len()));
    }

    let start = out.len();
    let written = head(&method, request, jar, now, out);
    if written.is_err() {
        out.truncate(start);
    }
    Ok((method, written?))
}

fn head(method: &Method, request: &HttpRequest, jar: &mut Jar, now: Millis, out: &mut Vec<u8>) -> Result<Upload, String> {
    let start = out.len();
    let own = origin_of_port(request.port);
    out.extend_from_slice(method.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(&request.target);
    out.extend_from_slice(b" HTTP/1.1\r\n");
    let host = own.strip_prefix("http://").unwrap_or(&own);
    line(out, "Host", host.as_bytes());
    line(out, "Connection", b"keep-alive");

    let (mut length, mut encoding, mut cors) = (None, false, false);
    for header in &request.headers {
        let name = name(&header.name).ok_or_else(|| format!("the request's header name {} is not a token", quote(&header.name)))?;
        let value = trimmed(&header.value);
        // Line ends and NUL would let a page write a second request.
        HeaderValue::from_bytes(value)
            .map_err(|_| format!("the value of the request's header `{name}` contains a control character: {}", quote(value)))?;
        match name.as_str() {
            "content-length" => length = Some(announced(value)?),
            "accept-encoding" => encoding = true,
            "sec-fetch-mode" => cors = value == b"cors",
            _ => {}
        }
        if !strip::from_request(name.as_str()) {
            line(out, name.as_str(), value);
        }
    }
    if !encoding {
        // A service worker's answer is not decoded by the browser, and packing costs a guest more than it saves.
        line(out, "Accept-Encoding", b"identity");
    }

    let referrer = referrer(&request.referrer)?;
    let origin = referrer.map(origin_of);
    let changes = !matches!(*method, Method::GET | Method::HEAD);
    if changes || (cors && origin.is_some_and(|origin| origin != own.as_bytes())) {
        line(out, "Origin", origin.unwrap_or(own.as_bytes()));
    }
    if let Some(referrer) = referrer {
        line(out, "Referer", referrer);
    }
    if let Some(cookies) = jar.header(&request.target, now) {
        line(out, "Cookie", &cookies);
    }

    let upload = match (request.body, length) {
        (true, Some(0)) => Upload::Done,
        (true, Some(length)) => Upload::Exactly(length),
        (true, None) => Upload::Chunked,
        (false, _) => Upload::Done,
    };
    match upload {
        Upload::Exactly(length) => line(out, "Content-Length", length.to_string().as_bytes()),
        Upload::Chunked => line(out, "Transfer-Encoding", b"chunked"),
        // RFC 9110, 8.6: a method that expects a body says that there is none.
        Upload::Done if matches!(*method, Method::POST | Method::PUT | Method::PATCH) => line(out, "Content-Length", b"0"),
        Upload::Done => {}
    }
    out.extend_from_slice(b"\r\n");
    if out.len() - start > MAX_HEAD {
        return Err(format!("the request's head has {} bytes, more than {MAX_HEAD}", out.len() - start));
    }
    Ok(upload)
}

fn line(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Without the spaces and tabs around it. Line ends are not white space here: they are to be refused.
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

fn announced(value: &[u8]) -> Result<u64, String> {
    super::framing::length(value).ok_or_else(|| format!("the request's Content-Length {} is not a number", quote(value)))
}

/// `http://localhost:3000`, as a page of that port spells its origin.
pub fn origin_of_port(port: u16) -> String {
    if port == 80 { "http://localhost".into() } else { format!("http://localhost:{port}") }
}

/// The address without its fragment, `None` when there is none to tell.
fn referrer(address: &[u8]) -> Result<Option<&[u8]>, String> {
    if !(address.starts_with(b"http://") || address.starts_with(b"https://")) {
        return Ok(None);
    }
    if !address.iter().all(u8::is_ascii_graphic) {
        return Err(format!("the referrer {} is not an address", quote(address)));
    }
    Ok(address.split(|byte| *byte == b'#').next())
}

fn origin_of(address: &[u8]) -> &[u8] {
    let host = address.iter().position(|byte| *byte == b':').map_or(0, |colon| colon + 3);
    let end = address.iter().skip(host).position(|byte| matches!(byte, b'/' | b'?')).map_or(address.len(), |length| host + length);
    &address[..end]
}

//! One request and its answer.

use super::framing::{self, Body};
use super::head::{Collector, Head, Parsed};
use super::request::{self, Upload};
use super::strip::{self, COOKIES_HEADER};
use super::{Jar, quote::quote};
use crate::Millis;
use crate::event::{Header, HttpRequest};

/// What an answer comes to, in order: `Head`, any number of `Body`, then `End`; or at any point `Fail`, after which there is no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Head(Head),
    /// Never empty.
    Body(Vec<u8>),
    End,
    /// What was wrong, for the person who wrote the server.
    Fail(String),
}

/// A connection that may carry another request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reuse {
    /// The server said that it closes after so long without a request. Stop using it earlier than that.
    pub idle: Option<Millis>,
}

/// The state of one request on one connection. Archivable, so that a checkpoint may be taken in the middle.
#[derive(Clone, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Exchange {
    upload: Upload,
    download: Download,
    /// The request was HEAD: no body, whatever the head says.
    to_head: bool,
    idempotent: bool,
    /// Path and query of the request, for the cookies' default path.
    target: Vec<u8>,
    /// A byte of the answer has come.
    answered: bool,
    persistent: bool,
    idle_seconds: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
enum Download {
    Head(Collector),
    /// `shown`: whether the browser gets the bytes (a 205 has none, whatever the server sends).
    Body {
        body: Body,
        shown: bool,
    },
    Ended,
    Failed,
}

impl Exchange {
    /// Appends the request's head to `out`. If `request.body`, [`Self::upload`] follows.
    ///
    /// # Errors
    /// A request that HTTP/1.1 cannot carry, in words; nothing is written then.
    pub fn new(request: &HttpRequest, jar: &mut Jar, now: Millis, out: &mut Vec<u8>) -> Result<Self, String> {
        let (method, upload) = request::write_head(request, jar, now, out)?;
        Ok(Self {
            upload,
            download: Download::Head(Collector::default()),
            to_head: method == http::Method::HEAD,
            idempotent: method.is_idempotent(),
            target: request.target.clone(),
            answered: false,
            persistent: false,
            idle_seconds: None,
        })
    }

    /// Appends a piece of the request's body to `out`, framed.
    ///
    /// # Errors
    /// Pieces that contradict the announced length. Close the connection: the guest's server waits for bytes that will not come.
    pub fn upload(&mut self, data: &[u8], last: bool, out: &mut Vec<u8>) -> Result<(), String> {
        self.upload.write(data, last, out)
    }

    /// Whether all of the request's body has been given to [`Self::upload`].
    pub fn uploaded(&self) -> bool {
        self.upload == Upload::Done
    }

    /// Reads what the server sent, all of it, and appends what it means. Feed no more than the browser has room for: nothing is kept back.
    pub fn feed(&mut self, mut bytes: &[u8], jar: &mut Jar, now: Millis, pieces: &mut Vec<Piece>) {
        self.answered |= !bytes.is_empty();
        let mut body = Vec::new();
        let outcome = loop {
            if bytes.is_empty() {
                break Ok(());
            }
            match self.step(bytes, jar, now, &mut body, pieces) {
                Ok(used) => bytes = &bytes[used..],
                Err(reason) => break Err(reason),
            }
        };
        if !body.is_empty() {
            // `step` pushes nothing after body bytes but the end.
            let at = pieces.len() - usize::from(pieces.last() == Some(&Piece::End));
            pieces.insert(at, Piece::Body(body));
        }
        if let Err(reason) = outcome {
            self.fail(reason, pieces);
        }
    }

    /// The server sends no more: it closed in order (`clean`), or the connection was reset.
    pub fn closed(&mut self, clean: bool, pieces: &mut Vec<Piece>) {
        self.persistent = false;
        let how = if clean { "closed the connection" } else { "reset the connection" };
        let reason = match &self.download {
            Download::Ended | Download::Failed => return,
            Download::Head(head) if head.is_empty() => format!("the server {how} without an answer"),
            Download::Head(_) => format!("the server {how} in the middle of the answer's head"),
            Download::Body { body: Body::ToClose, .. } if clean => {
                self.download = Download::Ended;
                pieces.push(Piece::End);
                return;
            }
            Download::Body { body: Body::Exactly { left }, .. } => format!("the server {how} {left} bytes before the end that Content-Length told"),
            Download::Body { .. } => format!("the server {how} in the middle of the answer's body"),
        };
        self.fail(reason, pieces);
    }

    /// The answer is complete, or has failed.
    pub fn finished(&self) -> bool {
        matches!(self.download, Download::Ended | Download::Failed)
    }

    /// Whether the same request may be sent again on another connection, because the server closed a kept one before it answered
    /// (RFC 9112, 9.3.1).
    pub fn may_resend(&self) -> bool {
        !self.answered && self.idempotent && self.upload == Upload::Done
    }

    /// Whether the connection may carry another request: both messages are complete and the server keeps it open.
    pub fn reuse(&self) -> Option<Reuse> {
        let may = self.persistent && self.download == Download::Ended && self.upload == Upload::Done;
        may.then(|| Reuse { idle: self.idle_seconds.map(|seconds| seconds.saturating_mul(1000)) })
    }

    fn fail(&mut self, reason: String, pieces: &mut Vec<Piece>) {
        self.download = Download::Failed;
        self.persistent = false;
        pieces.push(Piece::Fail(reason));
    }

    /// Uses some bytes, at least one.
    fn step(&mut self, bytes: &[u8], jar: &mut Jar, now: Millis, shown: &mut Vec<u8>, pieces: &mut Vec<Piece>) -> Result<usize, String> {
        let (used, ended) = match &mut self.download {
            Download::Head(collector) => {
                let (used, head) = collector.feed(bytes)?;
                if let Some(head) = head {
                    self.head(head, jar, now, pieces)?;
                }
                return Ok(used);
            }
            Download::Body { body, shown: wanted } => {
                let mut unseen = Vec::new();
                let out = if *wanted { shown } else { &mut unseen };
                match body {
                    Body::None => (0, true),
                    Body::ToClose => {
                        out.extend_from_slice(bytes);
                        (bytes.len(), false)
                    }
                    Body::Exactly { left } => {
                        let take = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                        out.extend_from_slice(&bytes[..take]);
                        *left -= take as u64;
                        (take, *left == 0)
                    }
                    Body::Chunked(chunked) => chunked.decode(bytes, out)?,
                }
            }
            // Bytes that nobody asked for: whatever comes next could be taken for the answer to the next request.
            Download::Ended | Download::Failed => {
                self.persistent = false;
                return Ok(bytes.len());
            }
        };
        if ended {
            self.download = Download::Ended;
            pieces.push(Piece::End);
        }
        Ok(used)
    }

    fn head(&mut self, head: Parsed, jar: &mut Jar, now: Millis, pieces: &mut Vec<Piece>) -> Result<(), String> {
        if head.status == 101 {
            let to = framing::tokens(&head.headers, b"upgrade").next().unwrap_or(b"another protocol");
            return Err(format!("the server switched to {}, which was not asked for", quote(to)));
        }
        if head.status < 200 {
            return Ok(());
        }
        let (body, persistent) = framing::body(self.to_head, head.status, head.minor, &head.headers)?;
        self.persistent = persistent;
        self.idle_seconds = framing::idle_seconds(&head.headers);
        // The browser's Response takes no body with these (fetch standard, null body status).
        let shown = body != Body::None && head.status != 205;
        let ended = body == Body::None;
        pieces.push(Piece::Head(Head { status: head.status, reason: head.reason, body: shown, headers: self.headers(&head.headers, jar, now) }));
        self.download = if ended { Download::Ended } else { Download::Body { body, shown } };
        if ended {
            pieces.push(Piece::End);
        }
        Ok(())
    }

    /// What the page may see. Cookies go into the jar.
    fn headers(&self, sent: &[Header], jar: &mut Jar, now: Millis) -> Vec<Header> {
        let nominated: Vec<&[u8]> = framing::tokens(sent, b"connection").collect();
        let (mut tell_cookies, mut kept) = (false, Vec::with_capacity(sent.len()));
        for header in sent {
            let name = std::str::from_utf8(&header.name).unwrap_or_default();
            if name == "set-cookie" {
                jar.set(&header.value, &self.target, now);
                tell_cookies = true;
            }
            if name == "content-type" {
                tell_cookies |= header.value.get(..9).is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/html"));
            }
            if !strip::from_response(name) && !nominated.iter().any(|token| token.eq_ignore_ascii_case(&header.name)) {
                kept.push(header.clone());
            }
        }
        if tell_cookies {
            let mut cookies = jar.visible(now);
            if cookies.is_empty() {
                cookies.push(Vec::new());
            }
            kept.extend(cookies.into_iter().map(|value| Header { name: COOKIES_HEADER.into(), value }));
        }
        kept
    }
}

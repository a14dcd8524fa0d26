//! What happens to a machine.

use porthole_abi::wire::{List, Malformed, Reader, Wire};

use crate::Millis;

pub use porthole_abi::syscall::Header;

/// What the browser asks of a port. Headers are what the author of the request set; Host, Origin, Referer and Cookie are the bridge's to add.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// Names the exchange in all that follows. Chosen by the host, never used twice in a container.
    pub id: u64,
    pub port: u16,
    pub method: Vec<u8>,
    /// Path and query as the guest shall see them.
    pub target: Vec<u8>,
    pub headers: Vec<Header>,
    /// The address that the guest's pages believe in (`http://localhost:3000/x`), for Referer and Origin; empty when unknown.
    pub referrer: Vec<u8>,
    /// Whether `HttpBody` events follow until one that is `last`.
    pub body: bool,
}

/// Something that happened outside the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The first event. `seed` feeds all names that the machine makes up. Files of a former life are there already.
    Boot {
        seed: u64,
    },
    /// A frame from a process (process 1 is the page's client).
    Frame {
        pid: i32,
        frame: Vec<u8>,
    },
    /// A process's worker ended without `exit`: it failed to start, trapped, or ran out of memory.
    Lost {
        pid: i32,
        reason: Vec<u8>,
    },
    /// A new kernel took over; `live` are the processes whose workers still run. Requests of the old epoch are aborted.
    Epoch {
        live: Vec<i32>,
    },
    /// The time that `Effect::Timer` asked for has come.
    Timer,
    Http(HttpRequest),
    /// A piece of the request's body.
    HttpBody {
        id: u64,
        data: Vec<u8>,
        last: bool,
    },
    /// The browser can take so many more bytes of the answer's body.
    HttpPull {
        id: u64,
        bytes: u32,
    },
    /// The browser has lost interest.
    HttpAbort {
        id: u64,
    },
    /// A page of a port assigned `line` to `document.cookie`; `target` is the page's path as the guest knows it.
    Cookie {
        port: u16,
        target: Vec<u8>,
        line: Vec<u8>,
    },
    /// The answer to `Effect::Fetch`.
    FetchHead {
        id: u64,
        status: u16,
        url: Vec<u8>,
        text: Vec<u8>,
        headers: Vec<Header>,
    },
    FetchBody {
        id: u64,
        data: Vec<u8>,
        last: bool,
    },
    /// The browser refused or the network failed; `reason` is the browser's text with what Porthole knows of the cause.
    FetchFail {
        id: u64,
        reason: Vec<u8>,
    },
    /// All commits up to `commit` are safe, or have `failed` to be made so.
    Durable {
        commit: u64,
        failed: bool,
    },
    /// All files together may take so many bytes from now on.
    Quota {
        bytes: u64,
    },
    /// All that has changed in the files is to be committed now.
    Commit,
    /// A `Frame` or `Lost` that needs contents which cannot be had. The machine makes it of the other when it logs it.
    Unreadable(Box<Event>),
    /// What went wrong with an image, in words. The machine logs it by itself, as the three that follow.
    Trouble {
        image: u32,
        words: Vec<u8>,
    },
    /// What a web server says of the state of the file that has this chunk.
    WebState {
        chunk: u64,
        state: Vec<u8>,
    },
    /// Bytes of a web server's file that a call needs which comes next.
    Piece {
        chunk: u64,
        data: Vec<u8>,
    },
    /// The index of a web server's directory, or why there is none, in words, for the mount that comes next.
    Index {
        url: Vec<u8>,
        index: Result<Vec<u8>, Vec<u8>>,
    },
}

impl Event {
    /// A log record: when the event was handled (`now:u64`), and the event.
    pub fn record(&self, now: Millis) -> Vec<u8> {
        let mut out = Vec::new();
        now.put(&mut out);
        self.put(&mut out);
        out
    }

    /// # Errors
    /// When the bytes are not one whole record.
    pub fn of_record(bytes: &[u8]) -> Result<(Millis, Event), Malformed> {
        let mut from = Reader::new(bytes);
        let now = Millis::get(&mut from)?;
        Ok((now, Event::get(from.rest())?))
    }

    /// Appends the event as a log record's body.
    pub fn put(&self, out: &mut Vec<u8>) {
        match self {
            Event::Boot { seed } => {
                out.push(1);
                seed.put(out);
            }
            Event::Frame { pid, frame } => {
                out.push(2);
                pid.put(out);
                frame.put(out);
            }
            Event::Lost { pid, reason } => {
                out.push(3);
                pid.put(out);
                reason.put(out);
            }
            Event::Epoch { live } => {
                out.push(4);
                List(live.clone()).put(out);
            }
            Event::Timer => out.push(5),
            Event::Http(request) => {
                out.push(6);
                request.id.put(out);
                request.port.put(out);
                request.method.put(out);
                request.target.put(out);
                List(request.headers.clone()).put(out);
                request.referrer.put(out);
                u8::from(request.body).put(out);
            }
            Event::HttpBody { id, data, last } => {
                out.push(7);
                id.put(out);
                data.put(out);
                u8::from(*last).put(out);
            }
            Event::HttpPull { id, bytes } => {
                out.push(8);
                id.put(out);
                bytes.put(out);
            }
            Event::HttpAbort { id } => {
                out.push(9);
                id.put(out);
            }
            Event::FetchHead { id, status, url, text, headers } => {
                out.push(10);
                id.put(out);
                status.put(out);
                url.put(out);
                text.put(out);
                List(headers.clone()).put(out);
            }
            Event::FetchBody { id, data, last } => {
                out.push(11);
                id.put(out);
                data.put(out);
                u8::from(*last).put(out);
            }
            Event::FetchFail { id, reason } => {
                out.push(12);
                id.put(out);
                reason.put(out);
            }
            Event::Cookie { port, target, line } => {
                out.push(13);
                port.put(out);
                target.put(out);
                line.put(out);
            }
            Event::Durable { commit, failed } => {
                out.push(14);
                commit.put(out);
                u8::from(*failed).put(out);
            }
            Event::Quota { bytes } => {
                out.push(15);
                bytes.put(out);
            }
            Event::Commit => out.push(16),
            Event::Unreadable(event) => {
                out.push(17);
                event.put(out);
            }
            Event::Trouble { image, words } => {
                out.push(18);
                image.put(out);
                words.put(out);
            }
            Event::WebState { chunk, state } => {
                out.push(19);
                chunk.put(out);
                state.put(out);
            }
            Event::Piece { chunk, data } => {
                out.push(20);
                chunk.put(out);
                data.put(out);
            }
            Event::Index { url, index } => {
                out.push(21);
                url.put(out);
                u8::from(index.is_ok()).put(out);
                let (Ok(data) | Err(data)) = index;
                data.put(out);
            }
        }
    }

    /// # Errors
    /// When the bytes are not one whole event.
    pub fn get(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut from = Reader::new(bytes);
        let from = &mut from;
        let event = match u8::get(from)? {
            1 => Event::Boot { seed: u64::get(from)? },
            2 => Event::Frame { pid: i32::get(from)?, frame: Vec::get(from)? },
            3 => Event::Lost { pid: i32::get(from)?, reason: Vec::get(from)? },
            4 => Event::Epoch { live: List::get(from)?.0 },
            5 => Event::Timer,
            6 => Event::Http(HttpRequest {
                id: u64::get(from)?,
                port: u16::get(from)?,
                method: Vec::get(from)?,
                target: Vec::get(from)?,
                headers: List::get(from)?.0,
                referrer: Vec::get(from)?,
                body: u8::get(from)? != 0,
            }),
            7 => Event::HttpBody { id: u64::get(from)?, data: Vec::get(from)?, last: u8::get(from)? != 0 },
            8 => Event::HttpPull { id: u64::get(from)?, bytes: u32::get(from)? },
            9 => Event::HttpAbort { id: u64::get(from)? },
            10 => Event::FetchHead {
                id: u64::get(from)?,
                status: u16::get(from)?,
                url: Vec::get(from)?,
                text: Vec::get(from)?,
                headers: List::get(from)?.0,
            },
            11 => Event::FetchBody { id: u64::get(from)?, data: Vec::get(from)?, last: u8::get(from)? != 0 },
            12 => Event::FetchFail { id: u64::get(from)?, reason: Vec::get(from)? },
            13 => Event::Cookie { port: u16::get(from)?, target: Vec::get(from)?, line: Vec::get(from)? },
            14 => Event::Durable { commit: u64::get(from)?, failed: u8::get(from)? != 0 },
            15 => Event::Quota { bytes: u64::get(from)? },
            16 => Event::Commit,
            // Looked at before it is decoded: it holds no event that holds another.
            17 if !matches!(bytes.get(1), Some(2 | 3)) => return Err(Malformed),
            17 => match Event::get(from.rest())? {
                event @ (Event::Frame { .. } | Event::Lost { .. }) => Event::Unreadable(Box::new(event)),
                _ => return Err(Malformed),
            },
            18 => Event::Trouble { image: u32::get(from)?, words: Vec::get(from)? },
            19 => Event::WebState { chunk: u64::get(from)?, state: Vec::get(from)? },
            20 => Event::Piece { chunk: u64::get(from)?, data: Vec::get(from)? },
            21 => {
                let (url, found) = (Vec::get(from)?, u8::get(from)? != 0);
                let data = Vec::get(from)?;
                Event::Index { url, index: if found { Ok(data) } else { Err(data) } }
            }
            _ => return Err(Malformed),
        };
        from.finish()?;
        Ok(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_its_encoding() {
        let frame = Event::Frame { pid: 7, frame: vec![1, 2, 3] };
        for event in
            [frame.clone(), Event::Unreadable(Box::new(frame)), Event::Durable { commit: 3, failed: true }, Event::Quota { bytes: 9 }, Event::Commit]
        {
            assert_eq!(Event::of_record(&event.record(1_790_000_000_123)), Ok((1_790_000_000_123, event)));
        }
        assert_eq!(Event::of_record(&[1, 2, 3]), Err(Malformed));
        assert_eq!(Event::get(&[17, 17, 16]), Err(Malformed), "only what can be unreadable is");
    }
}

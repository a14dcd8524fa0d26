//! The bridge between the browser's `fetch` and a guest's HTTP/1.1 server.
//!
//! Pure state machines over bytes: an [`Exchange`] writes what a client would send and reads what a server answers, in pieces of any size. What this module
//! does *not* know: sockets, processes, the browser, the time (`now` is passed in). Facts are from RFC 9110/9112 (HTTP) and RFC 6265 (cookies).
//!
//! How a connection is used:
//!
//! ```text
//! let mut exchange = Exchange::new(&request, &mut jar, now, &mut to_guest)?;    // the head, to be written to the guest's socket
//! exchange.upload(&data, last, &mut to_guest)?;                                  // for each HttpBody event, if request.body
//! exchange.feed(&bytes, &mut jar, now, &mut pieces);                             // for each read from the socket
//! exchange.closed(true, &mut pieces);                                            // when the read side ended (false: reset)
//! exchange.reuse()                                                               // once finished(): may the connection serve another?
//! ```

mod chunked;
mod cookie_date;
pub mod cookies;
mod exchange;
mod framing;
mod head;
mod name;
mod quote;
mod request;
mod strip;

pub use cookies::Jar;
pub use exchange::{Exchange, Piece, Reuse};
pub use head::Head;
pub use strip::{COOKIES_HEADER, INTERNAL_PREFIX};

/// The largest head that is read, in bytes. Larger ones fail.
pub const MAX_HEAD: usize = 64 << 10;
/// The largest number of headers in an answer.
pub const MAX_HEADERS: usize = 512;

#[cfg(test)]
mod tests;

//! Request methods; the place in the list is the number that the library gets.

pub const ALL: [&str; 47] = [
    "DELETE", "GET", "HEAD", "POST", "PUT", "CONNECT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND",
    "PROPPATCH", "SEARCH", "UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE",
    "M-SEARCH", "NOTIFY", "SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "SOURCE", "PRI",
    "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER", "SET_PARAMETER", "REDIRECT", "RECORD",
    "FLUSH", "QUERY",
];

pub const CONNECT: u8 = 5;
pub const GET: u8 = 1;
pub const POST: u8 = 3;
pub const OPTIONS: u8 = 6;
pub const SOURCE: u8 = 33;
pub const PRI: u8 = 34;

/// The methods of RTSP alone.
const RTSP: std::ops::RangeInclusive<u8> = 35..=45;

pub fn is_http(method: u8) -> bool {
    !RTSP.contains(&method)
}

pub fn is_rtsp(method: u8) -> bool {
    RTSP.contains(&method) || matches!(method, GET | POST | OPTIONS)
}

/// The number of a whole name.
pub fn number(name: &[u8]) -> Option<u8> {
    ALL.iter().position(|m| m.as_bytes() == name).map(|i| i as u8)
}

/// Whether some method starts so.
pub fn is_prefix(name: &[u8]) -> bool {
    ALL.iter().any(|m| m.as_bytes().starts_with(name))
}

//! What can be wrong with a message, under the names that Node's users know (they are llhttp's).

/// A code such as `HPE_INVALID_METHOD` and the reason in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError {
    pub code: &'static str,
    pub reason: &'static str,
}

macro_rules! errors {
    ($($name:ident = $code:ident, $reason:literal;)*) => {
        $(pub const $name: ParseError = ParseError { code: stringify!($code), reason: $reason };)*
    };
}

errors! {
    METHOD = HPE_INVALID_METHOD, "Invalid method encountered";
    SPACE_AFTER_METHOD = HPE_INVALID_METHOD, "Expected space after method";
    METHOD_FOR_HTTP = HPE_INVALID_CONSTANT, "Invalid method for HTTP/x.x request";
    METHOD_FOR_RTSP = HPE_INVALID_CONSTANT, "Invalid method for RTSP/x.x request";
    METHOD_FOR_ICE = HPE_INVALID_CONSTANT, "Expected SOURCE method for ICE/x.x request";
    PREFACE = HPE_INVALID_VERSION, "Expected HTTP/2 Connection Preface";
    PAUSED_H2 = HPE_PAUSED_H2_UPGRADE, "Pause on PRI/Upgrade";
    URL_START = HPE_INVALID_URL, "Unexpected start char in url";
    URL_SCHEMA = HPE_INVALID_URL, "Unexpected char in url schema";
    URL_SERVER = HPE_INVALID_URL, "Unexpected char in url server";
    URL_DOUBLE_AT = HPE_INVALID_URL, "Double @ in url";
    URL_PATH = HPE_INVALID_URL, "Invalid char in url path";
    URL_QUERY = HPE_INVALID_URL, "Invalid char in url query";
    URL_FRAGMENT_START = HPE_INVALID_URL, "Invalid char in url fragment start";
    URL_CHARACTERS = HPE_INVALID_URL, "Invalid characters in url";
    PROTOCOL = HPE_INVALID_CONSTANT, "Expected HTTP/, RTSP/ or ICE/";
    MAJOR = HPE_INVALID_VERSION, "Invalid major version";
    DOT = HPE_INVALID_VERSION, "Expected dot";
    MINOR = HPE_INVALID_VERSION, "Invalid minor version";
    VERSION = HPE_INVALID_VERSION, "Invalid HTTP version";
    CRLF_AFTER_VERSION = HPE_INVALID_VERSION, "Expected CRLF after version";
    SPACE_AFTER_VERSION = HPE_INVALID_VERSION, "Expected space after version";
    STATUS_CODE = HPE_INVALID_STATUS, "Invalid status code";
    STATUS = HPE_INVALID_STATUS, "Invalid response status";
    CR_AFTER_RESPONSE_LINE = HPE_CR_EXPECTED, "Missing expected CR after response line";
    LF_AFTER_RESPONSE_LINE = HPE_STRICT, "Expected LF after CR";
    HEADER_TOKEN = HPE_INVALID_HEADER_TOKEN, "Invalid header token";
    HEADER_SPACE_AFTER_START = HPE_UNEXPECTED_SPACE, "Unexpected space after start line";
    HEADER_VALUE = HPE_INVALID_HEADER_TOKEN, "Invalid header value char";
    CR_AFTER_HEADER = HPE_CR_EXPECTED, "Missing expected CR after header value";
    LF_AFTER_HEADER = HPE_LF_EXPECTED, "Missing expected LF after header value";
    FOLDED_HEADER = HPE_INVALID_HEADER_TOKEN, "Unexpected whitespace after header value";
    LF_AFTER_HEADERS = HPE_STRICT, "Expected LF after headers";
    CONTENT_LENGTH = HPE_INVALID_CONTENT_LENGTH, "Invalid character in Content-Length";
    CONTENT_LENGTH_OVERFLOW = HPE_INVALID_CONTENT_LENGTH, "Content-Length overflow";
    CONTENT_LENGTH_EMPTY = HPE_INVALID_CONTENT_LENGTH, "Empty Content-Length";
    CONTENT_LENGTH_TWICE = HPE_UNEXPECTED_CONTENT_LENGTH, "Duplicate Content-Length";
    LENGTH_WITH_ENCODING = HPE_INVALID_CONTENT_LENGTH, "Content-Length can't be present with Transfer-Encoding";
    ENCODING_WITH_LENGTH = HPE_INVALID_TRANSFER_ENCODING, "Transfer-Encoding can't be present with Content-Length";
    CHUNKED_NOT_LAST = HPE_INVALID_TRANSFER_ENCODING, "Invalid `Transfer-Encoding` header value";
    TRANSFER_ENCODING = HPE_INVALID_TRANSFER_ENCODING, "Request has invalid `Transfer-Encoding`";
    CHUNK_SIZE = HPE_INVALID_CHUNK_SIZE, "Invalid character in chunk size";
    CHUNK_SIZE_OVERFLOW = HPE_INVALID_CHUNK_SIZE, "Chunk size overflow";
    CR_AFTER_CHUNK_SIZE = HPE_CR_EXPECTED, "Missing expected CR after chunk size";
    LF_AFTER_CHUNK_SIZE = HPE_STRICT, "Expected LF after chunk size";
    CR_AFTER_CHUNK_EXTENSION = HPE_CR_EXPECTED, "Missing expected CR after chunk extension name";
    CR_AFTER_CHUNK_VALUE = HPE_CR_EXPECTED, "Missing expected CR after chunk extension value";
    CHUNK_EXTENSION_QUOTE = HPE_STRICT, "Invalid character in chunk extensions quote value";
    HEADER_FIELD = HPE_INVALID_HEADER_TOKEN, "Invalid header field char";
    LF_AFTER_VERSION = HPE_STRICT, "Expected CRLF after version";
    CHUNK_EXTENSIONS = HPE_STRICT, "Invalid character in chunk extensions";
    CHUNK_EXTENSION_NAME = HPE_STRICT, "Invalid character in chunk extensions name";
    CHUNK_EXTENSION_VALUE = HPE_STRICT, "Invalid character in chunk extensions value";
    CHUNK_EXTENSION_QUOTED = HPE_STRICT, "Invalid character in chunk extensions quoted value";
    CHUNK_EXTENSIONS_OVERFLOW = HPE_CHUNK_EXTENSIONS_OVERFLOW, "Chunk extensions overflow";
    CR_AFTER_CHUNK_DATA = HPE_CR_EXPECTED, "Missing expected CR after chunk data";
    LF_AFTER_CHUNK_DATA = HPE_STRICT, "Expected LF after chunk data";
    CLOSED = HPE_CLOSED_CONNECTION, "Data after `Connection: close`";
    HEADER_OVERFLOW = HPE_HEADER_OVERFLOW, "Header overflow";
    EOF = HPE_INVALID_EOF_STATE, "Invalid EOF state";
    PAUSED = HPE_PAUSED, "Paused";
    CALLBACK = HPE_CB_HEADERS_COMPLETE, "User callback error";
}

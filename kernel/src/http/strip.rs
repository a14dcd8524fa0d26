//! Headers that do not pass the bridge as they are.

/// Starts the names of headers that only Porthole's own parts may send to each other. A guest's and a page's are dropped.
pub const INTERNAL_PREFIX: &str = "x-porthole-";

/// One for each cookie that scripts may see, as [`super::Jar::visible`] writes them; a single empty one says that there is none.
/// In the heads of HTML answers, and of answers that changed the jar. The service worker takes it out and primes `document.cookie` with it.
pub const COOKIES_HEADER: &str = "x-porthole-cookie";

/// Meaningful for one connection only (RFC 9110, 7.6.1), in either direction.
const HOP_BY_HOP: &[&str] =
    &["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/// Written by the bridge itself; `expect` is dropped because the body follows at once. `http2-settings` belongs to an upgrade.
const SYNTHESISED: &[&str] = &["host", "origin", "referer", "cookie", "cookie2", "content-length", "expect", "http2-settings"];

/// Would speak about the origin that serves Porthole, not about the guest.
const ABOUT_THE_ORIGIN: &[&str] = &[
    "set-cookie",
    "set-cookie2",
    "x-frame-options",
    "strict-transport-security",
    "clear-site-data",
    "service-worker-allowed",
    "alt-svc",
    "public-key-pins",
    "public-key-pins-report-only",
    "origin-agent-cluster",
];

/// Whether a page's header (lower-case name) is kept from the guest.
pub fn from_request(name: &str) -> bool {
    HOP_BY_HOP.contains(&name) || SYNTHESISED.contains(&name) || name.starts_with(INTERNAL_PREFIX)
}

/// Whether a guest's header (lower-case name) is kept from the page.
pub fn from_response(name: &str) -> bool {
    HOP_BY_HOP.contains(&name) || ABOUT_THE_ORIGIN.contains(&name) || name.starts_with(INTERNAL_PREFIX)
}

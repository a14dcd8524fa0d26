//! Requests as the guest's server reads them.

use super::*;

fn written(request: &HttpRequest, jar: &mut Jar) -> Result<String, String> {
    let mut out = Vec::new();
    Exchange::new(request, jar, NOW, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn a_get() {
    let mut request = request("GET", "/a?b=c");
    request.headers = vec![header("accept", "text/html"), header("Range", "bytes=0-1")];
    request.referrer = b"http://localhost:3000/page#part".to_vec();
    let mut jar = Jar::default();
    jar.set(b"k=v", b"/", NOW);
    assert_eq!(
        written(&request, &mut jar).unwrap(),
        "GET /a?b=c HTTP/1.1\r\nHost: localhost:3000\r\nConnection: keep-alive\r\naccept: text/html\r\nrange: bytes=0-1\r\nAccept-Encoding: identity\r\n\
         Referer: http://localhost:3000/page\r\nCookie: k=v\r\n\r\n"
    );
}

#[test]
fn the_page_does_not_speak_for_the_connection() {
    let mut request = request("GET", "/");
    for name in [
        "Host",
        "connection",
        "Keep-Alive",
        "transfer-encoding",
        "TE",
        "trailer",
        "upgrade",
        "Expect",
        "Cookie",
        "origin",
        "Referer",
        "X-Porthole-Cookie",
    ] {
        request.headers.push(header(name, "evil"));
    }
    let text = written(&request, &mut Jar::default()).unwrap();
    assert_eq!(text, "GET / HTTP/1.1\r\nHost: localhost:3000\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\n\r\n");
}

#[test]
fn port_80_has_no_number() {
    let mut request = request("POST", "/");
    request.port = 80;
    let text = written(&request, &mut Jar::default()).unwrap();
    assert!(text.contains("\r\nHost: localhost\r\n") && text.contains("\r\nOrigin: http://localhost\r\n"), "{text}");
}

#[test]
fn origin_as_browsers_send_it() {
    let origin = |method: &str, referrer: &str, mode: &str| {
        let mut request = request(method, "/");
        request.referrer = referrer.into();
        request.headers = vec![header("sec-fetch-mode", mode)];
        let text = written(&request, &mut Jar::default()).unwrap();
        text.lines().find_map(|line| line.strip_prefix("Origin: ")).map(str::to_string)
    };
    let own = Some("http://localhost:3000".to_string());
    assert_eq!(origin("GET", "http://localhost:3000/x", "cors"), None);
    assert_eq!(origin("HEAD", "", "navigate"), None);
    assert_eq!(origin("POST", "http://localhost:3000/x", "navigate"), own);
    assert_eq!(origin("DELETE", "", "cors"), own);
    assert_eq!(origin("GET", "http://localhost:5173/x", "cors"), Some("http://localhost:5173".into()));
    assert_eq!(origin("GET", "http://localhost:5173", "no-cors"), None);
    assert_eq!(origin("POST", "http://localhost:5173", "cors"), Some("http://localhost:5173".into()));
}

#[test]
fn bodies_are_framed() {
    let mut upload = request("POST", "/");
    upload.body = true;
    let (mut jar, mut out) = (Jar::default(), Vec::new());
    let mut exchange = Exchange::new(&upload, &mut jar, NOW, &mut out).unwrap();
    assert!(out.ends_with(b"\r\nTransfer-Encoding: chunked\r\n\r\n"));
    out.clear();
    for (data, last) in [("hello, world. ", false), ("", false), ("x", true)] {
        assert!(!exchange.uploaded());
        exchange.upload(data.as_bytes(), last, &mut out).unwrap();
    }
    assert_eq!(out, b"e\r\nhello, world. \r\n1\r\nx\r\n0\r\n\r\n");
    assert!(exchange.uploaded());
    assert!(exchange.upload(b"more", true, &mut out).is_err());

    upload.headers = vec![header("content-length", "5")];
    out.clear();
    let mut exchange = Exchange::new(&upload, &mut jar, NOW, &mut out).unwrap();
    assert!(out.ends_with(b"\r\nContent-Length: 5\r\n\r\n"));
    out.clear();
    exchange.upload(b"hel", false, &mut out).unwrap();
    assert_eq!(exchange.clone().upload(b"l", true, &mut out.clone()), Err("the request's body is 1 bytes shorter than its Content-Length".into()));
    assert_eq!(
        exchange.clone().upload(b"loo", true, &mut out.clone()),
        Err("the request's body is longer than its Content-Length: 1 bytes too many".into())
    );
    exchange.upload(b"lo", false, &mut out).unwrap();
    exchange.upload(b"", true, &mut out).unwrap();
    assert_eq!(out, b"hello");
    assert!(written(&request("POST", "/"), &mut jar).unwrap().ends_with("\r\nContent-Length: 0\r\n\r\n"));
}

#[test]
fn what_would_smuggle_a_second_request_is_refused() {
    let refused = |request: &HttpRequest| written(request, &mut Jar::default()).unwrap_err();
    assert_eq!(refused(&request("GE T", "/")), "the method `GE T` is not a token");
    assert_eq!(refused(&request("GET\r\n", "/")), "the method `GET\\r\\n` is not a token");
    assert_eq!(refused(&request("GET", "/ HTTP/1.1\r\n")), "the target `/ HTTP/1.1\\r\\n` contains ` `, which must be percent-encoded");
    assert!(refused(&request("GET", "/ä")).contains("must be percent-encoded"));
    assert_eq!(refused(&request("GET", "x")), "the target `x` does not begin with a slash");
    assert!(refused(&request("CONNECT", "/")).starts_with("CONNECT"));
    let with = |name: &str, value: &str| {
        let mut request = request("GET", "/");
        request.headers = vec![header(name, value)];
        refused(&request)
    };
    assert_eq!(with("x", "a\r\nY: b"), "the value of the request's header `x` contains a control character: `a\\r\\nY: b`");
    assert_eq!(with("x", "a\0"), "the value of the request's header `x` contains a control character: `a\\x00`");
    assert_eq!(with("x:", "a"), "the request's header name `x:` is not a token");
    assert_eq!(with("content-length", "1,2"), "the request's Content-Length `1,2` is not a number");
    assert!(with("x", &"a".repeat(70_000)).contains("more than 65536"));
    let mut referred = request("GET", "/");
    referred.referrer = b"http://localhost:3000/\r\nX: y".to_vec();
    assert!(refused(&referred).contains("is not an address"));
}

#[test]
fn a_refused_request_writes_nothing() {
    let mut bad = request("GET", "/");
    bad.headers = vec![header("a", "b"), header("x", "\r\n")];
    let mut out = b"before".to_vec();
    assert!(Exchange::new(&bad, &mut Jar::default(), NOW, &mut out).is_err());
    assert_eq!(out, b"before");
}

#[test]
fn only_what_can_be_repeated_is_sent_again() {
    let may = |method: &str, body: bool, answered: bool| {
        let mut sent = request(method, "/");
        sent.body = body;
        let (mut jar, mut pieces) = (Jar::default(), Vec::new());
        let mut exchange = Exchange::new(&sent, &mut jar, NOW, &mut Vec::new()).unwrap();
        if answered {
            exchange.feed(b"H", &mut jar, NOW, &mut pieces);
        }
        exchange.closed(true, &mut pieces);
        exchange.may_resend()
    };
    assert!(may("GET", false, false) && may("DELETE", false, false));
    assert!(!may("GET", false, true) && !may("POST", false, false) && !may("PUT", true, false));
}

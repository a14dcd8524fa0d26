//! Cookies. Expectations are RFC 6265's rules, and for dates the examples that browsers' tests agree on.

use super::NOW;
use crate::http::{Jar, cookie_date};

fn sent(lines: &[(&str, &str)], target: &str) -> String {
    let mut jar = Jar::default();
    for (line, at) in lines {
        jar.set(line.as_bytes(), at.as_bytes(), NOW);
    }
    String::from_utf8(jar.header(target.as_bytes(), NOW).unwrap_or_default()).unwrap()
}

#[test]
fn names_and_values() {
    for (line, expected) in [
        ("a=b", "a=b"),
        ("  a =  b  ; x", "a=b"),
        ("a=\"b c\"", "a=\"b c\""),
        ("a=b=c", "a=b=c"),
        ("a=", "a="),
        ("a", "a"),
        ("=a", "a"),
        ("=", ""),
        ("", ""),
        (";Path=/", ""),
        ("a=b\x01", ""),
        ("a=b; Path=/; unknown=1; Secure; HttpOnly; SameSite=Strict", "a=b"),
        ("a=b; SameSite=None", ""),
        ("a=b; SameSite=None; Secure", "a=b"),
    ] {
        assert_eq!(sent(&[(line, "/")], "/"), expected, "{line:?}");
    }
    let long = format!("a={}", "b".repeat(4095));
    assert_eq!(sent(&[(&long, "/")], "/").len(), 4097);
    assert_eq!(sent(&[(&format!("{long}b"), "/")], "/"), "");
}

#[test]
fn domains() {
    for (domain, taken) in [("localhost", true), (".LocalHost", true), ("127.0.0.1", true), ("", true), ("example.com", false), ("host", false)] {
        assert_eq!(sent(&[(&format!("a=b; Domain={domain}"), "/")], "/") == "a=b", taken, "{domain:?}");
    }
}

#[test]
fn prefixes() {
    for (line, taken) in [
        ("__Secure-a=b", false),
        ("__Secure-a=b; Secure", true),
        ("__Host-a=b; Secure; Path=/", true),
        ("__host-a=b; Secure; Path=/x", false),
        ("__Host-a=b; Path=/", false),
        ("__Host-a=b; Secure; Path=/; Domain=localhost", false),
    ] {
        assert_eq!(!sent(&[(line, "/")], "/x").is_empty(), taken, "{line:?}");
    }
}

#[test]
fn paths() {
    for (line, at, target, fits) in [
        ("a=b", "/x/y", "/x/z", true),
        ("a=b", "/x/y", "/x", true),
        ("a=b", "/x/y", "/xy", false),
        ("a=b", "/x/y", "/", false),
        ("a=b", "/x", "/y", true),
        ("a=b", "/x?/y/z", "/y", true),
        ("a=b; Path=/x", "/", "/x/y?z", true),
        ("a=b; Path=/x", "/", "/x?y", true),
        ("a=b; Path=/x", "/", "/xy", false),
        ("a=b; Path=/x/", "/", "/x", false),
        ("a=b; Path=relative", "/x/y", "/x/z", true),
        ("a=b; Path=relative", "/x/y", "/z", false),
        ("a=b; Path=/x; Path=/", "/", "/z", true),
    ] {
        assert_eq!(sent(&[(line, at)], target) == "a=b", fits, "{line:?} at {at} for {target}");
    }
}

#[test]
fn longer_paths_first_then_older() {
    let lines = [("a=1; Path=/", "/"), ("b=2; Path=/x", "/"), ("c=3; Path=/", "/"), ("a=4; Path=/x", "/"), ("a=5; Path=/", "/")];
    assert_eq!(sent(&lines, "/x"), "b=2; a=4; a=5; c=3");
}

#[test]
fn ends() {
    let at = |line: &str, after: u64| {
        let mut jar = Jar::default();
        jar.set(line.as_bytes(), b"/", NOW);
        jar.header(b"/", NOW + after).is_some()
    };
    assert!(at("a=b; Max-Age=10", 9_999) && !at("a=b; Max-Age=10", 10_000));
    assert!(!at("a=b; Max-Age=0", 0) && !at("a=b; Max-Age=-5", 0));
    assert!(at("a=b; Max-Age=x", 1 << 40) && at("a=b; Max-Age=1.5", 1 << 40), "what is no number does not count");
    assert!(at("a=b; Max-Age=10; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0), "Max-Age goes before Expires");
    assert!(!at("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0));
    assert!(at("a=b; Expires=Tue, 14 Nov 2023 22:13:21 GMT", 999) && !at("a=b; Expires=Tue, 14 Nov 2023 22:13:21 GMT", 1_000));
    assert!(at("a=b; Expires=nonsense", 1 << 40), "a session's cookie");
    let day = 86_400_000;
    assert!(at("a=b; Max-Age=99999999999999999999", 399 * day) && !at("a=b; Max-Age=99999999999999999999", 400 * day));
    let mut jar = Jar::default();
    jar.set(b"a=b", b"/", NOW);
    jar.set(b"a=; Max-Age=0", b"/", NOW);
    assert_eq!(jar, Jar::default(), "deleted");
}

#[test]
fn scripts_neither_see_nor_touch_what_is_http_only() {
    let mut jar = Jar::default();
    jar.set(b"s=1; HttpOnly", b"/", NOW);
    jar.set(b"v=2; Path=/x", b"/", NOW);
    assert_eq!(jar.visible(NOW), [b"v=2; Path=/x".to_vec()]);
    jar.set_by_script(b"s=stolen", b"/", NOW);
    jar.set_by_script(b"h=1; HttpOnly", b"/", NOW);
    jar.set_by_script(b"w=3", b"/x/y", NOW);
    assert_eq!(jar.header(b"/x", NOW), Some(b"v=2; w=3; s=1".to_vec()));
    jar.set(b"s=; Max-Age=0", b"/", NOW);
    jar.set_by_script(b"s=free", b"/", NOW);
    assert_eq!(jar.header(b"/", NOW), Some(b"s=free".to_vec()));
}

#[test]
fn the_jar_has_a_bound_and_the_least_used_go() {
    let mut jar = Jar::default();
    for number in 0..180 {
        jar.set(format!("c{number}=x; Path=/{}", number % 2).as_bytes(), b"/", NOW);
    }
    jar.header(b"/0", NOW + 1);
    for number in 0..90 {
        jar.set(format!("d{number}=x; Path=/0").as_bytes(), b"/", NOW + 2);
    }
    assert_eq!(jar.visible(NOW + 2).len(), 180);
    assert_eq!(jar.header(b"/1", NOW + 2), None);
}

#[test]
fn dates() {
    for (text, expected) in [
        ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777)),
        ("Sun Nov  6 08:49:37 1994", Some(784_111_777)),
        ("1994 6 november 8:49:37", Some(784_111_777)),
        ("Thu, 29 Feb 2024 23:59:59 GMT", Some(1_709_251_199)),
        ("Wed, 31-Dec-2036 23:59:59 GMT", Some(2_114_380_799)),
        ("1 Jan 69 0:0:0", Some(3_124_224_000)),
        ("1 Jan 1969 0:0:0", Some(0)),
        ("29 Feb 2023 00:00:00", None),
        ("32 Jan 2024 00:00:00", None),
        ("1 Jan 2024 24:00:00", None),
        ("1 Jan 2024", None),
        ("1 Foo 2024 00:00:00", None),
        ("1 Jan 1600 00:00:00", None),
        ("", None),
        ("999999999999 Jan", None),
    ] {
        assert_eq!(cookie_date::parse(text.as_bytes()), expected.map(|seconds: u64| seconds * 1000), "{text:?}");
    }
}

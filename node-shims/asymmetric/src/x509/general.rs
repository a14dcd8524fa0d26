//! General names (RFC 5280, 4.2.1.6), printed as Node prints them.

use crate::der::{self, Reader};
use crate::x509::name;

/// Whether the text can stand without quotes.
fn is_safe(text: &str, utf8: bool) -> bool {
    !text.chars().any(|c| matches!(c, '"' | '\\' | ',' | '\'') || c < ' ' || if utf8 { c == '\x7f' } else { c > '~' })
}

fn quoted(text: &str, utf8: bool, prefix: &str) -> String {
    if is_safe(text, utf8) {
        return format!("{prefix}{text}");
    }
    let mut out = format!("\"{prefix}");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ',' => out.push_str("\\u002c"),
            ' '..='~' => out.push(c),
            c if utf8 && c > '\x7f' => out.push(c),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// One name with its tag's number: `DNS:example.com`.
pub fn print(tag: u8, value: &[u8]) -> String {
    match tag & 0x1f {
        0 => format!("othername:{}", other(value)),
        1 => format!("email:{}", quoted(&latin1(value), false, "")),
        2 => format!("DNS:{}", quoted(&latin1(value), false, "")),
        3 => "X400Name:<unsupported>".to_owned(),
        4 => format!("DirName:{}", quoted(&name::line(value), true, "")),
        5 => "EdiPartyName:<unsupported>".to_owned(),
        6 => format!("URI:{}", quoted(&latin1(value), false, "")),
        7 => format!("IP Address:{}", address(value).unwrap_or_else(|| format!("<invalid length={}>", value.len()))),
        8 => format!("Registered ID:{}", der::dotted(value).unwrap_or_default()),
        _ => "<unsupported>".to_owned(),
    }
}

/// An address as OpenSSL writes it.
pub fn address(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => Some(bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(".")),
        16 => Some(
            bytes
                .chunks(2)
                .map(|pair| format!("{:X}", pair.iter().fold(0, |group, &byte| group << 8 | u16::from(byte))))
                .collect::<Vec<_>>()
                .join(":"),
        ),
        _ => None,
    }
}

fn other(value: &[u8]) -> String {
    const UTF8: u8 = 0x0c;
    const IA5: u8 = 0x16;
    let printed = || {
        let mut parts = Reader::new(value);
        let oid = parts.oid()?;
        let (tag, text) = Reader::new(parts.expect(0xa0)?).any()?;
        let (prefix, wanted) = match &oid[..] {
            "1.3.6.1.5.5.7.8.5" => ("XmppAddr", UTF8),
            "1.3.6.1.5.5.7.8.7" => ("SRVName", IA5),
            "1.3.6.1.5.5.7.8.8" => ("NAIRealm", UTF8),
            "1.3.6.1.5.5.7.8.9" => ("SmtpUTF8Mailbox", UTF8),
            "1.3.6.1.4.1.311.20.2.3" => ("UPN", UTF8),
            _ => return None,
        };
        let text = if tag == UTF8 { String::from_utf8_lossy(text).into_owned() } else { latin1(text) };
        (tag == wanted).then(|| quoted(&text, tag == UTF8, &format!("{prefix}:")))
    };
    printed().unwrap_or_else(|| "<unsupported>".to_owned())
}

/// The names of an extension that is a list of them.
pub fn list(extension: &[u8]) -> Vec<(u8, &[u8])> {
    let mut names = Vec::new();
    if let Some(mut list) = Reader::new(extension).sequence() {
        while let Some(name) = list.any() {
            names.push(name);
        }
    }
    names
}

/// The extension subjectAltName in a line.
pub fn alternatives(extension: &[u8]) -> String {
    list(extension).iter().map(|(tag, value)| print(*tag, value)).collect::<Vec<_>>().join(", ")
}

/// The extension authorityInfoAccess: a line for each place.
pub fn access(extension: &[u8]) -> String {
    let mut lines = Vec::new();
    if let Some(mut list) = Reader::new(extension).sequence() {
        while let Some(mut place) = list.sequence() {
            let Some((oid, (tag, value))) = place.oid().zip(place.any()) else { break };
            let method = match &oid[..] {
                "1.3.6.1.5.5.7.48.1" => "OCSP",
                "1.3.6.1.5.5.7.48.2" => "CA Issuers",
                oid => oid,
            };
            lines.push(format!("{method} - {}", print(tag, value)));
        }
    }
    lines.join("\n")
}

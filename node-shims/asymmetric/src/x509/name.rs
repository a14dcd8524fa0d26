//! Distinguished names, printed as OpenSSL prints them.

use crate::der::{self, Reader};
use crate::wire::Value;

/// An attribute: its short name or its identifier, its value.
pub type Attribute = (String, String);

/// The name's parts, each of them one attribute or several.
pub fn parts(name: &[u8]) -> Vec<Vec<Attribute>> {
    let mut parts = Vec::new();
    let Some(mut list) = Reader::new(name).sequence() else { return parts };
    while let Some(set) = list.maybe(der::SET) {
        let mut set = Reader::new(set);
        let mut attributes = Vec::new();
        while let Some(mut attribute) = set.sequence() {
            let Some((oid, (tag, value))) = attribute.oid().zip(attribute.any()) else { break };
            attributes.push((short(&oid), string(tag, value)));
        }
        parts.push(attributes);
    }
    parts
}

/// A string of one of ASN.1's kinds.
pub fn string(tag: u8, bytes: &[u8]) -> String {
    const BMP: u8 = 0x1e;
    const UNIVERSAL: u8 = 0x1c;
    const UTF8: u8 = 0x0c;
    match tag {
        UTF8 => String::from_utf8_lossy(bytes).into_owned(),
        BMP => {
            let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, &byte| unit << 8 | u16::from(byte))).collect();
            String::from_utf16_lossy(&units)
        }
        UNIVERSAL => {
            let code = |four: &[u8]| four.iter().fold(0, |code, &byte| code << 8 | u32::from(byte));
            bytes.chunks_exact(4).filter_map(|four| char::from_u32(code(four))).collect()
        }
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

fn short(oid: &str) -> String {
    let name = match oid {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.12" => "title",
        "2.5.4.13" => "description",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "2.5.4.41" => "name",
        "2.5.4.42" => "GN",
        "2.5.4.43" => "initials",
        "2.5.4.46" => "dnQualifier",
        "2.5.4.97" => "organizationIdentifier",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.2.840.113549.1.9.2" => "unstructuredName",
        "0.9.2342.19200300.100.1.1" => "UID",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        oid => oid,
    };
    name.to_owned()
}

/// RFC 2253's escapes; `controls`: also of what is below a space.
fn escape(text: &str, controls: bool) -> String {
    let last = text.chars().count().saturating_sub(1);
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => out.extend(['\\', c]),
            '#' | ' ' if at == 0 => out.extend(['\\', c]),
            ' ' if at == last => out.extend(['\\', c]),
            c if controls && (c < ' ' || c == '\x7f') => out.push_str(&format!("\\{:02X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

fn joined(attributes: &[Attribute], with: &str, controls: bool) -> String {
    attributes.iter().map(|(name, value)| format!("{name}={}", escape(value, controls))).collect::<Vec<_>>().join(with)
}

/// A line for each part.
pub fn lines(name: &[u8]) -> String {
    parts(name).iter().map(|part| joined(part, " + ", true)).collect::<Vec<_>>().join("\n")
}

/// In one line, the last part first (RFC 2253).
pub fn line(name: &[u8]) -> String {
    parts(name).iter().rev().map(|part| joined(part, "+", false)).collect::<Vec<_>>().join(",")
}

/// As an object: a name that comes again has a list.
pub fn object(name: &[u8]) -> Value {
    let mut pairs: Vec<(String, Value)> = Vec::new();
    for (name, value) in parts(name).into_iter().flatten() {
        let value = Value::Text(value);
        match pairs.iter_mut().find(|(found, _)| *found == name) {
            None => pairs.push((name, value)),
            Some((_, Value::List(values))) => values.push(value),
            Some((_, found)) => *found = Value::List(vec![found.clone(), value]),
        }
    }
    Value::Record(pairs)
}

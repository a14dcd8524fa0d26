//! PEM (RFC 7468, and RFC 1421's headers of encrypted keys).

use base64ct::{Base64, Encoding};

/// A block of a PEM file.
pub struct Block {
    pub label: String,
    /// `DEK-Info`: the cipher's name and the vector in hex.
    pub encryption: Option<(String, String)>,
    pub contents: Vec<u8>,
}

/// The blocks of a text, in their order; what is not one is passed over.
pub fn blocks(text: &[u8]) -> Vec<Block> {
    let text = String::from_utf8_lossy(text);
    let mut rest = &text[..];
    let mut found = Vec::new();
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, after)) = after.split_once("-----") else { break };
        let Some((body, after)) = after.split_once(&format!("-----END {label}-----")) else {
            rest = after;
            continue;
        };
        rest = after;
        if let Some(block) = block(label, body) {
            found.push(block);
        }
    }
    found
}

fn block(label: &str, body: &str) -> Option<Block> {
    let mut encryption = None;
    let mut digits = String::new();
    for line in body.lines().map(str::trim) {
        match line.split_once(':') {
            Some(("DEK-Info", value)) => encryption = value.trim().split_once(',').map(|(name, iv)| (name.to_owned(), iv.to_owned())),
            Some(_) => {}
            None => digits.extend(line.chars().filter(|c| !c.is_whitespace())),
        }
    }
    let contents = Base64::decode_vec(&digits).ok()?;
    Some(Block { label: label.to_owned(), encryption, contents })
}

pub fn encode(label: &str, contents: &[u8]) -> String {
    with_headers(label, "", contents)
}

/// `headers`: whole lines.
pub fn with_headers(label: &str, headers: &str, contents: &[u8]) -> String {
    let digits = Base64::encode_string(contents);
    let mut text = format!("-----BEGIN {label}-----\n{headers}");
    let mut rest = &digits[..];
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text + &format!("-----END {label}-----\n")
}

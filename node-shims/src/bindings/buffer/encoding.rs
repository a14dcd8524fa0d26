//! Node's buffer encodings: their numbers, and bytes to string and back.

use rquickjs::{Ctx, Result, Value};

use super::{base64, js_string, throw};

/// The longest string, in units, that V8 makes; longer ones are refused with `ERR_STRING_TOO_LONG` as in Node.
pub const MAX_STRING_LENGTH: usize = 536_870_888;

/// Discriminants are the numbers that Node's library passes (`encodingsMap`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Ascii = 0,
    Utf8 = 1,
    Base64 = 2,
    Ucs2 = 3,
    Latin1 = 4,
    Hex = 5,
    Buffer = 6,
    Base64Url = 7,
}

impl Encoding {
    /// Names in the order of the numbers.
    pub const NAMES: [&'static str; 8] = ["ascii", "utf8", "base64", "utf16le", "latin1", "hex", "buffer", "base64url"];

    pub fn from_number(number: i32) -> Option<Self> {
        use Encoding::*;
        [Ascii, Utf8, Base64, Ucs2, Latin1, Hex, Buffer, Base64Url].get(usize::try_from(number).ok()?).copied()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "utf8" | "utf-8" => Self::Utf8,
            "ucs2" | "ucs-2" | "utf16le" | "utf-16le" => Self::Ucs2,
            "latin1" | "binary" => Self::Latin1,
            "ascii" => Self::Ascii,
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            "hex" => Self::Hex,
            "buffer" => Self::Buffer,
            _ => return None,
        })
    }

    /// A number or a name; anything else is `default`, as Node's `ParseEncoding` has it.
    pub fn parse(value: Option<&Value<'_>>, default: Self) -> Self {
        let Some(value) = value else { return default };
        if let Some(number) = value.as_int() {
            return Self::from_number(number).unwrap_or(default);
        }
        if value.is_string() {
            return js_string::to_utf8(value).ok().and_then(|name| Self::from_name(&name)).unwrap_or(default);
        }
        default
    }

    /// The bytes as a string.
    pub fn decode<'js>(self, ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
        let units = match self {
            Self::Hex => bytes.len() * 2,
            Self::Base64 | Self::Base64Url => bytes.len() / 3 * 4,
            Self::Ucs2 => bytes.len() / 2,
            _ => bytes.len(),
        };
        if units > MAX_STRING_LENGTH {
            let message = "Cannot create a string longer than 0x1fffffe8 characters";
            return Err(throw::error(ctx, "ERR_STRING_TOO_LONG", message));
        }
        match self {
            Self::Utf8 | Self::Buffer => js_string::from_utf8(ctx, bytes),
            Self::Latin1 => js_string::from_latin1(ctx, bytes),
            Self::Ascii if bytes.is_ascii() => js_string::from_latin1(ctx, bytes),
            Self::Ascii => js_string::from_latin1(ctx, &bytes.iter().map(|b| b & 0x7F).collect::<Vec<_>>()),
            Self::Ucs2 => js_string::from_utf16(ctx, &utf16_units(bytes)),
            Self::Hex => js_string::from_str(ctx, &hex(bytes)),
            Self::Base64 => js_string::from_str(ctx, &base64::encode(bytes, base64::STANDARD, true)),
            Self::Base64Url => js_string::from_str(ctx, &base64::encode(bytes, base64::URL, false)),
        }
    }

    /// Writes `text` into `target` and returns how many bytes were written. No character is written in part.
    pub fn write(self, target: &mut [u8], text: &Value<'_>) -> Result<usize> {
        match self {
            Self::Utf8 | Self::Buffer => js_string::with_wtf8(text, |wtf8| write_utf8(target, wtf8)),
            Self::Latin1 | Self::Ascii => write_latin1(target, text),
            Self::Ucs2 => js_string::with_utf16(text, |units| {
                for (pair, unit) in target.chunks_exact_mut(2).zip(units) {
                    pair.copy_from_slice(&unit.to_le_bytes());
                }
                (target.len() / 2).min(units.len()) * 2
            }),
            Self::Hex => with_narrow(text, |units| {
                let mut written = 0;
                for (slot, pair) in target.iter_mut().zip(units.chunks_exact(2)) {
                    let (Some(high), Some(low)) = (hex_digit(pair[0]), hex_digit(pair[1])) else { break };
                    *slot = high << 4 | low;
                    written += 1;
                }
                written
            }),
            Self::Base64 | Self::Base64Url => with_narrow(text, |units| base64::decode_lenient(units, target)),
        }
    }

    /// The bytes of `text`.
    pub fn encode(self, text: &Value<'_>) -> Result<Vec<u8>> {
        let room = match self {
            Self::Utf8 | Self::Buffer => {
                return js_string::with_wtf8(text, |wtf8| {
                    let mut bytes = wtf8.to_vec();
                    js_string::replace_surrogates(&mut bytes);
                    bytes
                });
            }
            Self::Ucs2 => js_string::with_utf16(text, <[u16]>::len)? * 2,
            _ => js_string::with_utf16(text, <[u16]>::len)?,
        };
        let mut bytes = vec![0; room];
        let written = self.write(&mut bytes, text)?;
        bytes.truncate(written);
        Ok(bytes)
    }
}

/// Little-endian pairs as units; an odd byte at the end is left out.
pub fn utf16_units(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for &b in bytes {
        text.push(DIGITS[usize::from(b >> 4)] as char);
        text.push(DIGITS[usize::from(b & 15)] as char);
    }
    text
}

fn hex_digit(unit: u8) -> Option<u8> {
    (unit as char).to_digit(16).map(|d| d as u8)
}

/// Runs `read` over the low bytes of the units. Units above 255 cannot be told from their low byte: as in Node, whose
/// hex and base64 decoders look at the low byte alone.
fn with_narrow<R>(text: &Value<'_>, read: impl FnOnce(&[u8]) -> R) -> Result<R> {
    let mut read = Some(read);
    let done = js_string::with_wtf8(text, |wtf8| if wtf8.is_ascii() { read.take().map(|f| f(wtf8)) } else { None })?;
    match (done, read) {
        (Some(result), _) => Ok(result),
        (None, Some(read)) => js_string::with_utf16(text, |units| {
            let narrow: Vec<u8> = units.iter().map(|&u| u as u8).collect();
            read(&narrow)
        }),
        (None, None) => Err(rquickjs::Error::Unknown),
    }
}

fn write_utf8(target: &mut [u8], wtf8: &[u8]) -> usize {
    let mut len = target.len().min(wtf8.len());
    // Back to the start of a character that does not fit whole.
    while len < wtf8.len() && len > 0 && wtf8[len] & 0xC0 == 0x80 {
        len -= 1;
    }
    target[..len].copy_from_slice(&wtf8[..len]);
    js_string::replace_surrogates(&mut target[..len]);
    len
}

fn write_latin1(target: &mut [u8], text: &Value<'_>) -> Result<usize> {
    with_narrow(text, |units| {
        let len = target.len().min(units.len());
        target[..len].copy_from_slice(&units[..len]);
        len
    })
}

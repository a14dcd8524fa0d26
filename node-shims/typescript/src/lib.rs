//! TypeScript made JavaScript, as Node does it.
//!
//! An image of its own: most programs are JavaScript, and a process loads it when the first file of another kind comes. It keeps nothing between calls.
//! [`strip()`] blanks what is a type, so that every line and column stays; [`transform()`] writes anew, for what has a meaning at run time (enums, namespaces,
//! parameters that are properties).
//!
//! A request is [`TRANSFORM`] and [`MAP`] as a byte, the length of the file's name (u32, little-endian), the name, the source. An answer begins with a byte:
//! [`CODE`] (the length of the code as u32, the code, then the source map, if there is one), or [`INVALID`] and [`UNSUPPORTED`] (the line as u32, the
//! length of the message, the message, then the lines around). Texts are UTF-8.

mod fault;
mod message;
mod modules;
mod parse;
mod snippet;
mod source;
mod strip;
mod transform;

#[cfg(target_family = "wasm")]
mod exports {
    porthole_extension::exports!(crate::call);
}

pub use fault::{Fault, Kind};
pub use strip::strip;
pub use transform::{Transformed, transform};

pub const TRANSFORM: u8 = 1;
pub const MAP: u8 = 2;

pub const CODE: u8 = 0;
pub const INVALID: u8 = 1;
pub const UNSUPPORTED: u8 = 2;

/// Answers a request. Of one that is cut off, what is there counts.
pub fn call(request: &[u8]) -> Vec<u8> {
    let (flags, rest) = request.split_first().map_or((0, request), |(flags, rest)| (*flags, rest));
    let (length, rest) = rest.split_at_checked(4).unwrap_or_default();
    let length = length.try_into().map_or(0, u32::from_le_bytes) as usize;
    let (name, source) = rest.split_at_checked(length).unwrap_or((&[], rest));
    let (name, source) = (String::from_utf8_lossy(name), String::from_utf8_lossy(source));
    let made = if flags & TRANSFORM == 0 {
        strip(&source).map(|code| Transformed { code, map: String::new() })
    } else {
        transform(&source, &name, flags & MAP != 0)
    };
    let mut answer = Vec::new();
    match made {
        Ok(Transformed { code, map }) => {
            answer.push(CODE);
            sized(&mut answer, &code);
            answer.extend_from_slice(map.as_bytes());
        }
        Err(fault) => {
            answer.push(if fault.kind == Kind::Invalid { INVALID } else { UNSUPPORTED });
            answer.extend_from_slice(&fault.line.to_le_bytes());
            sized(&mut answer, &fault.message);
            answer.extend_from_slice(fault.snippet.as_bytes());
        }
    }
    answer
}

fn sized(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

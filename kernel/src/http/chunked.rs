//! The chunked transfer coding, decoded (RFC 9112, 7.1). Extensions and trailers are passed over.

use super::quote::quote;

/// The longest line of a chunk's size with its extensions, and the longest trailer section.
const MAX_LINE: u32 = 16 << 10;
const MAX_TRAILERS: u32 = 64 << 10;

/// A place in a chunked body.
#[derive(Clone, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Chunked {
    at: At,
    /// Of the current size line, or of all trailers.
    read: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
enum At {
    /// Before the first digit.
    #[default]
    Start,
    Size(u64),
    /// White space or an extension after the size.
    Extension(u64),
    /// After the size line's CR.
    SizeEnd(u64),
    Data(u64),
    DataCr,
    DataLf,
    /// At the start of a trailer line, or of the last, empty one.
    Trailer,
    InTrailer,
    TrailerEnd,
    LastLf,
    End,
}

impl Chunked {
    /// Decodes into `body`; gives the number of bytes used, and whether the body ended there. All are used unless it ended.
    ///
    /// # Errors
    /// Bytes that are not the chunked coding. The decoder must not be used further.
    pub fn decode(&mut self, bytes: &[u8], body: &mut Vec<u8>) -> Result<(usize, bool), String> {
        let mut used = 0;
        while let Some(&byte) = bytes.get(used) {
            if let At::Data(left) = self.at {
                let take = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - used);
                body.extend_from_slice(&bytes[used..used + take]);
                used += take;
                let left = left - take as u64;
                self.at = if left == 0 { At::DataCr } else { At::Data(left) };
                continue;
            }
            used += 1;
            self.at = self.step(byte).map_err(|what| format!("the answer's chunked body is broken: {what}"))?;
            if self.at == At::End {
                return Ok((used, true));
            }
        }
        Ok((used, self.at == At::End))
    }

    fn step(&mut self, byte: u8) -> Result<At, String> {
        self.read += 1;
        let limit = if matches!(self.at, At::Trailer | At::InTrailer | At::TrailerEnd) { MAX_TRAILERS } else { MAX_LINE };
        if self.read > limit {
            return Err(format!("a line or trailer section of more than {limit} bytes"));
        }
        match (&self.at, byte) {
            (At::Start, _) => digit(byte).map(At::Size).ok_or_else(|| format!("{} where a chunk's size should be", quote(&[byte]))),
            (At::Size(size), b' ' | b'\t' | b';') => Ok(At::Extension(*size)),
            (At::Size(size) | At::Extension(size), b'\r') => Ok(At::SizeEnd(*size)),
            (At::Size(size), _) => {
                let digit = digit(byte).ok_or_else(|| format!("{} in a chunk's size", quote(&[byte])))?;
                let size = size.checked_mul(16).and_then(|size| size.checked_add(digit));
                size.map(At::Size).ok_or_else(|| "a chunk's size of more than 64 bits".into())
            }
            (At::Extension(_), b'\n') => Err("a line feed alone after a chunk's size".into()),
            (At::Extension(size), _) => Ok(At::Extension(*size)),
            (At::SizeEnd(size), b'\n') => {
                let size = *size;
                self.read = 0;
                Ok(if size == 0 { At::Trailer } else { At::Data(size) })
            }
            (At::DataCr, b'\r') => Ok(At::DataLf),
            (At::DataLf, b'\n') => {
                self.read = 0;
                Ok(At::Start)
            }
            (At::DataCr | At::DataLf, _) => Err(format!("{} where a chunk should end", quote(&[byte]))),
            (At::Trailer, b'\r') => Ok(At::LastLf),
            (At::Trailer | At::InTrailer, b'\n') => Err("a line feed alone among the trailers".into()),
            (At::InTrailer, b'\r') => Ok(At::TrailerEnd),
            (At::Trailer | At::InTrailer, _) => Ok(At::InTrailer),
            (At::TrailerEnd, b'\n') => Ok(At::Trailer),
            (At::LastLf, b'\n') => Ok(At::End),
            (At::SizeEnd(_) | At::TrailerEnd | At::LastLf, _) => Err(format!("a carriage return followed by {}", quote(&[byte]))),
            (At::Data(_) | At::End, _) => Err("bytes after its end".into()),
        }
    }
}

fn digit(byte: u8) -> Option<u64> {
    char::from(byte).to_digit(16).map(u64::from)
}

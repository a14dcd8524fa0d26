//! `internalBinding('string_decoder')`: text out of bytes that come in pieces, no character cut in two.
//!
//! The state is the library's own buffer: up to four bytes of the incomplete character, how many are missing, how many are
//! buffered, and the encoding.

use rquickjs::{Ctx, Object, Result, Value};

use super::buffer::encoding::{Encoding, utf16_units};
use super::buffer::{Bytes, define, js_string, throw};

const CHARACTER: usize = 4;
const MISSING: usize = 4;
const BUFFERED: usize = 5;
const ENCODING: usize = 6;
const FIELDS: usize = 7;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let constants = [
        ("kIncompleteCharactersStart", 0),
        ("kIncompleteCharactersEnd", CHARACTER),
        ("kMissingBytes", MISSING),
        ("kBufferedBytes", BUFFERED),
        ("kEncodingField", ENCODING),
        ("kNumFields", FIELDS),
        ("kSize", FIELDS),
    ];
    for (name, value) in constants {
        binding.set(name, value)?;
    }
    binding.set("encodings", Encoding::NAMES.to_vec())?;
    define(ctx, &binding, "decode", |ctx: Ctx<'js>, state: Value<'js>, data: Value<'js>| {
        let Some(data) = Bytes::of(&data) else {
            let message = "The \"buf\" argument must be an instance of Buffer, TypedArray, or DataView.";
            return Err(throw::type_error(&ctx, "ERR_INVALID_ARG_TYPE", message));
        };
        with_decoder(&ctx, &state, |decoder| decoder.write(data.as_slice()))
    })?;
    define(ctx, &binding, "flush", |ctx: Ctx<'js>, state: Value<'js>| with_decoder(&ctx, &state, Decoder::flush))?;
    Ok(binding)
}

fn with_decoder<'js>(
    ctx: &Ctx<'js>,
    state: &Value<'js>,
    step: impl FnOnce(&mut Decoder) -> Vec<u8>,
) -> Result<Value<'js>> {
    let mut view = Bytes::require(state)?;
    let Some(mut decoder) = Decoder::load(view.as_slice()) else {
        return Err(throw::type_error(ctx, "ERR_INVALID_THIS", "Value of \"this\" must be of type StringDecoder"));
    };
    let text = step(&mut decoder);
    decoder.store(view.as_mut_slice());
    match decoder.encoding {
        Encoding::Ucs2 => js_string::from_utf16(ctx, &utf16_units(&text)),
        encoding => encoding.decode(ctx, &text),
    }
}

struct Decoder {
    character: [u8; CHARACTER],
    missing: usize,
    buffered: usize,
    encoding: Encoding,
}

impl Decoder {
    fn load(state: &[u8]) -> Option<Self> {
        let state: &[u8; FIELDS] = state.get(..FIELDS)?.try_into().ok()?;
        let mut character = [0; CHARACTER];
        character.copy_from_slice(&state[..CHARACTER]);
        Some(Self {
            character,
            missing: usize::from(state[MISSING]),
            buffered: usize::from(state[BUFFERED]).min(CHARACTER),
            encoding: Encoding::from_number(i32::from(state[ENCODING]))?,
        })
    }

    fn store(&self, state: &mut [u8]) {
        if let Some(state) = state.get_mut(..FIELDS) {
            state[..CHARACTER].copy_from_slice(&self.character);
            state[MISSING] = self.missing as u8;
            state[BUFFERED] = self.buffered as u8;
        }
    }

    /// The bytes that are complete text now.
    fn write(&mut self, mut data: &[u8]) -> Vec<u8> {
        use Encoding::*;
        if !matches!(self.encoding, Utf8 | Ucs2 | Base64 | Base64Url) {
            return data.to_vec();
        }
        let mut text = Vec::with_capacity(data.len() + CHARACTER);
        if self.missing > 0 {
            if self.encoding == Utf8 {
                // A byte that does not continue the character ends it: what is there is left to the decoder's U+FFFD.
                let broken = data.iter().take(self.missing).position(|b| b & 0xC0 != 0x80);
                if let Some(good) = broken {
                    self.missing = 0;
                    data = self.buffer(data, good);
                }
            }
            let found = self.missing.min(data.len());
            data = self.buffer(data, found);
            self.missing -= found;
            if self.missing == 0 {
                text.extend_from_slice(&self.character[..self.buffered]);
                self.buffered = 0;
            }
        }
        if data.is_empty() {
            return text;
        }
        let (missing, tail) = match self.encoding {
            Utf8 => incomplete_utf8(data),
            Ucs2 => match data {
                _ if data.len() % 2 == 1 => (1, 1),
                [.., last] if last & 0xFC == 0xD8 => (2, 2),
                _ => (0, 0),
            },
            _ => match data.len() % 3 {
                0 => (0, 0),
                tail => (3 - tail, tail),
            },
        };
        let (whole, rest) = data.split_at(data.len() - tail);
        text.extend_from_slice(whole);
        self.buffered = 0;
        self.missing = missing;
        self.buffer(rest, tail);
        text
    }

    /// What is left at the end of the input.
    fn flush(&mut self) -> Vec<u8> {
        let mut len = self.buffered;
        if self.encoding == Encoding::Ucs2 && len % 2 == 1 {
            len -= 1;
        }
        (self.buffered, self.missing) = (0, 0);
        self.character[..len].to_vec()
    }

    fn buffer<'a>(&mut self, data: &'a [u8], count: usize) -> &'a [u8] {
        let count = count.min(CHARACTER - self.buffered).min(data.len());
        self.character[self.buffered..self.buffered + count].copy_from_slice(&data[..count]);
        self.buffered += count;
        &data[count..]
    }
}

/// How many bytes the last character lacks, and how many of it there are.
fn incomplete_utf8(data: &[u8]) -> (usize, usize) {
    for (back, byte) in data.iter().rev().take(4).enumerate() {
        let have = back + 1;
        if byte & 0xC0 == 0x80 {
            continue;
        }
        let need = match byte {
            b if b & 0xE0 == 0xC0 => 2,
            b if b & 0xF0 == 0xE0 => 3,
            b if b & 0xF8 == 0xF0 => 4,
            _ => 0,
        };
        return if have < need { (need - have, have) } else { (0, 0) };
    }
    (0, 0)
}

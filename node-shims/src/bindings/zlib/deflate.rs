//! zlib's formats: deflate, gzip and raw, both ways, with dictionaries.

use std::ffi::CStr;

use libz_rs_sys::{
    Z_BUF_ERROR, Z_DATA_ERROR, Z_DEFLATED, Z_FINISH, Z_NEED_DICT, Z_OK, Z_STREAM_END, deflate, deflateEnd, deflateInit2_,
    deflateParams, deflateReset, deflateSetDictionary, inflate, inflateEnd, inflateInit2_, inflateReset,
    inflateSetDictionary, z_stream, zlibVersion,
};

use super::codec::{Codec, Failure, Step};

/// The numbers are the library's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Deflate = 1,
    Inflate = 2,
    Gzip = 3,
    Gunzip = 4,
    DeflateRaw = 5,
    InflateRaw = 6,
    Unzip = 7,
}

impl Mode {
    pub fn from_number(number: u32) -> Option<Self> {
        use Mode::*;
        [Deflate, Inflate, Gzip, Gunzip, DeflateRaw, InflateRaw, Unzip].get((number as usize).checked_sub(1)?).copied()
    }

    fn compresses(self) -> bool {
        matches!(self, Self::Deflate | Self::Gzip | Self::DeflateRaw)
    }
}

pub struct Zlib {
    mode: Mode,
    window_bits: i32,
    level: i32,
    mem_level: i32,
    strategy: i32,
    dictionary: Vec<u8>,
    /// Boxed: the inner state points back at it. Made when first needed.
    stream: Option<Box<z_stream>>,
    /// How much of gzip's magic bytes `Unzip` has seen.
    magic: u8,
    compresses: bool,
}

impl Zlib {
    pub fn new(mode: Mode, window_bits: i32, level: i32, mem_level: i32, strategy: i32, dictionary: Vec<u8>) -> Self {
        let window_bits = match mode {
            Mode::Gzip | Mode::Gunzip => window_bits + 16,
            Mode::Unzip => window_bits + 32,
            Mode::DeflateRaw | Mode::InflateRaw => -window_bits,
            Mode::Deflate | Mode::Inflate => window_bits,
        };
        let compresses = mode.compresses();
        Self { mode, window_bits, level, mem_level, strategy, dictionary, stream: None, magic: 0, compresses }
    }

    fn open(&mut self) -> Result<(), Failure> {
        if self.stream.is_some() {
            return Ok(());
        }
        let mut stream = Box::new(z_stream::default());
        let size = size_of::<z_stream>() as i32;
        // SAFETY: the stream is a fresh one and outlives its state, which `Drop` frees.
        let status = unsafe {
            if self.compresses {
                deflateInit2_(
                    &mut *stream,
                    self.level,
                    Z_DEFLATED,
                    self.window_bits,
                    self.mem_level,
                    self.strategy,
                    zlibVersion(),
                    size,
                )
            } else {
                inflateInit2_(&mut *stream, self.window_bits, zlibVersion(), size)
            }
        };
        if status != Z_OK {
            return Err(self.failure("Init error", status));
        }
        self.stream = Some(stream);
        self.load_dictionary()
    }

    /// Dictionaries that the format wants at the start; `inflate` asks for its own when it meets the header.
    fn load_dictionary(&mut self) -> Result<(), Failure> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        if self.dictionary.is_empty() {
            return Ok(());
        }
        let (ptr, len) = (self.dictionary.as_ptr(), self.dictionary.len() as u32);
        // SAFETY: the stream is open, and the dictionary is copied.
        let status = unsafe {
            match self.mode {
                Mode::Deflate | Mode::DeflateRaw => deflateSetDictionary(&mut **stream, ptr, len),
                Mode::InflateRaw => inflateSetDictionary(&mut **stream, ptr, len),
                _ => Z_OK,
            }
        };
        if status == Z_OK { Ok(()) } else { Err(self.failure("Failed to set dictionary", status)) }
    }

    /// Learns from the first bytes whether the input of `Unzip` is gzip. They may come one by one.
    fn detect(&mut self, input: &[u8]) {
        let mut input = input.iter();
        while self.mode == Mode::Unzip {
            let Some(byte) = input.next() else { return };
            match (self.magic, byte) {
                (0, 0x1F) => self.magic = 1,
                (1, 0x8B) => self.mode = Mode::Gunzip,
                _ => self.mode = Mode::Inflate,
            }
        }
    }

    fn work(&mut self, flush: i32) -> i32 {
        let Some(stream) = &mut self.stream else { return Z_OK };
        let stream: *mut z_stream = &mut **stream;
        // SAFETY: the stream is open, and `run` has set its buffers.
        unsafe {
            if self.compresses {
                return deflate(stream, flush);
            }
            let mut status = inflate(stream, flush);
            if self.mode != Mode::InflateRaw && status == Z_NEED_DICT && !self.dictionary.is_empty() {
                status = inflateSetDictionary(stream, self.dictionary.as_ptr(), self.dictionary.len() as u32);
                if status == Z_OK {
                    status = inflate(stream, flush);
                } else if status == Z_DATA_ERROR {
                    // So that a bad dictionary can be told from bad data.
                    status = Z_NEED_DICT;
                }
            }
            // Another member of the archive, unless it is the zeros that some tools pad with.
            while (*stream).avail_in > 0
                && self.mode == Mode::Gunzip
                && status == Z_STREAM_END
                && *(*stream).next_in != 0
            {
                inflateReset(stream);
                status = inflate(stream, flush);
            }
            status
        }
    }

    fn failure(&self, message: &str, status: i32) -> Failure {
        let own = self.stream.as_ref().map(|s| s.msg).filter(|msg| !msg.is_null());
        // SAFETY: zlib's messages are static C strings.
        let message = own.map_or(message.to_owned(), |msg| unsafe { CStr::from_ptr(msg) }.to_string_lossy().into_owned());
        Failure::new(message, status, status_name(status))
    }
}

impl Codec for Zlib {
    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Step {
        if let Err(failure) = self.open() {
            return Step { read: 0, written: 0, failure: Some(failure) };
        }
        self.detect(input);
        if let Some(stream) = &mut self.stream {
            stream.next_in = input.as_ptr();
            stream.avail_in = input.len() as u32;
            stream.next_out = output.as_mut_ptr();
            stream.avail_out = output.len() as u32;
        }
        let flush = flush as i32;
        let status = self.work(flush);
        let (left_in, left_out) = self.stream.as_ref().map_or((0, 0), |s| (s.avail_in as usize, s.avail_out as usize));
        let failure = match status {
            Z_OK | Z_BUF_ERROR if left_out != 0 && flush == Z_FINISH => {
                Some(self.failure("unexpected end of file", Z_BUF_ERROR))
            }
            Z_OK | Z_BUF_ERROR | Z_STREAM_END => None,
            Z_NEED_DICT if self.dictionary.is_empty() => Some(self.failure("Missing dictionary", status)),
            Z_NEED_DICT => Some(self.failure("Bad dictionary", status)),
            _ => Some(self.failure("Zlib error", status)),
        };
        Step { read: input.len() - left_in, written: output.len() - left_out, failure }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.open()?;
        if let Some(stream) = &mut self.stream {
            // SAFETY: the stream is open.
            let status = unsafe {
                if self.compresses { deflateReset(&mut **stream) } else { inflateReset(&mut **stream) }
            };
            if status != Z_OK {
                return Err(self.failure("Failed to reset stream", status));
            }
        }
        self.load_dictionary()
    }

    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        self.open()?;
        let (Some(stream), true) = (&mut self.stream, self.compresses) else { return Ok(()) };
        // The library flushes first, so that nothing is left to be written here; but the pointers must not be null.
        let mut nothing = [0u8; 1];
        stream.next_in = nothing.as_ptr();
        stream.avail_in = 0;
        stream.next_out = nothing.as_mut_ptr();
        stream.avail_out = 0;
        // SAFETY: the stream is open.
        let status = unsafe { deflateParams(&mut **stream, level, strategy) };
        if status == Z_OK || status == Z_BUF_ERROR {
            return Ok(());
        }
        Err(self.failure("Failed to set parameters", status))
    }
}

impl Drop for Zlib {
    fn drop(&mut self) {
        if let Some(stream) = &mut self.stream {
            // SAFETY: the stream is open; this is its only end.
            unsafe {
                if self.compresses {
                    deflateEnd(&mut **stream);
                } else {
                    inflateEnd(&mut **stream);
                }
            }
        }
    }
}

fn status_name(status: i32) -> &'static str {
    match status {
        0 => "Z_OK",
        1 => "Z_STREAM_END",
        2 => "Z_NEED_DICT",
        -1 => "Z_ERRNO",
        -2 => "Z_STREAM_ERROR",
        -3 => "Z_DATA_ERROR",
        -4 => "Z_MEM_ERROR",
        -5 => "Z_BUF_ERROR",
        -6 => "Z_VERSION_ERROR",
        _ => "Z_UNKNOWN_ERROR",
    }
}

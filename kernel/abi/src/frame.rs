//! How calls and replies are framed.
//!
//! Request: `len:u32 number:u16 zero:u16 seq:u32 ack:u32 heard:u32 args…`; reply and notification:
//! `len:u32 errno:u16 marks:u16 seq:u32 foreign:u32 payload…`.
//! `len` counts the bytes after itself. All numbers are little-endian.
//!
//! - `seq` numbers a process's calls from 1. A call that is sent again carries the same number and is answered, not applied, a second time.
//! - `ack`: every reply up to and including this number has arrived, so the kernel may forget it.
//! - `heard`: so many events have arrived, so the kernel may forget them.
//! - A frame from the kernel with `seq` 0 is a notification: its payload is a batch of events (`event::put_batch`).
//! - `foreign` counts the changes of the file system that others have made since the process began: other processes, the page, the kernel itself. It
//!   wraps around. What a process has been told of a file holds as long as this has not grown and the process has not changed the file itself.
//! - `marks` says how the paths of the call led to their files ([`LINK_ON_THE_WAY`] and so on): whether another path may mean the same name.
//! - A message to the kernel holds one frame or several, which are calls in order; so does one from the kernel.

use crate::Errno;
use crate::wire::{Malformed, Reader, Wire};

pub const REQUEST_HEADER: usize = 20;
pub const REPLY_HEADER: usize = 16;

/// In `marks`: a directory on the way was reached through a symbolic link or a mount, or the path is not plain (`..`, slashes twice or at the end,
/// `.` elsewhere than at the beginning).
pub const LINK_ON_THE_WAY: u16 = 1;
/// In `marks`: the last name was a symbolic link's when the call was made.
pub const LINK_AT_THE_END: u16 = 2;
/// In `marks`: a directory on the way is not there.
pub const GAP_ON_THE_WAY: u16 = 4;
/// In `marks`: the path leads out of the file system, or through a mount that is read-only: nothing of the answer may be remembered.
/// Of `getcwd` and `start`: the absolute path of the working directory does not lead there.
pub const ELSEWHERE: u16 = 8;

/// The largest frame that the kernel reads. Larger transfers are made in pieces.
pub const MAX_FRAME: usize = 4 << 20;

/// A call, not yet decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    pub number: u16,
    pub seq: u32,
    pub ack: u32,
    pub heard: u32,
    pub args: &'a [u8],
}

impl<'a> Request<'a> {
    pub fn get(frame: &'a [u8]) -> Result<Self, Malformed> {
        let mut from = Reader::new(frame);
        let len = u32::get(&mut from)? as usize;
        if len != from.remaining() || frame.len() > MAX_FRAME {
            return Err(Malformed);
        }
        let number = u16::get(&mut from)?;
        let _zero = u16::get(&mut from)?;
        Ok(Self { number, seq: u32::get(&mut from)?, ack: u32::get(&mut from)?, heard: u32::get(&mut from)?, args: from.rest() })
    }

    /// Starts a frame whose arguments the caller appends before [`finish`].
    pub fn begin(number: u16, seq: u32, ack: u32, heard: u32, out: &mut Vec<u8>) {
        out.clear();
        0u32.put(out);
        number.put(out);
        0u16.put(out);
        seq.put(out);
        ack.put(out);
        heard.put(out);
    }
}

/// An answer, or with `seq` 0 a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    pub seq: u32,
    pub marks: u16,
    pub foreign: u32,
    pub result: Result<&'a [u8], Errno>,
}

impl<'a> Reply<'a> {
    pub fn get(frame: &'a [u8]) -> Result<Self, Malformed> {
        let mut from = Reader::new(frame);
        let len = u32::get(&mut from)? as usize;
        if len != from.remaining() {
            return Err(Malformed);
        }
        let errno = u16::get(&mut from)?;
        let marks = u16::get(&mut from)?;
        let seq = u32::get(&mut from)?;
        let foreign = u32::get(&mut from)?;
        let result = match Errno::from_number(errno) {
            Some(errno) => Err(errno),
            None => Ok(from.rest()),
        };
        Ok(Self { seq, marks, foreign, result })
    }

    /// Starts a reply whose payload the caller appends before [`finish`].
    pub fn begin(seq: u32, errno: Option<Errno>, out: &mut Vec<u8>) {
        out.clear();
        0u32.put(out);
        errno.map_or(0, Errno::number).put(out);
        0u16.put(out);
        seq.put(out);
        0u32.put(out);
    }

    /// Fills in what is known only when the call has been done.
    pub fn tell(frame: &mut [u8], marks: u16, foreign: u32) {
        if let Some(place) = frame.get_mut(6..8) {
            place.copy_from_slice(&marks.to_le_bytes());
        }
        Self::tell_foreign(frame, foreign);
    }

    /// [`Self::tell`] of a reply that was kept for a while.
    pub fn tell_foreign(frame: &mut [u8], foreign: u32) {
        if let Some(place) = frame.get_mut(12..REPLY_HEADER) {
            place.copy_from_slice(&foreign.to_le_bytes());
        }
    }
}

/// The first frame of a message and what follows it.
///
/// # Errors
/// When the message ends early.
pub fn split(message: &[u8]) -> Result<(&[u8], &[u8]), Malformed> {
    let len = u32::get(&mut Reader::new(message))? as usize;
    message.split_at_checked(len.saturating_add(4)).ok_or(Malformed)
}

/// Writes the length of a frame that `begin` started.
pub fn finish(frame: &mut [u8]) {
    if let Some(len) = frame.len().checked_sub(4) {
        frame[..4].copy_from_slice(&(len as u32).to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_the_frame() {
        let mut frame = Vec::new();
        Request::begin(7, 3, 2, 9, &mut frame);
        b"abc".as_slice().put(&mut frame);
        finish(&mut frame);
        let request = Request::get(&frame).unwrap();
        assert_eq!((request.number, request.seq, request.ack, request.heard), (7, 3, 2, 9));
        assert_eq!(<&[u8]>::get(&mut Reader::new(request.args)), Ok(b"abc".as_slice()));
    }

    #[test]
    fn a_frame_cut_anywhere_is_malformed() {
        let mut frame = Vec::new();
        Request::begin(7, 3, 2, 9, &mut frame);
        b"abc".as_slice().put(&mut frame);
        finish(&mut frame);
        for len in 0..frame.len() {
            assert_eq!(Request::get(&frame[..len]), Err(Malformed), "cut at {len}");
        }
    }

    #[test]
    fn a_reply_survives_the_frame() {
        let mut frame = Vec::new();
        Reply::begin(3, None, &mut frame);
        frame.extend_from_slice(b"abc");
        Reply::tell(&mut frame, LINK_AT_THE_END, 8);
        finish(&mut frame);
        assert_eq!(Reply::get(&frame), Ok(Reply { seq: 3, marks: LINK_AT_THE_END, foreign: 8, result: Ok(b"abc") }));
    }

    #[test]
    fn a_message_is_split_into_its_frames() {
        let mut one = Vec::new();
        Reply::begin(3, None, &mut one);
        finish(&mut one);
        let both = [one.as_slice(), one.as_slice()].concat();
        assert_eq!(split(&both), Ok((one.as_slice(), one.as_slice())));
        assert_eq!(split(&both[..one.len() - 1]), Err(Malformed));
    }
}

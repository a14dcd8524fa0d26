//! The line discipline: what a terminal makes of what is typed. Knows neither descriptors nor processes.

use std::collections::VecDeque;

use porthole_abi::signal;
use rkyv::{Archive, Deserialize, Serialize};

/// The longest line that can be edited (Linux's `MAX_CANON` in practice): what is typed beyond it is dropped.
const MAX_LINE: usize = 4095;

const INTERRUPT: u8 = 0x03;
const END: u8 = 0x04;
const START: u8 = 0x11;
const STOP: u8 = 0x13;
const KILL: u8 = 0x15;
const WORD_ERASE: u8 = 0x17;
const SUSPEND: u8 = 0x1a;
const QUIT: u8 = 0x1c;
const ERASE: u8 = 0x7f;

/// What a key did beyond the line itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Taken,
    /// For the foreground group.
    Signal(u8),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Line {
    /// Every byte goes through as it is.
    pub raw: bool,
    /// Output is stopped (`^S`).
    pub held: bool,
    /// The line that is being edited.
    edit: Vec<u8>,
    /// Lines that wait for a reader; an empty one is an end of file (`^D`).
    ready: VecDeque<Vec<u8>>,
}

impl Line {
    /// Bytes that wait for a reader.
    pub fn waiting(&self) -> usize {
        self.ready.iter().map(|line| line.len().max(1)).sum()
    }

    pub fn is_readable(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Up to `len` bytes: of one line in cooked mode, of all there is in raw mode. An empty answer is an end of file; `None`: nothing there.
    pub fn read(&mut self, len: usize) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut line = self.ready.pop_front()?;
        loop {
            let rest = line.split_off(line.len().min(len - out.len()));
            out.extend_from_slice(&line);
            if !rest.is_empty() {
                self.ready.push_front(rest);
                break;
            }
            if !self.raw || out.len() == len {
                break;
            }
            match self.ready.pop_front() {
                Some(next) => line = next,
                None => break,
            }
        }
        Some(out)
    }

    pub fn set_raw(&mut self, raw: bool) {
        if raw && !self.raw && !self.edit.is_empty() {
            // As Linux: what was typed so far becomes readable.
            self.ready.push_back(std::mem::take(&mut self.edit));
        }
        if raw {
            self.held = false;
        }
        self.raw = raw;
    }

    /// Takes one typed byte; `echo` gets what the terminal shall show.
    pub fn key(&mut self, byte: u8, echo: &mut Vec<u8>) -> Key {
        if self.raw {
            match self.ready.back_mut().filter(|last| !last.is_empty()) {
                Some(last) => last.push(byte),
                None => self.ready.push_back(vec![byte]),
            }
            return Key::Taken;
        }
        let byte = if byte == b'\r' { b'\n' } else { byte };
        match byte {
            INTERRUPT => return self.signal(byte, signal::SIGINT, echo),
            QUIT => return self.signal(byte, signal::SIGQUIT, echo),
            SUSPEND => return self.signal(byte, signal::SIGTSTP, echo),
            STOP => self.held = true,
            START => self.held = false,
            b'\n' => {
                self.edit.push(b'\n');
                echo.extend_from_slice(b"\r\n");
                self.ready.push_back(std::mem::take(&mut self.edit));
            }
            END => self.ready.push_back(std::mem::take(&mut self.edit)),
            ERASE => self.erase(echo),
            KILL => {
                while !self.edit.is_empty() {
                    self.erase(echo);
                }
            }
            WORD_ERASE => {
                while self.edit.last().is_some_and(|byte| *byte == b' ' || *byte == b'\t') {
                    self.erase(echo);
                }
                while self.edit.last().is_some_and(|byte| *byte != b' ' && *byte != b'\t') {
                    self.erase(echo);
                }
            }
            _ if self.edit.len() >= MAX_LINE => {}
            _ => {
                self.edit.push(byte);
                show(byte, echo);
            }
        }
        Key::Taken
    }

    /// Drops the line, as `^C` does.
    fn signal(&mut self, byte: u8, signal: u8, echo: &mut Vec<u8>) -> Key {
        self.edit.clear();
        self.ready.clear();
        self.held = false;
        show(byte, echo);
        Key::Signal(signal)
    }

    /// Takes back the last character, all bytes of it.
    fn erase(&mut self, echo: &mut Vec<u8>) {
        let Some(mut last) = self.edit.pop() else { return };
        while last & 0xc0 == 0x80 {
            match self.edit.pop() {
                Some(byte) => last = byte,
                None => break,
            }
        }
        let width = if last != b'\t' && (last < 0x20 || last == ERASE) { 2 } else { 1 };
        for _ in 0..width {
            echo.extend_from_slice(b"\x08 \x08");
        }
    }
}

/// Control characters are shown as `^C`.
fn show(byte: u8, echo: &mut Vec<u8>) {
    if byte < 0x20 && byte != b'\t' {
        echo.extend_from_slice(&[b'^', byte ^ 0x40]);
    } else {
        echo.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &mut Line, keys: &[u8]) -> (Vec<u8>, Vec<Key>) {
        let mut echo = Vec::new();
        let signals = keys.iter().map(|key| line.key(*key, &mut echo)).filter(|key| *key != Key::Taken).collect();
        (echo, signals)
    }

    #[test]
    fn a_line_is_edited_before_it_is_read() {
        let mut line = Line::default();
        let (echo, _) = typed(&mut line, b"lz\x7fs\r");
        assert_eq!(echo, b"lz\x08 \x08s\r\n");
        assert_eq!(line.read(100), Some(b"ls\n".to_vec()));
        assert_eq!(line.read(100), None);
    }

    #[test]
    fn one_read_is_one_line() {
        let mut line = Line::default();
        typed(&mut line, b"one\ntwo\n");
        assert_eq!(line.read(2), Some(b"on".to_vec()));
        assert_eq!(line.read(100), Some(b"e\n".to_vec()));
        assert_eq!(line.read(100), Some(b"two\n".to_vec()));
    }

    #[test]
    fn control_d_ends_the_file_or_sends_the_line() {
        let mut line = Line::default();
        typed(&mut line, b"part\x04\x04");
        assert_eq!(line.read(100), Some(b"part".to_vec()));
        assert_eq!(line.read(100), Some(vec![]));
    }

    #[test]
    fn control_c_drops_the_line_and_signals() {
        let mut line = Line::default();
        let (echo, signals) = typed(&mut line, b"ab\x03");
        assert_eq!((echo, signals), (b"ab^C".to_vec(), vec![Key::Signal(signal::SIGINT)]));
        assert_eq!(line.read(100), None);
        typed(&mut line, b"x\n");
        assert_eq!(line.read(100), Some(b"x\n".to_vec()));
    }

    #[test]
    fn kill_word_and_wide_characters() {
        let mut line = Line::default();
        typed(&mut line, "ab ä\x7f\x17q\x15end one \x17two\n".as_bytes());
        assert_eq!(line.read(100), Some(b"end two\n".to_vec()));
    }

    #[test]
    fn raw_mode_gives_every_key_at_once() {
        let mut line = Line::default();
        typed(&mut line, b"ab");
        line.set_raw(true);
        let (echo, signals) = typed(&mut line, b"\x03\x04\r");
        assert_eq!((echo, signals), (vec![], vec![]));
        assert_eq!(line.read(100), Some(b"ab\x03\x04\r".to_vec()));
    }
}

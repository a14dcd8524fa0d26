//! What a process hears without having asked.

use crate::wire::{Malformed, Reader, Wire};

/// One event. Encoded as a kind byte and its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A watched descriptor is ready (`flags::READABLE` and so on). Not sent again for this descriptor until the next I/O call on it has
    /// returned, after which readiness is evaluated anew.
    Ready { fd: i32, mask: u8 },
    /// A signal that the process catches.
    Signal { signal: u8 },
    /// A child has ended and waits for `wait`. `signal` is 0 when it exited by itself.
    ChildExit { pid: i32, code: i32, signal: u8 },
    /// To process 1 only: a port has a listener now (`open` 1), or no longer.
    Port { port: u16, open: u8 },
}

impl Event {
    pub fn put(&self, out: &mut Vec<u8>) {
        match self {
            Event::Ready { fd, mask } => {
                out.push(1);
                fd.put(out);
                mask.put(out);
            }
            Event::Signal { signal } => {
                out.push(2);
                signal.put(out);
            }
            Event::ChildExit { pid, code, signal } => {
                out.push(3);
                pid.put(out);
                code.put(out);
                signal.put(out);
            }
            Event::Port { port, open } => {
                out.push(4);
                port.put(out);
                open.put(out);
            }
        }
    }

    pub fn get(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(match u8::get(from)? {
            1 => Event::Ready { fd: i32::get(from)?, mask: u8::get(from)? },
            2 => Event::Signal { signal: u8::get(from)? },
            3 => Event::ChildExit { pid: i32::get(from)?, code: i32::get(from)?, signal: u8::get(from)? },
            4 => Event::Port { port: u16::get(from)?, open: u8::get(from)? },
            _ => return Err(Malformed),
        })
    }
}

/// Several events in order. `first` is the number of the first one: a process numbers what it hears from 0 and passes over what it has heard already,
/// since notifications are sent again after the kernel's rebirth.
pub fn put_batch<'e>(first: u32, events: impl IntoIterator<Item = &'e Event>, out: &mut Vec<u8>) {
    first.put(out);
    for event in events {
        event.put(out);
    }
}

/// The events of a batch with the number of the first. See [`put_batch`].
pub fn get_batch(bytes: &[u8]) -> Result<(u32, Vec<Event>), Malformed> {
    let mut from = Reader::new(bytes);
    let first = u32::get(&mut from)?;
    let mut events = Vec::new();
    while from.remaining() > 0 {
        events.push(Event::get(&mut from)?);
    }
    Ok((first, events))
}

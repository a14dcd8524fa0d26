//! A record of the log: when an event was handled, and the event.

use porthole_abi::wire::{Malformed, Reader, Wire};
use porthole_kernel::{Event, Millis};

/// `now:u64` and the event's own encoding.
pub fn put(now: Millis, event: &Event) -> Vec<u8> {
    let mut out = Vec::new();
    now.put(&mut out);
    event.put(&mut out);
    out
}

/// # Errors
/// When the bytes are not one whole record.
pub fn get(bytes: &[u8]) -> Result<(Millis, Event), Malformed> {
    let mut from = Reader::new(bytes);
    let now = Millis::get(&mut from)?;
    Ok((now, Event::get(from.rest())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_its_encoding() {
        let event = Event::Frame { pid: 7, frame: vec![1, 2, 3] };
        assert_eq!(get(&put(1_790_000_000_123, &event)), Ok((1_790_000_000_123, event)));
        assert_eq!(get(&[1, 2, 3]), Err(Malformed));
    }
}

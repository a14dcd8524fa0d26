//! What `lib/atomics.js` needs to keep the copies of shared memory alike.

use porthole_abi::Event;
use rquickjs::{Ctx, Object, Result, Value};

use super::link::Links;
use crate::Env;
use crate::bindings::{buffer::Bytes, method};

/// Equal bytes between two changes that are worth a piece of their own.
const GAP: usize = 32;

pub fn install<'js>(prelude: &Object<'js>) -> Result<()> {
    // changes(now, before): begin and end of each piece that differs.
    method(prelude, "changes", |now: Value<'js>, before: Value<'js>| -> Vec<u32> {
        match (Bytes::of(&now), Bytes::of(&before)) {
            (Some(now), Some(before)) => changes(now.as_slice(), before.as_slice()),
            _ => Vec::new(),
        }
    })?;
    // waitLinks(ms): hears what threads have sent; waits for it so long, for ever below zero. What else happens is kept for the loop.
    method(prelude, "waitLinks", |ctx: Ctx<'js>, ms: f64| -> Result<()> {
        let env = Env::of(&ctx)?;
        if ms == 0.0 {
            Links::read_all(&ctx, &env);
            return Ok(());
        }
        for event in env.poll_events((ms >= 0.0).then_some(ms.min(f64::from(u32::MAX)) as u32)) {
            match event {
                Event::Ready { fd, .. } if Links::read_one(&ctx, &env, fd) => {}
                other => env.dispatch_later(other),
            }
        }
        Ok(())
    })?;
    method(prelude, "nowMs", |ctx: Ctx<'js>| -> Result<f64> { Ok(Env::of(&ctx)?.host().now_us() / 1000.0) })
}

fn changes(now: &[u8], before: &[u8]) -> Vec<u32> {
    let mut ends: Vec<u32> = Vec::new();
    let mut at = 0;
    let step = 4096;
    while at < now.len().min(before.len()) {
        let end = (at + step).min(now.len()).min(before.len());
        let (Some(one), Some(other)) = (now.get(at..end), before.get(at..end)) else { break };
        if one != other {
            for (offset, _) in one.iter().zip(other).enumerate().filter(|(_, (one, other))| one != other) {
                let place = (at + offset) as u32;
                match ends.last_mut() {
                    Some(last) if place - *last <= GAP as u32 => *last = place + 1,
                    _ => ends.extend([place, place + 1]),
                }
            }
        }
        at = end;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn what_differs_is_found_in_pieces() {
        let before = vec![0; 10_000];
        let mut now = before.clone();
        assert!(changes(&now, &before).is_empty());
        for at in [0, 3, 500, 4095, 4096, 9_999] {
            now[at] = 1;
        }
        assert_eq!(changes(&now, &before), [0, 4, 500, 501, 4095, 4097, 9_999, 10_000]);
    }
}

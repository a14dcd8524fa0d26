//! Which instructions touch memory, and what they take from the stack after the address.

use wasm_encoder::ValType::{self, F32, F64, I32, I64, V128};

/// What an instruction with a memory argument does.
pub struct Access {
    /// Bytes that it touches.
    pub size: u32,
    /// What lies above the address on the stack, the topmost last.
    pub above: &'static [ValType],
}

const fn access(size: u32, above: &'static [ValType]) -> Option<Access> {
    Some(Access { size, above })
}

/// Of the instruction whose first byte is `prefix`; `code` is the number after one of the prefixes `0xfd` and `0xfe`. `None`: it has no memory argument.
pub fn of(prefix: u8, code: u32) -> Option<Access> {
    match (prefix, code) {
        (0x2c | 0x2d | 0x30 | 0x31, _) => access(1, &[]),
        (0x2e | 0x2f | 0x32 | 0x33, _) => access(2, &[]),
        (0x28 | 0x2a | 0x34 | 0x35, _) => access(4, &[]),
        (0x29 | 0x2b, _) => access(8, &[]),
        (0x36, _) => access(4, &[I32]),
        (0x37, _) => access(8, &[I64]),
        (0x38, _) => access(4, &[F32]),
        (0x39, _) => access(8, &[F64]),
        (0x3a, _) => access(1, &[I32]),
        (0x3b, _) => access(2, &[I32]),
        (0x3c, _) => access(1, &[I64]),
        (0x3d, _) => access(2, &[I64]),
        (0x3e, _) => access(4, &[I64]),
        (0xfd, _) => vector(code),
        (0xfe, _) => atomic(code),
        _ => None,
    }
}

fn vector(code: u32) -> Option<Access> {
    match code {
        0 => access(16, &[]),
        1..=6 | 10 | 93 => access(8, &[]),
        7 => access(1, &[]),
        8 => access(2, &[]),
        9 | 92 => access(4, &[]),
        11 => access(16, &[V128]),
        84 | 88 => access(1, &[V128]),
        85 | 89 => access(2, &[V128]),
        86 | 90 => access(4, &[V128]),
        87 | 91 => access(8, &[V128]),
        _ => None,
    }
}

fn atomic(code: u32) -> Option<Access> {
    match code {
        0 => return access(4, &[I32]),
        1 => return access(4, &[I32, I64]),
        2 => return access(8, &[I64, I64]),
        0x10..=0x4e => {}
        _ => return None,
    }
    // Seven of each kind, always in this order: i32, i64, then the narrow ones of i32 and of i64.
    let at = (code - 0x10) % 7;
    let size = [4, 8, 1, 2, 1, 2, 4].get(at as usize).copied()?;
    let wide = matches!(at, 1 | 4..=6);
    let above: &[ValType] = match ((code - 0x10) / 7, wide) {
        (0, _) => &[],
        (8, true) => &[I64, I64],
        (8, false) => &[I32, I32],
        (_, true) => &[I64],
        (_, false) => &[I32],
    };
    access(size, above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn atomics_are_as_the_specification_numbers_them() {
        let of = |code| super::of(0xfe, code).map(|access| (access.size, access.above.to_vec()));
        assert_eq!(of(0x11), Some((8, vec![])), "i64.atomic.load");
        assert_eq!(of(0x1d), Some((4, vec![I64])), "i64.atomic.store32");
        assert_eq!(of(0x1e), Some((4, vec![I32])), "i32.atomic.rmw.add");
        assert_eq!(of(0x44), Some((2, vec![I32])), "i32.atomic.rmw16.xchg_u");
        assert_eq!(of(0x4e), Some((4, vec![I64, I64])), "i64.atomic.rmw32.cmpxchg_u");
        assert_eq!(of(0x4f), None);
    }
}

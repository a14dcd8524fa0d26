//! The groups of RFC 2409 and RFC 3526. Their primes are 2^n - 2^(n-64) - 1 + 2^64 (floor(2^(n-130) pi) + c): n and c are here, pi is computed.

use crate::number::{add, divide, multiply, subtract};

/// Name, n, c.
const GROUPS: [(&str, usize, u32); 8] = [
    ("modp1", 768, 149_686),
    ("modp2", 1024, 129_093),
    ("modp5", 1536, 741_804),
    ("modp14", 2048, 124_476),
    ("modp15", 3072, 1_690_314),
    ("modp16", 4096, 240_904),
    ("modp17", 6144, 929_484),
    ("modp18", 8192, 4_743_158),
];

/// The prime and the generator.
pub fn find(name: &str) -> Option<(Vec<u8>, u8)> {
    let name = name.to_ascii_lowercase();
    let (_, bits, offset) = GROUPS.iter().find(|(known, _, _)| *known == name)?;
    let high = subtract(&power(*bits), &power(bits - 64));
    let middle = multiply(&power(64), &add(&pi(bits - 130), &offset.to_be_bytes()));
    Some((subtract(&add(&high, &middle), &[1]), 2))
}

/// 2 to the power of `bits`.
fn power(bits: usize) -> Vec<u8> {
    let mut number = vec![0; bits / 8 + 1];
    if let Some(first) = number.first_mut() {
        *first = 1 << (bits % 8);
    }
    number
}

/// floor(2^bits pi), by Machin's formula.
fn pi(bits: usize) -> Vec<u8> {
    const GUARD: usize = 64;
    let one = power(bits + GUARD);
    let pi = subtract(&multiply(&[16], &arc_tangent(&one, 5)), &multiply(&[4], &arc_tangent(&one, 239)));
    divide(&pi, &power(GUARD)).unwrap_or_default()
}

/// arctan(1 / x), times `one`.
fn arc_tangent(one: &[u8], x: u16) -> Vec<u8> {
    let small = |number: u32| number.to_be_bytes();
    let square = small(u32::from(x) * u32::from(x));
    let mut term = divide(one, &small(u32::from(x))).unwrap_or_default();
    let (mut plus, mut minus) = (Vec::new(), Vec::new());
    for odd in (1u32..).step_by(2) {
        if term.is_empty() {
            break;
        }
        let part = divide(&term, &small(odd)).unwrap_or_default();
        if odd % 4 == 1 {
            plus = add(&plus, &part)
        } else {
            minus = add(&minus, &part)
        }
        term = divide(&term, &square).unwrap_or_default();
    }
    subtract(&plus, &minus)
}

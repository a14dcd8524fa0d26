//! Big numbers, big-endian in bytes without leading zeros.

use crypto_bigint::{BoxedUint, ConcatenatingMul, NonZero, Odd, Resize};
use rand_core::Rng;

use crate::der::trim;
use crate::random::Random;

pub fn big(bytes: &[u8]) -> BoxedUint {
    BoxedUint::from_be_slice_vartime(trim(bytes))
}

/// As wide as `bits` at least.
pub fn wide(bytes: &[u8], bits: u32) -> BoxedUint {
    let number = big(bytes);
    if number.bits_precision() >= bits { number } else { number.resize(bits) }
}

pub fn bytes(number: &BoxedUint) -> Vec<u8> {
    number.to_be_bytes_trimmed_vartime().to_vec()
}

/// Filled up with zeros from the left.
pub fn padded(bytes: &[u8], length: usize) -> Vec<u8> {
    let bytes = trim(bytes);
    let mut out = vec![0; length.saturating_sub(bytes.len())];
    out.extend_from_slice(bytes);
    out
}

pub fn bit_length(bytes: &[u8]) -> usize {
    let bytes = trim(bytes);
    bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

pub fn is_odd(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(|last| last & 1 == 1)
}

/// Which of two is greater.
pub fn compare(one: &[u8], two: &[u8]) -> std::cmp::Ordering {
    let (one, two) = (trim(one), trim(two));
    one.len().cmp(&two.len()).then_with(|| one.cmp(two))
}

/// Both as wide as the wider of them and the modulus.
fn level(numbers: &[&[u8]]) -> Vec<BoxedUint> {
    let bits = numbers.iter().map(|bytes| trim(bytes).len() as u32 * 8).max().unwrap_or(64).max(64);
    numbers.iter().map(|bytes| wide(bytes, bits)).collect()
}

/// `base` to the power of `exponent`; `None` for a modulus of 0.
pub fn pow_mod(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let numbers = level(&[base, modulus]);
    let [base, modulus] = &numbers[..] else { return None };
    let nonzero = Option::<NonZero<BoxedUint>>::from(modulus.to_nz())?;
    let base = base.rem_vartime(&nonzero);
    if let Some(odd) = Option::<Odd<BoxedUint>>::from(modulus.to_odd()) {
        return Some(bytes(&base.pow_mod(&big(exponent), &odd)));
    }
    // Nothing that is secret has an even modulus.
    let mut result = wide(&[1], modulus.bits_precision()).rem_vartime(&nonzero);
    for byte in trim(exponent) {
        for bit in (0..8).rev() {
            result = result.mul_mod(&result, &nonzero);
            if byte >> bit & 1 == 1 {
                result = result.mul_mod(&base, &nonzero);
            }
        }
    }
    Some(bytes(&result))
}

pub fn mul_mod(one: &[u8], two: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let (one, two) = (rem(one, modulus)?, rem(two, modulus)?);
    let numbers = level(&[&one, &two, modulus]);
    let [one, two, modulus] = &numbers[..] else { return None };
    Some(bytes(&one.mul_mod(two, &Option::from(modulus.to_nz())?)))
}

pub fn add_mod(one: &[u8], two: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let (one, two) = (rem(one, modulus)?, rem(two, modulus)?);
    let numbers = level(&[&one, &two, modulus]);
    let [one, two, modulus] = &numbers[..] else { return None };
    Some(bytes(&one.add_mod(two, &Option::from(modulus.to_nz())?)))
}

pub fn inverse(number: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let number = rem(number, modulus)?;
    let numbers = level(&[&number, modulus]);
    let [number, modulus] = &numbers[..] else { return None };
    Option::<BoxedUint>::from(number.invert_mod(&Option::from(modulus.to_nz())?)).map(|inverse| bytes(&inverse))
}

pub fn rem(number: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let numbers = level(&[number, modulus]);
    let [number, modulus] = &numbers[..] else { return None };
    Some(bytes(&number.rem_vartime(&Option::from(modulus.to_nz())?)))
}

/// The quotient, rounded down.
pub fn divide(number: &[u8], by: &[u8]) -> Option<Vec<u8>> {
    let numbers = level(&[number, by]);
    let [number, by] = &numbers[..] else { return None };
    Some(bytes(&number.div_rem_vartime(&Option::<NonZero<BoxedUint>>::from(by.to_nz())?).0))
}

pub fn multiply(one: &[u8], two: &[u8]) -> Vec<u8> {
    bytes(&big(one).concatenating_mul(&big(two)))
}

/// `number - less`, 0 if that is below 0.
pub fn subtract(number: &[u8], less: &[u8]) -> Vec<u8> {
    let numbers = level(&[number, less]);
    match &numbers[..] {
        [number, less] if number >= less => bytes(&number.wrapping_sub(less)),
        _ => Vec::new(),
    }
}

pub fn add(one: &[u8], two: &[u8]) -> Vec<u8> {
    let (one, two) = (trim(one), trim(two));
    let bits = one.len().max(two.len()) as u32 * 8 + 8;
    bytes(&wide(one, bits).wrapping_add(wide(two, bits)))
}

/// A number from 1 up to, not including, `limit`.
pub fn random_below(limit: &[u8], random: &mut Random) -> Vec<u8> {
    let limit = trim(limit);
    let spare = limit.first().map_or(0, |first| first.leading_zeros());
    loop {
        let mut bytes = vec![0; limit.len()];
        random.fill_bytes(&mut bytes);
        if let Some(first) = bytes.first_mut() {
            *first &= 0xff >> spare;
        }
        let number = trim(&bytes);
        if limit.len() <= 1 && limit.first().is_none_or(|&limit| limit < 2) {
            return vec![1];
        }
        if !number.is_empty() && compare(number, limit).is_lt() {
            return number.to_vec();
        }
    }
}

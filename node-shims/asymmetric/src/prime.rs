//! Primes: found and tested.

use crypto_bigint::{BoxedUint, Odd};
use crypto_primes::hazmat::{MillerRabin, Primality};
use crypto_primes::{Flavor, is_prime};
use rand_core::Rng;

use crate::number::{self, add, big, bit_length, bytes, compare, multiply, rem, subtract};
use crate::random::Random;

pub fn check(number: &[u8], rounds: usize, random: &mut Random) -> bool {
    let number = big(number);
    if !is_prime(Flavor::Any, &number) {
        return false;
    }
    let Some(odd) = Option::<Odd<BoxedUint>>::from(number.to_odd()) else { return true };
    let test = MillerRabin::new(odd);
    bytes(&number).len() < 2 || (0..rounds).all(|_| test.test_random_base(random) != Primality::Composite)
}

/// A prime of so many bits, its highest two set; `safe`: half of it is one too.
pub fn generate(bits: usize, safe: bool, random: &mut Random) -> Vec<u8> {
    if bits < 6 {
        return small(bits, safe, random);
    }
    loop {
        let number = random_bits(bits, random);
        if let Some(found) = search(number, bits, safe, &[2], &[1], random) {
            return found;
        }
    }
}

/// A prime that is `rest` modulo `step`; without `rest`, 1. `None` where there is none, or none was found soon.
pub fn in_steps(bits: usize, safe: bool, step: &[u8], rest: Option<&[u8]>, random: &mut Random) -> Option<Vec<u8>> {
    let default = if safe { vec![3] } else { vec![1] };
    let rest = rest.map_or(default, <[u8]>::to_vec);
    (0..64).find_map(|_| search(random_bits(bits, random), bits, safe, step, &rest, random))
}

/// A prime p of so many bits with q dividing p - 1.
pub fn with_divisor(bits: usize, q: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let step = multiply(q, &[2]);
    (0..64).find_map(|_| search(random_bits(bits, random), bits, false, &step, &[1], random))
}

/// The next such prime from a number on, of the same length.
fn search(start: Vec<u8>, bits: usize, safe: bool, step: &[u8], rest: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let over = rem(&start, step)?;
    let mut number = add(&subtract(&start, &over), rest);
    if compare(&number, &start).is_lt() && bit_length(&number) < bits {
        number = add(&number, step);
    }
    let mut sieve = Sieve::new(&number, step, bits, safe);
    for turn in 0..STEPS {
        if !sieve.passes() {
            continue;
        }
        let candidate = add(&number, &multiply(step, &turn.to_be_bytes()));
        if bit_length(&candidate) > bits {
            return None;
        }
        if bit_length(&candidate) < bits {
            continue;
        }
        // Most fail the first of these, which are cheap beside a real test.
        let half = if safe { number::divide(&subtract(&candidate, &[1]), &[2])? } else { Vec::new() };
        if safe && !may_be_prime(&half) || !may_be_prime(&candidate) {
            continue;
        }
        if check(&candidate, 4, random) && (!safe || check(&half, 4, random)) {
            return Some(candidate);
        }
    }
    None
}

/// How far a search goes: a safe prime of 2048 bits is found within it most of the time.
const STEPS: u32 = 1 << 18;

/// Fermat's test. Which numbers this short are prime, `check` knows as fast.
fn may_be_prime(number: &[u8]) -> bool {
    number.len() <= 8 || number::pow_mod(&[2], &subtract(number, &[1]), number).is_some_and(|power| power == [1])
}

/// Which numbers of a row small primes divide.
struct Sieve {
    safe: bool,
    /// Prime, the next number's rest, the step's.
    rests: Vec<(u32, u32, u32)>,
}

impl Sieve {
    const LIMIT: usize = 1 << 13;

    fn new(number: &[u8], step: &[u8], bits: usize, safe: bool) -> Self {
        let mut composite = vec![false; Self::LIMIT];
        let mut rests = Vec::new();
        // Short numbers may be such primes themselves.
        let limit = if bits > 32 { Self::LIMIT } else { 0 };
        for prime in 2..limit {
            if composite.get(prime).copied().unwrap_or(true) {
                continue;
            }
            for multiple in composite.iter_mut().skip(prime * prime).step_by(prime) {
                *multiple = true;
            }
            let prime = prime as u32;
            let of = |number: &[u8]| number.iter().fold(0, |rest, &byte| (rest << 8 | u32::from(byte)) % prime);
            rests.push((prime, of(number), of(step)));
        }
        Self { safe, rests }
    }

    /// Whether none divides the next number, nor half of it if that is to be a prime.
    fn passes(&mut self) -> bool {
        let mut passes = true;
        for (prime, rest, step) in &mut self.rests {
            passes &= *rest != 0 && !(self.safe && *rest == 1 && *prime > 2);
            *rest += *step;
            if *rest >= *prime {
                *rest -= *prime;
            }
        }
        passes
    }
}

fn random_bits(bits: usize, random: &mut Random) -> Vec<u8> {
    let mut bytes = vec![0; bits.div_ceil(8)];
    random.fill_bytes(&mut bytes);
    let top = (bits - 1) % 8;
    if let Some(first) = bytes.first_mut() {
        *first = *first & (0xff >> (7 - top)) | 1 << top;
        if top > 0 && bits > 8 {
            *first |= 1 << (top - 1);
        }
    }
    if top == 0
        && bits > 8
        && let Some(second) = bytes.get_mut(1)
    {
        *second |= 0x80;
    }
    bytes
}

/// One of the few primes of up to 5 bits.
fn small(bits: usize, safe: bool, random: &mut Random) -> Vec<u8> {
    let all: &[u8] = match (bits, safe) {
        (2, _) => &[2, 3],
        (3, true) => &[5, 7],
        (3, false) => &[5, 7],
        (4, true) => &[11],
        (4, false) => &[11, 13],
        (_, true) => &[23],
        (_, false) => &[17, 19, 23, 29, 31],
    };
    let mut pick = [0];
    random.fill_bytes(&mut pick);
    all.get(usize::from(pick[0]) % all.len()).map_or(vec![2], |prime| vec![*prime])
}

//! DSA and Diffie-Hellman: numbers modulo a prime.

use crate::der::{self, Reader};
use crate::fault::{Fault, Result};
use crate::number::{self, add_mod, compare, inverse, mul_mod, padded, pow_mod, random_below};
use crate::prime;
use crate::random::Random;

/// A DSA key.
#[derive(Clone, Debug, PartialEq)]
pub struct Dsa {
    pub p: Vec<u8>,
    pub q: Vec<u8>,
    pub g: Vec<u8>,
    pub y: Vec<u8>,
    pub x: Option<Vec<u8>>,
}

impl Dsa {
    pub fn generate(bits: usize, divisor: usize, random: &mut Random) -> Result<Self> {
        let divisor = if divisor > 0 {
            divisor
        } else if bits >= 2048 {
            224
        } else {
            160
        };
        if bits < 512 || divisor < 160 || divisor >= bits {
            return Err(Fault::openssl("05000072", "dsa routines", "bad ffc parameters").plain());
        }
        let failed = || Fault::error("ERR_CRYPTO_OPERATION_FAILED", "Key generation failed");
        let q = prime::generate(divisor, false, random);
        let p = prime::with_divisor(bits, &q, random).ok_or_else(failed)?;
        let cofactor = number::divide(&number::subtract(&p, &[1]), &q).ok_or_else(failed)?;
        let g = (2u8..).find_map(|h| pow_mod(&[h], &cofactor, &p).filter(|g| g.len() > 1 || g.first().is_some_and(|&g| g > 1)));
        let g = g.ok_or_else(failed)?;
        let x = random_below(&q, random);
        let y = pow_mod(&g, &x, &p).ok_or_else(failed)?;
        Ok(Self { p, q, g, y, x: Some(x) })
    }

    /// The hash's leftmost bits, as many as q has.
    fn leftmost(&self, hash: &[u8]) -> Vec<u8> {
        let bits = number::bit_length(&self.q);
        let hash = hash.get(..bits.div_ceil(8)).unwrap_or(hash);
        match (hash.len() * 8).checked_sub(bits) {
            None | Some(0) => hash.to_vec(),
            Some(extra) => number::divide(hash, &[1 << extra]).unwrap_or_default(),
        }
    }

    /// r and s, each as long as q.
    pub fn sign(&self, hash: &[u8], random: &mut Random) -> Option<(Vec<u8>, Vec<u8>)> {
        let (x, length) = (self.x.as_ref()?, self.q.len());
        let z = self.leftmost(hash);
        (0..8).find_map(|_| {
            let nonce = random_below(&self.q, random);
            let r = number::rem(&pow_mod(&self.g, &nonce, &self.p)?, &self.q)?;
            let sum = add_mod(&z, &mul_mod(x, &r, &self.q)?, &self.q)?;
            let s = mul_mod(&inverse(&nonce, &self.q)?, &sum, &self.q)?;
            (!r.is_empty() && !s.is_empty()).then(|| (padded(&r, length), padded(&s, length)))
        })
    }

    pub fn verify(&self, hash: &[u8], r: &[u8], s: &[u8]) -> bool {
        let check = || {
            let (r, s) = (der::trim(r), der::trim(s));
            if r.is_empty() || s.is_empty() || compare(r, &self.q).is_ge() || compare(s, &self.q).is_ge() {
                return None;
            }
            let w = inverse(s, &self.q)?;
            let one = pow_mod(&self.g, &mul_mod(&self.leftmost(hash), &w, &self.q)?, &self.p)?;
            let two = pow_mod(&self.y, &mul_mod(r, &w, &self.q)?, &self.p)?;
            Some(number::rem(&mul_mod(&one, &two, &self.p)?, &self.q)? == r)
        };
        check() == Some(true)
    }

    pub fn parameters(&self) -> Vec<u8> {
        der::sequence(&[&self.p, &self.q, &self.g].map(|number| der::uint(number)))
    }

    pub fn read(parameters: &mut Reader<'_>) -> Option<Self> {
        let mut inside = parameters.sequence()?;
        let mut next = || inside.uint().map(<[u8]>::to_vec);
        Some(Self { p: next()?, q: next()?, g: next()?, y: Vec::new(), x: None })
    }
}

/// A Diffie-Hellman key.
#[derive(Clone, Debug, PartialEq)]
pub struct Dh {
    pub p: Vec<u8>,
    pub g: Vec<u8>,
    pub y: Vec<u8>,
    pub x: Option<Vec<u8>>,
}

impl Dh {
    pub fn generate(p: Vec<u8>, g: Vec<u8>, random: &mut Random) -> Option<Self> {
        let x = private(&p, random);
        let y = pow_mod(&g, &x, &p)?;
        Some(Self { p, g, y, x: Some(x) })
    }

    pub fn parameters(&self) -> Vec<u8> {
        der::sequence(&[der::uint(&self.p), der::uint(&self.g)])
    }

    pub fn read(parameters: &mut Reader<'_>) -> Option<Self> {
        let mut inside = parameters.sequence()?;
        Some(Self { p: inside.uint()?.to_vec(), g: inside.uint()?.to_vec(), y: Vec::new(), x: None })
    }
}

/// A private key for a prime: below it by a bit, and of a size that serves.
pub fn private(p: &[u8], random: &mut Random) -> Vec<u8> {
    random_below(&number::subtract(&number::divide(p, &[2]).unwrap_or_default(), &[1]), random)
}

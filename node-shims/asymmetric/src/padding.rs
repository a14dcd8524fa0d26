//! How RSA fills a block (RFC 8017): PKCS #1 v1.5, OAEP, PSS.

use rand_core::Rng;
use subtle::ConstantTimeEq;

use crate::digest::Algorithm;
use crate::random::Random;

/// PKCS #1's block of a signature (type 1).
pub fn pkcs1_sign(data: &[u8], length: usize) -> Option<Vec<u8>> {
    let fill = length.checked_sub(data.len() + 3).filter(|&fill| fill >= 8)?;
    Some([&[0, 1], &vec![0xff; fill][..], &[0], data].concat())
}

/// What a block of type 1 holds.
pub fn pkcs1_recover(block: &[u8]) -> Option<&[u8]> {
    let rest = block.strip_prefix(&[0, 1])?;
    let fill = rest.iter().take_while(|&&byte| byte == 0xff).count();
    rest.get(fill..)?.strip_prefix(&[0]).filter(|_| fill >= 8)
}

/// PKCS #1's block of a message (type 2).
pub fn pkcs1_encrypt(data: &[u8], length: usize, random: &mut Random) -> Option<Vec<u8>> {
    let fill = length.checked_sub(data.len() + 3).filter(|&fill| fill >= 8)?;
    let mut noise = vec![0; fill];
    random.fill_bytes(&mut noise);
    for byte in &mut noise {
        while *byte == 0 {
            random.fill_bytes(std::slice::from_mut(byte));
        }
    }
    Some([&[0, 2], &noise[..], &[0], data].concat())
}

/// What a block of type 2 holds. One that is none gives a text that depends on the block and the key alone, as OpenSSL's implicit rejection does: nobody
/// learns from an error whether the block was one.
pub fn pkcs1_decrypt(block: &[u8], secret: &[u8], hash: Algorithm) -> Vec<u8> {
    let message = || {
        let rest = block.strip_prefix(&[0, 2])?;
        let end = rest.iter().position(|&byte| byte == 0).filter(|&end| end >= 8)?;
        rest.get(end + 1..)
    };
    if let Some(message) = message() {
        return message.to_vec();
    }
    let seed = hash.hmac(secret, &[block]);
    let most = block.len().saturating_sub(11).max(1);
    let length = usize::from(seed.first().copied().unwrap_or(0)) << 8 | usize::from(seed.get(1).copied().unwrap_or(0));
    mask(hash, &seed, length % most)
}

/// MGF1.
pub fn mask(hash: Algorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(length + hash.length);
    for counter in 0u32.. {
        if out.len() >= length {
            break;
        }
        out.extend_from_slice(&hash.hash(&[seed, &counter.to_be_bytes()]));
    }
    out.truncate(length);
    out
}

fn mix(bytes: &mut [u8], with: &[u8]) {
    bytes.iter_mut().zip(with).for_each(|(byte, with)| *byte ^= with);
}

/// The same digest serves the label and MGF1, as in Node.
pub fn oaep_encrypt(data: &[u8], length: usize, hash: Algorithm, label: &[u8], random: &mut Random) -> Option<Vec<u8>> {
    let fill = length.checked_sub(data.len() + 2 * hash.length + 2)?;
    let mut block = [&hash.hash(&[label])[..], &vec![0; fill], &[1], data].concat();
    let mut seed = vec![0; hash.length];
    random.fill_bytes(&mut seed);
    let masked = mask(hash, &seed, block.len());
    mix(&mut block, &masked);
    mix(&mut seed, &mask(hash, &block, hash.length));
    Some([&[0], &seed[..], &block].concat())
}

pub fn oaep_decrypt(block: &[u8], hash: Algorithm, label: &[u8]) -> Option<Vec<u8>> {
    let (first, rest) = block.split_first()?;
    let (seed, data) = rest.split_at_checked(hash.length)?;
    let (mut seed, mut data) = (seed.to_vec(), data.to_vec());
    mix(&mut seed, &mask(hash, &data, hash.length));
    let masked = mask(hash, &seed, data.len());
    mix(&mut data, &masked);
    let (found, rest) = data.split_at_checked(hash.length)?;
    let good = found.ct_eq(&hash.hash(&[label])) & first.ct_eq(&0);
    let start = rest.iter().position(|&byte| byte != 0)?;
    let message = rest.get(start..)?.strip_prefix(&[1])?;
    bool::from(good).then(|| message.to_vec())
}

/// `bits`: the modulus's, less one.
pub fn pss_encode(hashed: &[u8], bits: usize, hash: Algorithm, mgf: Algorithm, salt: &[u8]) -> Option<Vec<u8>> {
    let length = bits.div_ceil(8);
    let fill = length.checked_sub(hash.length + salt.len() + 2)?;
    let digest = hash.hash(&[&[0; 8], hashed, salt]);
    let mut block = [&vec![0; fill][..], &[1], salt].concat();
    let masked = mask(mgf, &digest, block.len());
    mix(&mut block, &masked);
    if let Some(first) = block.first_mut() {
        *first &= 0xff >> (8 * length - bits);
    }
    Some([&block[..], &digest, &[0xbc]].concat())
}

/// `salt`: its length, `None` for any.
pub fn pss_verify(hashed: &[u8], block: &[u8], bits: usize, hash: Algorithm, mgf: Algorithm, salt: Option<usize>) -> bool {
    let check = || {
        let length = bits.div_ceil(8);
        let block = block.get(block.len().checked_sub(length)?..)?.strip_suffix(&[0xbc])?;
        let (masked, digest) = block.split_at_checked(block.len().checked_sub(hash.length)?)?;
        let mut data = masked.to_vec();
        let keep = 0xff >> (8 * length - bits);
        if data.first().is_some_and(|first| first & !keep != 0) {
            return None;
        }
        let mask = mask(mgf, digest, data.len());
        mix(&mut data, &mask);
        *data.first_mut()? &= keep;
        let start = data.iter().position(|&byte| byte != 0)?;
        let found = data.get(start..)?.strip_prefix(&[1])?;
        if salt.is_some_and(|length| length != found.len()) {
            return None;
        }
        Some(hash.hash(&[&[0; 8], hashed, found]) == digest)
    };
    check() == Some(true)
}

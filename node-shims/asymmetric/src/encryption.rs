//! Private keys behind a passphrase: PBES2 (RFC 8018) around PKCS #8, and the older way of PEM.

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use rand_core::Rng;

use crate::der::{self, Reader};
use crate::digest;
use crate::fault::{Fault, Result};
use crate::random::Random;

const PBES2: &str = "1.2.840.113549.1.5.13";
const PBKDF2: &str = "1.2.840.113549.1.5.12";
const ROUNDS: u32 = 2048;

/// A cipher in CBC: its name, its identifier, in bytes its key and its block.
pub struct Cipher {
    name: &'static str,
    oid: &'static str,
    key: usize,
    block: usize,
}

const CIPHERS: [Cipher; 4] = [
    Cipher { name: "aes-128-cbc", oid: "2.16.840.1.101.3.4.1.2", key: 16, block: 16 },
    Cipher { name: "aes-192-cbc", oid: "2.16.840.1.101.3.4.1.22", key: 24, block: 16 },
    Cipher { name: "aes-256-cbc", oid: "2.16.840.1.101.3.4.1.42", key: 32, block: 16 },
    Cipher { name: "des-ede3-cbc", oid: "1.2.840.113549.3.7", key: 24, block: 8 },
];

pub fn find(name: &str) -> Option<&'static Cipher> {
    let name = name.to_ascii_lowercase();
    let name = match &name[..] {
        "aes128" => "aes-128-cbc",
        "aes192" => "aes-192-cbc",
        "aes256" => "aes-256-cbc",
        "des3" | "des-ede3" => "des-ede3-cbc",
        other => other,
    };
    CIPHERS.iter().find(|cipher| cipher.name == name)
}

fn bad_decrypt() -> Fault {
    Fault::openssl("1C800064", "Provider routines", "bad decrypt")
}

impl Cipher {
    fn encrypt_block(&self, key: &[u8], block: &mut [u8]) {
        macro_rules! with {
            ($cipher:ty) => {
                if let (Ok(cipher), Ok(block)) = (<$cipher>::new_from_slice(key), <&mut Array<u8, _>>::try_from(block)) {
                    cipher.encrypt_block(block);
                }
            };
        }
        match self.name {
            "aes-128-cbc" => with!(aes::Aes128),
            "aes-192-cbc" => with!(aes::Aes192),
            "aes-256-cbc" => with!(aes::Aes256),
            _ => with!(des::TdesEde3),
        }
    }

    fn decrypt_block(&self, key: &[u8], block: &mut [u8]) {
        macro_rules! with {
            ($cipher:ty) => {
                if let (Ok(cipher), Ok(block)) = (<$cipher>::new_from_slice(key), <&mut Array<u8, _>>::try_from(block)) {
                    cipher.decrypt_block(block);
                }
            };
        }
        match self.name {
            "aes-128-cbc" => with!(aes::Aes128),
            "aes-192-cbc" => with!(aes::Aes192),
            "aes-256-cbc" => with!(aes::Aes256),
            _ => with!(des::TdesEde3),
        }
    }

    fn encrypt(&self, key: &[u8], iv: &[u8], data: &[u8]) -> Vec<u8> {
        let fill = self.block - data.len() % self.block;
        let mut out = [data, &vec![fill as u8; fill]].concat();
        let mut last = iv.to_vec();
        for block in out.chunks_mut(self.block) {
            block.iter_mut().zip(&last).for_each(|(byte, with)| *byte ^= with);
            self.encrypt_block(key, block);
            last = block.to_vec();
        }
        out
    }

    pub fn decrypt(&self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        if data.is_empty() || !data.len().is_multiple_of(self.block) {
            return Err(bad_decrypt());
        }
        let mut out = data.to_vec();
        let mut last = iv.to_vec();
        for block in out.chunks_mut(self.block) {
            let text = block.to_vec();
            self.decrypt_block(key, block);
            block.iter_mut().zip(&last).for_each(|(byte, with)| *byte ^= with);
            last = text;
        }
        let fill = out.last().map_or(0, |&fill| usize::from(fill));
        let keep = out.len().checked_sub(fill).filter(|_| (1..=self.block).contains(&fill)).ok_or_else(bad_decrypt)?;
        if out.get(keep..).is_some_and(|tail| tail.iter().any(|&byte| usize::from(byte) != fill)) {
            return Err(bad_decrypt());
        }
        out.truncate(keep);
        Ok(out)
    }
}

/// EncryptedPrivateKeyInfo (RFC 5208).
pub fn encrypt(info: &[u8], cipher: &Cipher, passphrase: &[u8], random: &mut Random) -> Vec<u8> {
    let mut salt = [0; 16];
    random.fill_bytes(&mut salt);
    let mut iv = vec![0; cipher.block];
    random.fill_bytes(&mut iv);
    let Some(hash) = digest::find("sha256") else { return Vec::new() };
    let key = hash.pbkdf2(passphrase, &salt, ROUNDS, cipher.key);
    let derivation = der::sequence(&[
        der::oid(PBKDF2),
        der::sequence(&[der::octets(&salt), der::small(ROUNDS), der::sequence(&[der::oid("1.2.840.113549.2.9"), der::null()])]),
    ]);
    let scheme = der::sequence(&[der::oid(cipher.oid), der::octets(&iv)]);
    let algorithm = der::sequence(&[der::oid(PBES2), der::sequence(&[derivation, scheme])]);
    der::sequence(&[algorithm, der::octets(&cipher.encrypt(&key, &iv, info))])
}

/// What is in an EncryptedPrivateKeyInfo. `None` where it is none, or one in a way that is not known.
pub fn decrypt(bytes: &[u8], passphrase: &[u8]) -> Option<Result<Vec<u8>>> {
    let mut outer = Reader::new(bytes).sequence()?;
    let mut algorithm = outer.sequence()?;
    if algorithm.oid()? != PBES2 {
        return None;
    }
    let data = outer.expect(der::OCTET_STRING)?;
    let mut parameters = algorithm.sequence()?;
    let (mut derivation, mut scheme) = (parameters.sequence()?, parameters.sequence()?);
    if derivation.oid()? != PBKDF2 {
        return None;
    }
    let mut derivation = derivation.sequence()?;
    let (salt, rounds) = (derivation.expect(der::OCTET_STRING)?, derivation.small()?);
    if derivation.peek() == Some(der::INTEGER) {
        derivation.small()?;
    }
    let hash = match derivation.sequence() {
        None => "sha1",
        Some(mut function) => match &function.oid()?[..] {
            "1.2.840.113549.2.7" => "sha1",
            "1.2.840.113549.2.8" => "sha224",
            "1.2.840.113549.2.10" => "sha384",
            "1.2.840.113549.2.11" => "sha512",
            _ => "sha256",
        },
    };
    let oid = scheme.oid()?;
    let cipher = CIPHERS.iter().find(|cipher| cipher.oid == oid)?;
    let iv = scheme.expect(der::OCTET_STRING)?;
    let key = digest::find(hash)?.pbkdf2(passphrase, salt, rounds.min(10_000_000), cipher.key);
    Some(cipher.decrypt(&key, iv, data))
}

/// Whether it looks as an EncryptedPrivateKeyInfo does.
pub fn is_encrypted(bytes: &[u8]) -> bool {
    Reader::new(bytes)
        .sequence()
        .is_some_and(|mut outer| outer.peek() == Some(der::SEQUENCE) && outer.any().is_some() && outer.peek() == Some(der::OCTET_STRING))
}

/// OpenSSL's `EVP_BytesToKey` with MD5, once: the key of an encrypted PEM.
fn key_of(passphrase: &[u8], salt: &[u8], length: usize) -> Vec<u8> {
    let Some(md5) = digest::find("md5") else { return Vec::new() };
    let salt = salt.get(..8).unwrap_or(salt);
    let (mut key, mut last) = (Vec::new(), Vec::new());
    while key.len() < length {
        last = md5.hash(&[&last, passphrase, salt]);
        key.extend_from_slice(&last);
    }
    key.truncate(length);
    key
}

/// The headers and the contents of an encrypted PEM.
pub fn encrypt_pem(contents: &[u8], cipher: &Cipher, passphrase: &[u8], random: &mut Random) -> (String, Vec<u8>) {
    let mut iv = vec![0; cipher.block];
    random.fill_bytes(&mut iv);
    let hex: String = iv.iter().map(|byte| format!("{byte:02X}")).collect();
    let headers = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: {},{hex}\n\n", cipher.name.to_ascii_uppercase());
    (headers, cipher.encrypt(&key_of(passphrase, &iv, cipher.key), &iv, contents))
}

pub fn decrypt_pem(contents: &[u8], (name, iv): &(String, String), passphrase: &[u8]) -> Result<Vec<u8>> {
    let cipher = find(name).ok_or_else(|| Fault::openssl("04800072", "PEM routines", "unsupported encryption"))?;
    let digits: Vec<u8> = iv.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    let iv: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if iv.len() != cipher.block {
        return Err(Fault::openssl("04800067", "PEM routines", "bad iv chars"));
    }
    cipher.decrypt(&key_of(passphrase, &iv, cipher.key), &iv, contents)
}

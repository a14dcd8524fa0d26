//! Symmetric ciphers, streaming: AES in ECB, CBC, CTR and GCM, and ChaCha20-Poly1305. Plain Rust over bytes.

use aes::cipher::{Array, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use chacha20::cipher::{KeyIvInit, StreamCipher};
use ghash::universal_hash::UniversalHash;

pub const BLOCK: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Ecb,
    Cbc,
    Ctr,
    Gcm,
    ChaCha,
}

/// A cipher as `getCipherInfo` describes it.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub name: &'static str,
    pub nid: i32,
    pub mode: Mode,
    pub key: usize,
    pub iv: usize,
}

const fn spec(name: &'static str, nid: i32, mode: Mode, key: usize, iv: usize) -> Spec {
    Spec { name, nid, mode, key, iv }
}

pub const SPECS: [Spec; 13] = [
    spec("aes-128-cbc", 419, Mode::Cbc, 16, 16),
    spec("aes-128-ctr", 904, Mode::Ctr, 16, 16),
    spec("aes-128-ecb", 418, Mode::Ecb, 16, 0),
    spec("id-aes128-GCM", 895, Mode::Gcm, 16, 12),
    spec("aes-192-cbc", 423, Mode::Cbc, 24, 16),
    spec("aes-192-ctr", 905, Mode::Ctr, 24, 16),
    spec("aes-192-ecb", 422, Mode::Ecb, 24, 0),
    spec("id-aes192-GCM", 898, Mode::Gcm, 24, 12),
    spec("aes-256-cbc", 427, Mode::Cbc, 32, 16),
    spec("aes-256-ctr", 906, Mode::Ctr, 32, 16),
    spec("aes-256-ecb", 426, Mode::Ecb, 32, 0),
    spec("id-aes256-GCM", 901, Mode::Gcm, 32, 12),
    spec("chacha20-poly1305", 1018, Mode::ChaCha, 32, 12),
];

/// What `crypto.getCiphers()` lists.
pub const LISTED: [&str; 19] = [
    "aes-128-cbc", "aes-128-ctr", "aes-128-ecb", "aes-128-gcm", "aes-192-cbc", "aes-192-ctr", "aes-192-ecb", "aes-192-gcm",
    "aes-256-cbc", "aes-256-ctr", "aes-256-ecb", "aes-256-gcm", "aes128", "aes192", "aes256", "chacha20-poly1305",
    "id-aes128-GCM", "id-aes192-GCM", "id-aes256-GCM",
];

impl Spec {
    pub fn by_name(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let name = match lower.as_str() {
            "aes128" => "aes-128-cbc",
            "aes192" => "aes-192-cbc",
            "aes256" => "aes-256-cbc",
            "aes-128-gcm" => "id-aes128-GCM",
            "aes-192-gcm" => "id-aes192-GCM",
            "aes-256-gcm" => "id-aes256-GCM",
            other => other,
        };
        SPECS.into_iter().find(|s| s.name.eq_ignore_ascii_case(name))
    }

    pub fn by_nid(nid: i32) -> Option<Self> {
        SPECS.into_iter().find(|s| s.nid == nid)
    }

    pub fn is_aead(&self) -> bool {
        matches!(self.mode, Mode::Gcm | Mode::ChaCha)
    }
}

/// Why a cipher could not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinalError {
    /// Data that is no whole number of blocks, encrypting without padding.
    DataLength,
    /// Data that is no whole number of blocks, decrypting.
    BlockLength,
    Padding,
    Authentication,
}

enum Aes {
    A128(aes::Aes128),
    A192(aes::Aes192),
    A256(aes::Aes256),
}

type Block = Array<u8, aes::cipher::consts::U16>;

impl Aes {
    fn new(key: &[u8]) -> Option<Self> {
        Some(match key.len() {
            16 => Self::A128(aes::Aes128::new_from_slice(key).ok()?),
            24 => Self::A192(aes::Aes192::new_from_slice(key).ok()?),
            32 => Self::A256(aes::Aes256::new_from_slice(key).ok()?),
            _ => return None,
        })
    }

    fn encrypt(&self, blocks: &mut [Block]) {
        match self {
            Self::A128(aes) => aes.encrypt_blocks(blocks),
            Self::A192(aes) => aes.encrypt_blocks(blocks),
            Self::A256(aes) => aes.encrypt_blocks(blocks),
        }
    }

    fn decrypt(&self, blocks: &mut [Block]) {
        match self {
            Self::A128(aes) => aes.decrypt_blocks(blocks),
            Self::A192(aes) => aes.decrypt_blocks(blocks),
            Self::A256(aes) => aes.decrypt_blocks(blocks),
        }
    }

    fn one(&self, block: [u8; BLOCK]) -> [u8; BLOCK] {
        let mut blocks = [Block::from(block)];
        self.encrypt(&mut blocks);
        blocks[0].into()
    }
}

/// Key stream of AES in counter mode. In GCM only the last 32 bits count.
struct Counter {
    block: [u8; BLOCK],
    narrow: bool,
    stream: Vec<u8>,
    used: usize,
}

impl Counter {
    const BATCH: usize = 16;

    fn new(block: [u8; BLOCK], narrow: bool) -> Self {
        Self { block, narrow, stream: Vec::new(), used: 0 }
    }

    fn next(&mut self) -> [u8; BLOCK] {
        let block = self.block;
        let from = if self.narrow { 12 } else { 0 };
        for byte in self.block[from..].iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                break;
            }
        }
        block
    }

    fn apply(&mut self, aes: &Aes, data: &mut [u8]) {
        for byte in data {
            if self.used == self.stream.len() {
                let mut blocks: Vec<Block> = (0..Self::BATCH).map(|_| Block::from(self.next())).collect();
                aes.encrypt(&mut blocks);
                self.stream.clear();
                blocks.iter().for_each(|b| self.stream.extend_from_slice(b));
                self.used = 0;
            }
            *byte ^= self.stream[self.used];
            self.used += 1;
        }
    }
}

enum Authenticator {
    Gcm(ghash::GHash),
    Poly(poly1305::Poly1305),
}

/// The tag over additional data and ciphertext, each padded to whole blocks, and their lengths.
struct Mac {
    inner: Authenticator,
    buffered: Vec<u8>,
    additional: u64,
    text: u64,
}

impl Mac {
    fn new(inner: Authenticator) -> Self {
        Self { inner, buffered: Vec::new(), additional: 0, text: 0 }
    }

    fn feed(&mut self, data: &[u8]) {
        self.buffered.extend_from_slice(data);
        let whole = self.buffered.len() / BLOCK * BLOCK;
        if whole > 0 {
            let rest = self.buffered.split_off(whole);
            let blocks = std::mem::replace(&mut self.buffered, rest);
            self.absorb(&blocks);
        }
    }

    fn absorb(&mut self, data: &[u8]) {
        match &mut self.inner {
            Authenticator::Gcm(ghash) => ghash.update_padded(data),
            Authenticator::Poly(poly) => poly.update_padded(data),
        }
    }

    fn pad(&mut self) {
        let rest = std::mem::take(&mut self.buffered);
        if !rest.is_empty() {
            self.absorb(&rest);
        }
    }

    fn finish(mut self) -> [u8; BLOCK] {
        self.pad();
        let lengths: Vec<u8> = match self.inner {
            Authenticator::Gcm(_) => [(self.additional * 8).to_be_bytes(), (self.text * 8).to_be_bytes()].concat(),
            Authenticator::Poly(_) => [self.additional.to_le_bytes(), self.text.to_le_bytes()].concat(),
        };
        self.absorb(&lengths);
        let mut tag = [0; BLOCK];
        match self.inner {
            Authenticator::Gcm(ghash) => tag.copy_from_slice(&ghash.finalize()),
            Authenticator::Poly(poly) => tag.copy_from_slice(&poly.finalize()),
        }
        tag
    }
}

enum Engine {
    /// ECB, and CBC with the last ciphertext block.
    Blocks { aes: Aes, chain: Option<[u8; BLOCK]> },
    Counter { aes: Aes, counter: Counter },
    Gcm { aes: Aes, counter: Counter, mask: [u8; BLOCK] },
    ChaCha(chacha20::ChaCha20),
}

/// A cipher in progress.
pub struct Cipher {
    engine: Engine,
    encrypt: bool,
    mac: Option<Mac>,
    text_begun: bool,
    pending: Vec<u8>,
    pub padding: bool,
}

impl Cipher {
    /// `None` when the key or the initialization vector has not the length that `spec` asks for.
    pub fn new(spec: &Spec, encrypt: bool, key: &[u8], iv: &[u8]) -> Option<Self> {
        let mut mac = None;
        let engine = match spec.mode {
            Mode::Ecb => Engine::Blocks { aes: Aes::new(key)?, chain: None },
            Mode::Cbc => Engine::Blocks { aes: Aes::new(key)?, chain: Some(iv.try_into().ok()?) },
            Mode::Ctr => Engine::Counter { aes: Aes::new(key)?, counter: Counter::new(iv.try_into().ok()?, false) },
            Mode::Gcm => {
                let aes = Aes::new(key)?;
                let hash_key = aes.one([0; BLOCK]);
                let mut first = [0; BLOCK];
                if let Ok(iv) = <[u8; 12]>::try_from(iv) {
                    first[..12].copy_from_slice(&iv);
                    first[15] = 1;
                } else {
                    let mut hash = ghash::GHash::new(&hash_key.into());
                    hash.update_padded(iv);
                    let mut lengths = [0; BLOCK];
                    lengths[8..].copy_from_slice(&(iv.len() as u64 * 8).to_be_bytes());
                    hash.update_padded(&lengths);
                    first.copy_from_slice(&hash.finalize());
                }
                mac = Some(Mac::new(Authenticator::Gcm(ghash::GHash::new(&hash_key.into()))));
                let mut counter = Counter::new(first, true);
                let mask = aes.one(counter.next());
                Engine::Gcm { aes, counter, mask }
            }
            Mode::ChaCha => {
                // A shorter nonce is filled up with zeros in front.
                let mut nonce = [0; 12];
                nonce.get_mut(12usize.checked_sub(iv.len())?..)?.copy_from_slice(iv);
                let key = <[u8; 32]>::try_from(key).ok()?;
                let mut stream = chacha20::ChaCha20::new(&key.into(), &nonce.into());
                // The first block keys the authenticator: half of it is not used.
                let mut first = [0; 64];
                stream.apply_keystream(&mut first);
                let mut mac_key = [0; 32];
                mac_key.copy_from_slice(&first[..32]);
                mac = Some(Mac::new(Authenticator::Poly(poly1305::Poly1305::new(&mac_key.into()))));
                Engine::ChaCha(stream)
            }
        };
        Some(Self { engine, encrypt, mac, text_begun: false, pending: Vec::new(), padding: true })
    }

    /// Additional data, before any text. False when it is too late or the cipher has no place for it.
    pub fn additional(&mut self, data: &[u8]) -> bool {
        match &mut self.mac {
            Some(mac) if !self.text_begun => {
                mac.additional += data.len() as u64;
                mac.feed(data);
                true
            }
            _ => false,
        }
    }

    pub fn update(&mut self, data: &[u8]) -> Vec<u8> {
        if let Engine::Blocks { .. } = self.engine {
            return self.update_blocks(data);
        }
        if let Some(mac) = &mut self.mac
            && !self.text_begun
        {
            mac.pad();
        }
        self.text_begun = true;
        let mut out = data.to_vec();
        if !self.encrypt {
            self.authenticate(data);
        }
        match &mut self.engine {
            Engine::Counter { aes, counter } | Engine::Gcm { aes, counter, .. } => counter.apply(aes, &mut out),
            Engine::ChaCha(stream) => stream.apply_keystream(&mut out),
            Engine::Blocks { .. } => {}
        }
        if self.encrypt {
            self.authenticate(&out);
        }
        out
    }

    /// What is left at the end, and the tag of an authenticated cipher. Decrypting, `expected` is the tag it must have.
    pub fn finish(mut self, expected: Option<&[u8]>) -> Result<(Vec<u8>, Option<[u8; BLOCK]>), FinalError> {
        if let Engine::Blocks { .. } = self.engine {
            return Ok((self.finish_blocks()?, None));
        }
        let Some(mut mac) = self.mac.take() else { return Ok((Vec::new(), None)) };
        if !self.text_begun {
            mac.pad();
        }
        let mut tag = mac.finish();
        if let Engine::Gcm { mask, .. } = &self.engine {
            tag.iter_mut().zip(mask).for_each(|(a, b)| *a ^= b);
        }
        if self.encrypt {
            return Ok((Vec::new(), Some(tag)));
        }
        match expected {
            Some(expected) if !expected.is_empty() && bool::from(subtle::ConstantTimeEq::ct_eq(&tag[..expected.len().min(BLOCK)], expected)) => {
                Ok((Vec::new(), Some(tag)))
            }
            _ => Err(FinalError::Authentication),
        }
    }

    fn authenticate(&mut self, text: &[u8]) {
        if let Some(mac) = &mut self.mac {
            mac.text += text.len() as u64;
            mac.feed(text);
        }
    }

    fn update_blocks(&mut self, data: &[u8]) -> Vec<u8> {
        self.pending.extend_from_slice(data);
        let mut whole = self.pending.len() / BLOCK * BLOCK;
        if !self.encrypt && self.padding && whole == self.pending.len() && whole > 0 {
            // The last block may be padding: it waits for the end.
            whole -= BLOCK;
        }
        let rest = self.pending.split_off(whole);
        let mut text = std::mem::replace(&mut self.pending, rest);
        self.run_blocks(&mut text);
        text
    }

    fn finish_blocks(&mut self) -> Result<Vec<u8>, FinalError> {
        let mut last = std::mem::take(&mut self.pending);
        if self.encrypt {
            if self.padding {
                let pad = BLOCK - last.len() % BLOCK;
                last.resize(last.len() + pad, pad as u8);
            } else if !last.is_empty() {
                return Err(FinalError::DataLength);
            }
            self.run_blocks(&mut last);
            return Ok(last);
        }
        if !self.padding && last.is_empty() {
            return Ok(last);
        }
        if last.len() != BLOCK {
            return Err(FinalError::BlockLength);
        }
        self.run_blocks(&mut last);
        let pad = usize::from(last[BLOCK - 1]);
        if pad == 0 || pad > BLOCK || last[BLOCK - pad..].iter().any(|b| usize::from(*b) != pad) {
            return Err(FinalError::Padding);
        }
        last.truncate(BLOCK - pad);
        Ok(last)
    }

    fn run_blocks(&mut self, data: &mut [u8]) {
        let Engine::Blocks { aes, chain } = &mut self.engine else { return };
        let mut blocks: Vec<Block> = data.chunks_exact(BLOCK).filter_map(|c| Block::try_from(c).ok()).collect();
        match (chain, self.encrypt) {
            (None, true) => aes.encrypt(&mut blocks),
            (None, false) => aes.decrypt(&mut blocks),
            (Some(chain), true) => {
                for block in &mut blocks {
                    block.iter_mut().zip(chain.iter()).for_each(|(a, b)| *a ^= b);
                    aes.encrypt(std::slice::from_mut(block));
                    chain.copy_from_slice(block);
                }
            }
            (Some(chain), false) => {
                let mut before = *chain;
                if let Some(last) = blocks.last() {
                    chain.copy_from_slice(last);
                }
                let ciphertext = blocks.clone();
                aes.decrypt(&mut blocks);
                for (block, cipher) in blocks.iter_mut().zip(ciphertext) {
                    block.iter_mut().zip(before.iter()).for_each(|(a, b)| *a ^= b);
                    before = cipher.into();
                }
            }
        }
        for (chunk, block) in data.chunks_exact_mut(BLOCK).zip(&blocks) {
            chunk.copy_from_slice(block);
        }
    }
}

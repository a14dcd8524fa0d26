//! Message digests under OpenSSL's names, HMAC and PBKDF2 over them.

use digest::Digest;
use shake::{ExtendableOutput, Shake128, Shake256, XofReader};

/// One digest algorithm.
pub struct Algorithm {
    /// OpenSSL's short name, in lower case.
    pub name: &'static str,
    /// Bytes of a digest.
    pub size: usize,
    /// Bytes that HMAC pads a key to; 0 where OpenSSL has no HMAC.
    pub block: usize,
    /// The length of the output is free.
    pub extendable: bool,
    make: fn() -> Box<dyn Hasher>,
    pbkdf2: fn(&Algorithm, &[u8], &[u8], u32, &mut [u8]),
}

/// A digest in progress.
pub trait Hasher {
    fn update(&mut self, data: &[u8]);
    /// The digest of what came so far. `len` matters to extendable algorithms alone.
    fn finish(&self, len: usize) -> Vec<u8>;
    fn copy(&self) -> Box<dyn Hasher>;
}

impl<D: Digest + Clone + 'static> Hasher for Fixed<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finish(&self, _len: usize) -> Vec<u8> {
        self.0.clone().finalize().to_vec()
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(Fixed(self.0.clone()))
    }
}

struct Fixed<D>(D);

impl<D: ExtendableOutput + shake::Update + Clone + 'static> Hasher for Extendable<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finish(&self, len: usize) -> Vec<u8> {
        let mut out = vec![0; len];
        self.0.clone().finalize_xof().read(&mut out);
        out
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(Extendable(self.0.clone()))
    }
}

struct Extendable<D>(D);

/// TLS's old pair: MD5 and SHA-1 side by side.
#[derive(Clone, Default)]
struct Md5Sha1(md5::Md5, sha1::Sha1);

impl Hasher for Md5Sha1 {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
        self.1.update(data);
    }

    fn finish(&self, _len: usize) -> Vec<u8> {
        [self.0.clone().finalize().to_vec(), self.1.clone().finalize().to_vec()].concat()
    }

    fn copy(&self) -> Box<dyn Hasher> {
        Box::new(self.clone())
    }
}

const fn fixed<D: Digest + Clone + 'static>(name: &'static str, size: usize, block: usize) -> Algorithm {
    Algorithm {
        name,
        size,
        block,
        extendable: false,
        make: || Box::new(Fixed(D::new())),
        pbkdf2: |algorithm, password, salt, rounds, out| pbkdf2::<D>(algorithm.block, password, salt, rounds, out),
    }
}

static ALGORITHMS: [Algorithm; 18] = [
    fixed::<md5::Md5>("md5", 16, 64),
    fixed::<sha1::Sha1>("sha1", 20, 64),
    fixed::<sha2::Sha224>("sha224", 28, 64),
    fixed::<sha2::Sha256>("sha256", 32, 64),
    fixed::<sha2::Sha384>("sha384", 48, 128),
    fixed::<sha2::Sha512>("sha512", 64, 128),
    fixed::<sha2::Sha512_224>("sha512-224", 28, 128),
    fixed::<sha2::Sha512_256>("sha512-256", 32, 128),
    fixed::<sha3::Sha3_224>("sha3-224", 28, 144),
    fixed::<sha3::Sha3_256>("sha3-256", 32, 136),
    fixed::<sha3::Sha3_384>("sha3-384", 48, 104),
    fixed::<sha3::Sha3_512>("sha3-512", 64, 72),
    fixed::<ripemd::Ripemd160>("ripemd160", 20, 64),
    fixed::<blake2::Blake2b512>("blake2b512", 64, 128),
    fixed::<blake2::Blake2s256>("blake2s256", 32, 64),
    Algorithm {
        name: "md5-sha1",
        size: 36,
        block: 64,
        extendable: false,
        make: || Box::new(Md5Sha1::default()),
        pbkdf2: slow_pbkdf2,
    },
    Algorithm {
        name: "shake128",
        size: 16,
        block: 0,
        extendable: true,
        make: || Box::new(Extendable(Shake128::default())),
        pbkdf2: slow_pbkdf2,
    },
    Algorithm {
        name: "shake256",
        size: 32,
        block: 0,
        extendable: true,
        make: || Box::new(Extendable(Shake256::default())),
        pbkdf2: slow_pbkdf2,
    },
];

/// Other names that OpenSSL knows an algorithm by, in lower case.
const ALIASES: [(&str, &str); 55] = [
    ("ssl3-md5", "md5"),
    ("rsa-md5", "md5"),
    ("md5withrsaencryption", "md5"),
    ("1.2.840.113549.2.5", "md5"),
    ("sha-1", "sha1"),
    ("ssl3-sha1", "sha1"),
    ("rsa-sha1", "sha1"),
    ("rsa-sha1-2", "sha1"),
    ("sha1withrsaencryption", "sha1"),
    ("1.3.14.3.2.26", "sha1"),
    ("sha-224", "sha224"),
    ("sha2-224", "sha224"),
    ("rsa-sha224", "sha224"),
    ("sha224withrsaencryption", "sha224"),
    ("sha-256", "sha256"),
    ("sha2-256", "sha256"),
    ("rsa-sha256", "sha256"),
    ("sha256withrsaencryption", "sha256"),
    ("2.16.840.1.101.3.4.2.1", "sha256"),
    ("sha-384", "sha384"),
    ("sha2-384", "sha384"),
    ("rsa-sha384", "sha384"),
    ("sha384withrsaencryption", "sha384"),
    ("2.16.840.1.101.3.4.2.2", "sha384"),
    ("sha-512", "sha512"),
    ("sha2-512", "sha512"),
    ("rsa-sha512", "sha512"),
    ("sha512withrsaencryption", "sha512"),
    ("2.16.840.1.101.3.4.2.3", "sha512"),
    ("sha-512/224", "sha512-224"),
    ("sha2-512/224", "sha512-224"),
    ("rsa-sha512/224", "sha512-224"),
    ("sha512-224withrsaencryption", "sha512-224"),
    ("sha-512/256", "sha512-256"),
    ("sha2-512/256", "sha512-256"),
    ("rsa-sha512/256", "sha512-256"),
    ("sha512-256withrsaencryption", "sha512-256"),
    ("rsa-sha3-224", "sha3-224"),
    ("id-rsassa-pkcs1-v1_5-with-sha3-224", "sha3-224"),
    ("rsa-sha3-256", "sha3-256"),
    ("id-rsassa-pkcs1-v1_5-with-sha3-256", "sha3-256"),
    ("rsa-sha3-384", "sha3-384"),
    ("id-rsassa-pkcs1-v1_5-with-sha3-384", "sha3-384"),
    ("rsa-sha3-512", "sha3-512"),
    ("id-rsassa-pkcs1-v1_5-with-sha3-512", "sha3-512"),
    ("ripemd", "ripemd160"),
    ("rmd160", "ripemd160"),
    ("ripemd-160", "ripemd160"),
    ("rsa-ripemd160", "ripemd160"),
    ("ripemd160withrsa", "ripemd160"),
    ("1.3.36.3.2.1", "ripemd160"),
    ("blake2b-512", "blake2b512"),
    ("blake2s-256", "blake2s256"),
    ("shake-128", "shake128"),
    ("shake-256", "shake256"),
];

/// What `crypto.getHashes()` lists: Node's list without the SM3 digests, which are absent here.
pub const LISTED: [&str; 49] = [
    "RSA-MD5", "RSA-RIPEMD160", "RSA-SHA1", "RSA-SHA1-2", "RSA-SHA224", "RSA-SHA256", "RSA-SHA3-224", "RSA-SHA3-256",
    "RSA-SHA3-384", "RSA-SHA3-512", "RSA-SHA384", "RSA-SHA512", "RSA-SHA512/224", "RSA-SHA512/256", "blake2b512",
    "blake2s256", "id-rsassa-pkcs1-v1_5-with-sha3-224", "id-rsassa-pkcs1-v1_5-with-sha3-256",
    "id-rsassa-pkcs1-v1_5-with-sha3-384", "id-rsassa-pkcs1-v1_5-with-sha3-512", "md5", "md5-sha1", "md5WithRSAEncryption",
    "ripemd", "ripemd160", "ripemd160WithRSA", "rmd160", "sha1", "sha1WithRSAEncryption", "sha224",
    "sha224WithRSAEncryption", "sha256", "sha256WithRSAEncryption", "sha3-224", "sha3-256", "sha3-384", "sha3-512",
    "sha384", "sha384WithRSAEncryption", "sha512", "sha512-224", "sha512-224WithRSAEncryption", "sha512-256",
    "sha512-256WithRSAEncryption", "sha512WithRSAEncryption", "shake128", "shake256", "ssl3-md5", "ssl3-sha1",
];

impl Algorithm {
    /// By any of its names, in any case.
    pub fn find(name: &str) -> Option<&'static Self> {
        let lower = name.to_ascii_lowercase();
        let own = |wanted: &str| ALGORITHMS.iter().find(|a| a.name == wanted);
        own(&lower).or_else(|| own(ALIASES.iter().find(|(alias, _)| *alias == lower)?.1))
    }

    pub fn hasher(&self) -> Box<dyn Hasher> {
        (self.make)()
    }

    pub fn digest(&self, data: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(data);
        hasher.finish(self.size)
    }

    /// PBKDF2-HMAC (RFC 8018).
    pub fn pbkdf2(&self, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
        (self.pbkdf2)(self, password, salt, rounds, out);
    }
}

/// HMAC (RFC 2104) in progress.
pub struct Hmac {
    inner: Box<dyn Hasher>,
    outer: Box<dyn Hasher>,
    size: usize,
}

impl Hmac {
    /// `None` for algorithms that have no block, hence no HMAC.
    pub fn new(algorithm: &Algorithm, key: &[u8]) -> Option<Self> {
        if algorithm.block == 0 {
            return None;
        }
        let (inner_pad, outer_pad) = pads(algorithm.block, key, |key| algorithm.digest(key));
        let (mut inner, mut outer) = (algorithm.hasher(), algorithm.hasher());
        inner.update(&inner_pad);
        outer.update(&outer_pad);
        Some(Self { inner, outer, size: algorithm.size })
    }

    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    pub fn finish(&self) -> Vec<u8> {
        let mut outer = self.outer.copy();
        outer.update(&self.inner.finish(self.size));
        outer.finish(self.size)
    }

    fn restarted(&self) -> Self {
        Self { inner: self.inner.copy(), outer: self.outer.copy(), size: self.size }
    }
}

/// HMAC of `parts` in one go.
pub fn hmac(algorithm: &Algorithm, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Some(mut hmac) = Hmac::new(algorithm, key) else { return Vec::new() };
    parts.iter().for_each(|part| hmac.update(part));
    hmac.finish()
}

/// HKDF (RFC 5869), extract and expand. `length` is at most 255 digests.
pub fn hkdf(algorithm: &Algorithm, key: &[u8], salt: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let zeros = vec![0; algorithm.size];
    let pseudorandom = hmac(algorithm, if salt.is_empty() { &zeros } else { salt }, &[key]);
    let mut out = Vec::with_capacity(length + algorithm.size);
    let mut block = Vec::new();
    let mut counter = 0u8;
    while out.len() < length && counter < 255 {
        counter += 1;
        block = hmac(algorithm, &pseudorandom, &[&block, info, &[counter]]);
        out.extend_from_slice(&block);
    }
    out.truncate(length);
    out
}

fn pads(block: usize, key: &[u8], shorten: impl Fn(&[u8]) -> Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let mut padded = if key.len() > block { shorten(key) } else { key.to_vec() };
    padded.resize(block, 0);
    (padded.iter().map(|b| b ^ 0x36).collect(), padded.iter().map(|b| b ^ 0x5C).collect())
}

/// Without boxes in the inner loop, which runs a hundred thousand times and more.
fn pbkdf2<D: Digest + Clone>(block: usize, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
    let (inner_pad, outer_pad) = pads(block, password, |key| D::digest(key).to_vec());
    let (inner, outer) = (D::new_with_prefix(&inner_pad), D::new_with_prefix(&outer_pad));
    let mac = |parts: [&[u8]; 2]| {
        let mut hash = inner.clone();
        parts.iter().for_each(|part| hash.update(part));
        let mut end = outer.clone();
        end.update(hash.finalize());
        end.finalize()
    };
    for (chunk, index) in out.chunks_mut(<D as Digest>::output_size()).zip(1u32..) {
        let mut last = mac([salt, &index.to_be_bytes()]);
        let mut sum = last.clone();
        for _ in 1..rounds {
            last = mac([&last, &[]]);
            sum.iter_mut().zip(last.iter()).for_each(|(a, b)| *a ^= b);
        }
        chunk.copy_from_slice(&sum[..chunk.len()]);
    }
}

fn slow_pbkdf2(algorithm: &Algorithm, password: &[u8], salt: &[u8], rounds: u32, out: &mut [u8]) {
    let Some(keyed) = Hmac::new(algorithm, password) else { return };
    for (chunk, index) in out.chunks_mut(algorithm.size).zip(1u32..) {
        let mut mac = keyed.restarted();
        mac.update(salt);
        mac.update(&index.to_be_bytes());
        let mut last = mac.finish();
        let mut sum = last.clone();
        for _ in 1..rounds {
            let mut mac = keyed.restarted();
            mac.update(&last);
            last = mac.finish();
            sum.iter_mut().zip(&last).for_each(|(a, b)| *a ^= b);
        }
        chunk.copy_from_slice(&sum[..chunk.len()]);
    }
}

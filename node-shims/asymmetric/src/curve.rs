//! The Weierstrass curves: names, points, ECDSA and ECDH.

use ecdsa::hazmat;
use elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, NonZeroScalar, PublicKey, SecretKey};

use crate::der::{self, Reader};
use crate::number::{padded, random_below};
use crate::random::Random;

/// A curve: its names (OpenSSL's, NIST's or JWK's), its identifier, and in bytes the length of a coordinate; its parameters in hex: p, a, b, the base point, n.
pub struct Curve {
    pub name: &'static str,
    pub nist: &'static str,
    pub jwk: &'static str,
    pub oid: &'static str,
    pub length: usize,
    parameters: [&'static str; 5],
}

/// Calls a generic function for a curve.
macro_rules! on_curve {
    ($curve:expr, $function:ident($($argument:expr),*)) => {
        match $curve.name {
            "secp224r1" => $function::<p224::NistP224>($($argument),*),
            "secp384r1" => $function::<p384::NistP384>($($argument),*),
            "secp521r1" => $function::<p521::NistP521>($($argument),*),
            "secp256k1" => $function::<k256::Secp256k1>($($argument),*),
            _ => $function::<p256::NistP256>($($argument),*),
        }
    };
}

pub const CURVES: [Curve; 5] = [
    Curve {
        name: "prime256v1",
        nist: "P-256",
        jwk: "P-256",
        oid: "1.2.840.10045.3.1.7",
        length: 32,
        parameters: [
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
            "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
            "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        ],
    },
    Curve {
        name: "secp384r1",
        nist: "P-384",
        jwk: "P-384",
        oid: "1.3.132.0.34",
        length: 48,
        parameters: [
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
            "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
            "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ],
    },
    Curve {
        name: "secp521r1",
        nist: "P-521",
        jwk: "P-521",
        oid: "1.3.132.0.35",
        length: 66,
        parameters: [
            "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
            "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            "0400c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        ],
    },
    Curve {
        name: "secp224r1",
        nist: "P-224",
        jwk: "",
        oid: "1.3.132.0.33",
        length: 28,
        parameters: [
            "ffffffffffffffffffffffffffffffff000000000000000000000001",
            "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
            "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
            "04b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
            "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
        ],
    },
    Curve {
        name: "secp256k1",
        nist: "",
        jwk: "secp256k1",
        oid: "1.3.132.0.10",
        length: 32,
        parameters: [
            "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
            "00",
            "07",
            "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
            "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        ],
    },
];

pub fn find(name: &str) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.name == name || (!curve.nist.is_empty() && curve.nist == name))
}

pub fn by_oid(oid: &str) -> Option<&'static Curve> {
    CURVES.iter().find(|curve| curve.oid == oid)
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|c| c.to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

impl Curve {
    /// The group's order.
    pub fn order(&self) -> Vec<u8> {
        unhex(self.parameters[4])
    }

    /// `ECParameters` (SEC 1, C.2): the curve's name, or all of it.
    pub fn parameters(&self, explicit: bool) -> Vec<u8> {
        if !explicit {
            return der::oid(self.oid);
        }
        let [p, a, b, base, order] = self.parameters.map(unhex);
        let field = der::sequence(&[der::oid("1.2.840.10045.1.1"), der::uint(&p)]);
        let curve = der::sequence(&[der::octets(&padded(&a, self.length)), der::octets(&padded(&b, self.length))]);
        der::sequence(&[der::small(1), field, curve, der::octets(&base), der::uint(&order), der::small(1)])
    }

    /// The curve, and whether it was written out.
    pub fn read(parameters: &mut Reader<'_>) -> Option<(&'static Curve, bool)> {
        if parameters.peek() == Some(der::OID) {
            return Some((by_oid(&parameters.oid()?)?, false));
        }
        let mut inside = parameters.sequence()?;
        inside.small()?;
        let mut field = inside.sequence()?;
        field.oid()?;
        let prime = field.uint()?;
        let curve = CURVES.iter().find(|curve| der::trim(&unhex(curve.parameters[0])) == prime)?;
        Some((curve, true))
    }

    pub fn generate(&self, random: &mut Random) -> Vec<u8> {
        padded(&random_below(&self.order(), random), self.length)
    }

    /// The public point of a private key, uncompressed. `None` where the key is none of this curve.
    pub fn public(&self, private: &[u8]) -> Option<Vec<u8>> {
        let private = padded(private, self.length);
        on_curve!(self, public(&private))
    }

    /// A point in one of its forms as the uncompressed one; `None` where it is not on the curve.
    pub fn point(&self, point: &[u8]) -> Option<Vec<u8>> {
        self.encode(point, false)
    }

    /// A point, compressed or not.
    pub fn encode(&self, encoded: &[u8], compress: bool) -> Option<Vec<u8>> {
        let mut encoded = encoded.to_vec();
        if let [first @ (6 | 7), .., last] = &mut encoded[..] {
            if *first & 1 != *last & 1 {
                return None;
            }
            *first = 4;
        }
        on_curve!(self, point(&encoded, compress))
    }

    /// r and s, each as long as a coordinate.
    pub fn sign(&self, private: &[u8], hash: &[u8], random: &mut Random) -> Option<(Vec<u8>, Vec<u8>)> {
        let private = padded(private, self.length);
        // Once in 2^200 a number is unfit.
        (0..8).find_map(|_| {
            let nonce = self.generate(random);
            on_curve!(self, sign(&private, &nonce, hash))
        })
    }

    pub fn verify(&self, public: &[u8], hash: &[u8], r: &[u8], s: &[u8]) -> bool {
        if r.len() > self.length || s.len() > self.length {
            return false;
        }
        let (r, s) = (padded(r, self.length), padded(s, self.length));
        on_curve!(self, verify(public, hash, &r, &s)).is_some()
    }

    pub fn agree(&self, private: &[u8], public: &[u8]) -> Option<Vec<u8>> {
        let private = padded(private, self.length);
        on_curve!(self, agree(&private, public))
    }
}

fn public<C>(private: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    Some(SecretKey::<C>::from_slice(private).ok()?.public_key().to_sec1_point(false).as_bytes().to_vec())
}

fn point<C>(encoded: &[u8], compress: bool) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    Some(PublicKey::<C>::from_sec1_bytes(encoded).ok()?.to_sec1_point(compress).as_bytes().to_vec())
}

/// A number, which is the hash's leftmost bits (FIPS 186-5, 6.4.1): as many bytes as the order has at most.
fn leftmost<C: CurveArithmetic>(hash: &[u8]) -> &[u8] {
    let length = elliptic_curve::FieldBytes::<C>::default().len();
    hash.get(..length).unwrap_or(hash)
}

fn sign<C>(private: &[u8], nonce: &[u8], hash: &[u8]) -> Option<(Vec<u8>, Vec<u8>)>
where
    C: CurveArithmetic + ecdsa::EcdsaCurve,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    let private = Option::<NonZeroScalar<C>>::from(NonZeroScalar::<C>::from_repr(private.try_into().ok()?))?;
    let nonce = Option::<NonZeroScalar<C>>::from(NonZeroScalar::<C>::from_repr(nonce.try_into().ok()?))?;
    let (signature, _) = hazmat::sign_prehashed::<C>(&private, &nonce, leftmost::<C>(hash)).ok()?;
    let (r, s) = signature.split_bytes();
    Some((r.to_vec(), s.to_vec()))
}

fn verify<C>(public: &[u8], hash: &[u8], r: &[u8], s: &[u8]) -> Option<()>
where
    C: CurveArithmetic + ecdsa::EcdsaCurve,
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let public = PublicKey::<C>::from_sec1_bytes(public).ok()?;
    let (r, s): (elliptic_curve::FieldBytes<C>, elliptic_curve::FieldBytes<C>) = (r.try_into().ok()?, s.try_into().ok()?);
    // Both of the two signatures that a nonce gives are good.
    let signature = ecdsa::Signature::<C>::from_scalars(r, s).ok()?.normalize_s();
    hazmat::verify_prehashed::<C>(&public.to_projective(), leftmost::<C>(hash), &signature).ok()
}

fn agree<C>(private: &[u8], public: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let (private, public) = (SecretKey::<C>::from_slice(private).ok()?, PublicKey::<C>::from_sec1_bytes(public).ok()?);
    Some(private.diffie_hellman(&public).raw_secret_bytes().to_vec())
}

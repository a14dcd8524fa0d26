//! `internalBinding('crypto')`: digests, MACs, key derivation, random bytes, secret keys and symmetric ciphers.
//!
//! Asymmetric keys and certificates are asked of an image of their own ([`remote`]).

mod cipher;
mod cipher_base;
pub mod digest;
mod hash;
mod job;
mod keys;
mod openssl;
mod remote;

use rquickjs::function::{Constructor, Rest};
use rquickjs::{Ctx, Object, Result, Value};

use super::buffer::{Bytes, bytes, define, throw};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = without_script(ctx)?;
    super::script(ctx, "crypto", &binding)?;
    Ok(binding)
}

/// What needs no process: all but the classes of lib/crypto.js.
pub fn without_script<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    for (name, value) in CONSTANTS {
        binding.set(name, value)?;
    }
    hash::install(ctx, &binding)?;
    keys::install(ctx, &binding)?;
    cipher_base::install(ctx, &binding)?;
    job::install(ctx, &binding)?;
    small_functions(ctx, &binding)?;
    for (name, what) in ABSENT {
        let prototype = Object::new(ctx.clone())?;
        let refuse = move |ctx: Ctx<'js>, _: Rest<Value<'js>>| -> Result<Object<'js>> { Err(unsupported(&ctx, what)) };
        let class = Constructor::new_prototype(ctx, prototype, refuse)?;
        binding.set(name, class.into_inner().with_name(name)?)?;
    }
    // For lib/crypto.js, which takes it away.
    define(ctx, &binding, "call", |ctx: Ctx<'js>, name: String, arguments: Rest<Value<'js>>| {
        remote::call(&ctx, &name, &arguments.0)
    })?;
    Ok(binding)
}

fn small_functions<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    define(ctx, binding, "timingSafeEqual", |ctx: Ctx<'js>, a: Value<'js>, b: Value<'js>| {
        let bytes = |value: &Value<'js>, name: &str| {
            Bytes::of(value).ok_or_else(|| {
                let message =
                    format!("The \"{name}\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.");
                throw::type_error(&ctx, "ERR_INVALID_ARG_TYPE", &message)
            })
        };
        let (a, b) = (bytes(&a, "buf1")?, bytes(&b, "buf2")?);
        if a.len() != b.len() {
            let message = "Input buffers must have the same byte length";
            return Err(throw::range_error(&ctx, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", message));
        }
        Ok(bool::from(subtle::ConstantTimeEq::ct_eq(a.as_slice(), b.as_slice())))
    })?;
    // Memory that is never swapped out is nothing that a page could give: plain memory it is.
    define(ctx, binding, "secureBuffer", |ctx: Ctx<'js>, len: u32| bytes::uint8_array(&ctx, vec![0; len as usize]))?;
    define(ctx, binding, "secureHeapUsed", || 0)?;
    define(ctx, binding, "getFipsCrypto", || 0)?;
    define(ctx, binding, "testFipsCrypto", || false)?;
    define(ctx, binding, "setFipsCrypto", |ctx: Ctx<'js>, on: rquickjs::Coerced<bool>| {
        if on.0 { Err(unsupported(&ctx, "FIPS mode")) } else { Ok(()) }
    })?;
    define(ctx, binding, "setEngine", |_: Rest<Value<'js>>| false)?;
    define(ctx, binding, "getOpenSSLSecLevelCrypto", || 2)?;
    for name in REMOTE {
        define(ctx, binding, name, move |ctx: Ctx<'js>, arguments: Rest<Value<'js>>| remote::call(&ctx, name, &arguments.0))?;
    }
    for name in ["getBundledRootCertificates", "getSystemCACertificates"] {
        define(ctx, binding, name, Vec::<&str>::new)?;
    }
    define(ctx, binding, "startLoadingCertificatesOffThread", || {})
}

/// Says by name what is not there.
pub fn unsupported(ctx: &Ctx<'_>, what: &str) -> rquickjs::Error {
    let message = format!("{what} is unavailable on the current platform, which is being used to run Node.js");
    throw::type_error(ctx, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", &message)
}

/// What there is not.
const ABSENT: [(&str, &str); 4] = [
    ("ChaCha20Poly1305CipherJob", "crypto.subtle ChaCha20-Poly1305"),
    ("DHKeyExportJob", "Exporting a DH key"),
    ("Argon2Job", "crypto.argon2"),
    ("KmacJob", "KMAC"),
];

/// Functions of the image for asymmetric keys, under their own names.
const REMOTE: [&str; 9] = [
    "publicEncrypt", "publicDecrypt", "privateEncrypt", "privateDecrypt", "ECDHConvertKey", "certVerifySpkac", "certExportPublicKey",
    "certExportChallenge", "getCurves",
];

/// Numbers that the library passes back to us, or compares; the values are Node's.
#[rustfmt::skip]
const CONSTANTS: [(&str, i32); 76] = [
    ("kKeyVariantAES_CTR_128", 0),
    ("kKeyVariantAES_CTR_192", 1),
    ("kKeyVariantAES_CTR_256", 2),
    ("kKeyVariantAES_CBC_128", 3),
    ("kKeyVariantAES_CBC_192", 4),
    ("kKeyVariantAES_CBC_256", 5),
    ("kKeyVariantAES_GCM_128", 6),
    ("kKeyVariantAES_GCM_192", 7),
    ("kKeyVariantAES_GCM_256", 8),
    ("kKeyVariantAES_KW_128", 9),
    ("kKeyVariantAES_KW_192", 10),
    ("kKeyVariantAES_KW_256", 11),
    ("kKeyVariantAES_OCB_128", 12),
    ("kKeyVariantAES_OCB_192", 13),
    ("kKeyVariantAES_OCB_256", 14),
    ("kWebCryptoCipherEncrypt", 0),
    ("kWebCryptoCipherDecrypt", 1),
    ("OPENSSL_EC_NAMED_CURVE", 1),
    ("OPENSSL_EC_EXPLICIT_CURVE", 0),
    ("kWebCryptoKeyFormatRaw", 0),
    ("kWebCryptoKeyFormatPKCS8", 1),
    ("kWebCryptoKeyFormatSPKI", 2),
    ("kWebCryptoKeyFormatJWK", 3),
    ("EVP_PKEY_ED25519", 1087),
    ("EVP_PKEY_ED448", 1088),
    ("EVP_PKEY_ML_DSA_44", 1457),
    ("EVP_PKEY_ML_DSA_65", 1458),
    ("EVP_PKEY_ML_DSA_87", 1459),
    ("EVP_PKEY_ML_KEM_512", 1454),
    ("EVP_PKEY_ML_KEM_768", 1455),
    ("EVP_PKEY_ML_KEM_1024", 1456),
    ("EVP_PKEY_SLH_DSA_SHA2_128F", 1461),
    ("EVP_PKEY_SLH_DSA_SHA2_128S", 1460),
    ("EVP_PKEY_SLH_DSA_SHA2_192F", 1463),
    ("EVP_PKEY_SLH_DSA_SHA2_192S", 1462),
    ("EVP_PKEY_SLH_DSA_SHA2_256F", 1465),
    ("EVP_PKEY_SLH_DSA_SHA2_256S", 1464),
    ("EVP_PKEY_SLH_DSA_SHAKE_128F", 1467),
    ("EVP_PKEY_SLH_DSA_SHAKE_128S", 1466),
    ("EVP_PKEY_SLH_DSA_SHAKE_192F", 1469),
    ("EVP_PKEY_SLH_DSA_SHAKE_192S", 1468),
    ("EVP_PKEY_SLH_DSA_SHAKE_256F", 1471),
    ("EVP_PKEY_SLH_DSA_SHAKE_256S", 1470),
    ("EVP_PKEY_X25519", 1034),
    ("EVP_PKEY_X448", 1035),
    ("kKeyEncodingPKCS1", 0),
    ("kKeyEncodingPKCS8", 1),
    ("kKeyEncodingSPKI", 2),
    ("kKeyEncodingSEC1", 3),
    ("kKeyFormatDER", 0),
    ("kKeyFormatPEM", 1),
    ("kKeyFormatJWK", 2),
    ("kKeyTypeSecret", 0),
    ("kKeyTypePublic", 1),
    ("kKeyTypePrivate", 2),
    ("kSigEncDER", 0),
    ("kSigEncP1363", 1),
    ("kKeyVariantRSA_SSA_PKCS1_v1_5", 0),
    ("kKeyVariantRSA_PSS", 1),
    ("kKeyVariantRSA_OAEP", 2),
    ("kSignJobModeSign", 0),
    ("kSignJobModeVerify", 1),
    ("RSA_PKCS1_PSS_PADDING", 6),
    ("kCryptoJobAsync", 0),
    ("kCryptoJobSync", 1),
    ("X509_CHECK_FLAG_ALWAYS_CHECK_SUBJECT", 1),
    ("X509_CHECK_FLAG_NEVER_CHECK_SUBJECT", 32),
    ("X509_CHECK_FLAG_NO_WILDCARDS", 2),
    ("X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS", 4),
    ("X509_CHECK_FLAG_MULTI_LABEL_WILDCARDS", 8),
    ("X509_CHECK_FLAG_SINGLE_LABEL_SUBDOMAINS", 16),
    ("kTypeArgon2d", 0),
    ("kTypeArgon2i", 1),
    ("kTypeArgon2id", 2),
    ("kKEMEncapsulate", 0),
    ("kKEMDecapsulate", 1),
];

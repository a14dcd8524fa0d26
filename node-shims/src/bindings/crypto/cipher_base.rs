//! `CipherBase`: what `createCipheriv` and `createDecipheriv` drive.

use rquickjs::function::{Opt, This};
use rquickjs::{Class, Ctx, Object, Result, Value};

use super::cipher::{Cipher, FinalError, LISTED, Mode, Spec};
use crate::bindings::class::plain_class;
use super::{hash, keys, openssl};
use crate::bindings::buffer::{Bytes, bytes, define, js_string, throw};

pub fn install<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    binding.set("CipherBase", Class::<CipherBase>::create_constructor(ctx)?)?;
    define(ctx, binding, "getCiphers", || LISTED.to_vec())?;
    // There is no TLS.
    define(ctx, binding, "getSSLCiphers", Vec::<&str>::new)?;
    define(ctx, binding, "getCipherInfo", info)
}

pub struct CipherBase {
    spec: Spec,
    encrypt: bool,
    cipher: Option<Cipher>,
    /// The tag's length when one was given or set.
    tag_length: Option<usize>,
    /// Decrypting, the tag that was set; encrypting, the one that came out.
    tag: Option<Vec<u8>>,
}

impl CipherBase {
    fn construct<'js>(
        ctx: Ctx<'js>,
        encrypt: bool,
        name: Value<'js>,
        key: Value<'js>,
        iv: Value<'js>,
        tag_length: Opt<Value<'js>>,
    ) -> Result<Class<'js, CipherBase>> {
        let Some(spec) = Spec::by_name(&js_string::to_utf8(&name)?) else {
            return Err(throw::error(&ctx, "ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher"));
        };
        let key = keys::secret(&ctx, &key)?;
        let invalid_iv = || throw::type_error(&ctx, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector");
        let iv = if iv.is_null() { None } else { Some(Bytes::require(&iv)?.as_slice().to_vec()) };
        let fits = match (&iv, spec.mode) {
            (None, mode) => mode == Mode::Ecb,
            (Some(iv), Mode::Gcm) => !iv.is_empty(),
            (Some(iv), _) => iv.len() == spec.iv,
        };
        if !fits {
            return Err(invalid_iv());
        }
        if key.len() != spec.key {
            return Err(throw::range_error(&ctx, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length"));
        }
        let given = tag_length.0.as_ref().and_then(Value::as_number).filter(|n| *n >= 0.0).map(|n| n as usize);
        let tag_length = match (given, spec.mode) {
            (Some(length), Mode::Gcm) if !valid_gcm_tag(length) => return Err(invalid_tag(&ctx, length)),
            (Some(length), Mode::ChaCha) if length > 16 => return Err(invalid_tag(&ctx, length)),
            (given, Mode::Gcm) => given,
            // Without an option ChaCha20-Poly1305 has its full tag.
            (given, Mode::ChaCha) => Some(given.unwrap_or(16)),
            _ => None,
        };
        let Some(cipher) = Cipher::new(&spec, encrypt, &key, &iv.unwrap_or_default()) else { return Err(invalid_iv()) };
        Class::instance(ctx, CipherBase { spec, encrypt, cipher: Some(cipher), tag_length, tag: None })
    }
}

plain_class!(CipherBase, "CipherBase", CipherBase::construct, |ctx, prototype| {
    define(
        ctx,
        &prototype,
        "update",
        |ctx: Ctx<'js>, this: This<Class<'js, CipherBase>>, data: Value<'js>, encoding: Opt<Value<'js>>| {
            let data = hash::input(&data, encoding.0.as_ref())?;
            let out = match &mut this.0.borrow_mut().cipher {
                Some(cipher) => cipher.update(&data),
                None => return Err(throw::error(&ctx, "", "Trying to add data in unsupported state")),
            };
            bytes::buffer(&ctx, out)
        },
    )?;
    define(ctx, &prototype, "final", finish)?;
    define(ctx, &prototype, "setAutoPadding", |this: This<Class<'js, CipherBase>>, padding: Opt<bool>| {
        match &mut this.0.borrow_mut().cipher {
            Some(cipher) => {
                cipher.padding = padding.0.unwrap_or(true);
                true
            }
            None => false,
        }
    })?;
    define(ctx, &prototype, "getAuthTag", |ctx: Ctx<'js>, this: This<Class<'js, CipherBase>>| {
        let me = this.0.borrow();
        match &me.tag {
            Some(tag) if me.encrypt && me.cipher.is_none() => bytes::buffer(&ctx, tag.clone()),
            _ => Ok(Value::new_undefined(ctx)),
        }
    })?;
    define(ctx, &prototype, "setAuthTag", |ctx: Ctx<'js>, this: This<Class<'js, CipherBase>>, tag: Value<'js>| {
        let tag = Bytes::require(&tag)?.as_slice().to_vec();
        let mut me = this.0.borrow_mut();
        if !me.spec.is_aead() || me.encrypt || me.cipher.is_none() || me.tag.is_some() {
            return Ok(false);
        }
        let fits = match (me.spec.mode, me.tag_length) {
            (Mode::Gcm, None) => valid_gcm_tag(tag.len()),
            (_, Some(length)) => tag.len() == length,
            _ => tag.len() <= 16,
        };
        if !fits {
            return Err(invalid_tag(&ctx, tag.len()));
        }
        me.tag = Some(tag);
        Ok(true)
    })?;
    define(
        ctx,
        &prototype,
        "setAAD",
        |this: This<Class<'js, CipherBase>>, data: Value<'js>, _length: Opt<Value<'js>>| {
            let data = Bytes::require(&data)?.as_slice().to_vec();
            let mut me = this.0.borrow_mut();
            Ok::<_, rquickjs::Error>(me.cipher.as_mut().is_some_and(|cipher| cipher.additional(&data)))
        },
    )?;
});

fn finish<'js>(ctx: Ctx<'js>, this: This<Class<'js, CipherBase>>) -> Result<Value<'js>> {
    let (result, cut) = {
        let mut me = this.0.borrow_mut();
        let Some(cipher) = me.cipher.take() else {
            return Err(throw::error(&ctx, "ERR_CRYPTO_INVALID_STATE", "Invalid state"));
        };
        (cipher.finish(me.tag.as_deref()), me.tag_length.unwrap_or(16))
    };
    match result {
        Ok((rest, tag)) => {
            let mut me = this.0.borrow_mut();
            if me.encrypt {
                me.tag = tag.map(|tag| tag[..cut.min(tag.len())].to_vec());
            }
            bytes::buffer(&ctx, rest)
        }
        Err(FinalError::Authentication) => {
            Err(throw::error(&ctx, "", "Unsupported state or unable to authenticate data"))
        }
        Err(FinalError::DataLength | FinalError::BlockLength) => {
            Err(openssl::error(&ctx, &openssl::WRONG_FINAL_BLOCK))
        }
        Err(FinalError::Padding) => Err(openssl::error(&ctx, &openssl::BAD_DECRYPT)),
    }
}

/// Fills `target` and returns it, or nothing for a cipher that is not there or does not take these lengths.
fn info<'js>(
    target: Object<'js>,
    name: Value<'js>,
    key_length: Opt<Value<'js>>,
    iv_length: Opt<Value<'js>>,
) -> Result<Option<Object<'js>>> {
    let spec = match name.as_int() {
        Some(nid) => Spec::by_nid(nid),
        None => Spec::by_name(&js_string::to_utf8(&name)?),
    };
    let Some(spec) = spec else { return Ok(None) };
    let number = |v: Opt<Value<'js>>| v.0.as_ref().and_then(Value::as_number).map(|n| n as i64);
    if number(key_length).is_some_and(|n| n != spec.key as i64) {
        return Ok(None);
    }
    let mut iv = spec.iv as i64;
    if let Some(wanted) = number(iv_length) {
        let fits = match spec.mode {
            Mode::Gcm => wanted >= 0,
            Mode::ChaCha => wanted == 12,
            _ => wanted == iv,
        };
        if !fits {
            return Ok(None);
        }
        iv = wanted;
    }
    let (mode, block) = match spec.mode {
        Mode::Ecb => ("ecb", Some(16)),
        Mode::Cbc => ("cbc", Some(16)),
        Mode::Ctr => ("ctr", Some(1)),
        Mode::Gcm => ("gcm", Some(1)),
        Mode::ChaCha => ("stream", None),
    };
    target.set("mode", mode)?;
    target.set("name", spec.name)?;
    target.set("nid", spec.nid)?;
    if let Some(block) = block {
        target.set("blockSize", block)?;
    }
    if iv > 0 {
        target.set("ivLength", iv as i32)?;
    }
    target.set("keyLength", spec.key as u32)?;
    Ok(Some(target))
}

fn valid_gcm_tag(length: usize) -> bool {
    matches!(length, 4 | 8 | 12..=16)
}

fn invalid_tag(ctx: &Ctx<'_>, length: usize) -> rquickjs::Error {
    let message = format!("Invalid authentication tag length: {length}");
    throw::type_error(ctx, "ERR_CRYPTO_INVALID_AUTH_TAG", &message)
}

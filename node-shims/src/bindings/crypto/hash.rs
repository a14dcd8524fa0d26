//! `Hash`, `Hmac` and `oneShotDigest`.

use rquickjs::function::{Opt, Rest, This};
use rquickjs::{Class, Ctx, Object, Result, Value};

use crate::bindings::class::plain_class;
use super::digest::{Algorithm, Hasher, Hmac};
use super::{keys, openssl};
use crate::bindings::buffer::encoding::Encoding;
use crate::bindings::buffer::{Bytes, bytes, define, js_string, throw};

pub fn install<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    binding.set("Hash", Class::<Hash>::create_constructor(ctx)?)?;
    binding.set("Hmac", Class::<HmacHandle>::create_constructor(ctx)?)?;
    define(ctx, binding, "oneShotDigest", one_shot)?;
    define(ctx, binding, "getHashes", || super::digest::LISTED.to_vec())?;
    // The library would pass the numbers of this cache back to us: names alone are fast enough.
    define(ctx, binding, "getCachedAliases", |ctx: Ctx<'js>| Object::new(ctx))
}

pub struct Hash {
    algorithm: &'static Algorithm,
    hasher: Box<dyn Hasher>,
    length: usize,
    result: Option<Vec<u8>>,
}

impl Hash {
    fn construct<'js>(
        ctx: Ctx<'js>,
        source: Value<'js>,
        length: Opt<Value<'js>>,
        _id: Opt<Value<'js>>,
        _cache: Opt<Value<'js>>,
    ) -> Result<Class<'js, Hash>> {
        let wanted = length.0.as_ref().and_then(Value::as_number).map(|n| n as usize);
        let (algorithm, hasher) = match source.as_object().and_then(|o| o.as_class::<Hash>()) {
            Some(other) => {
                let other = other.borrow();
                (other.algorithm, other.hasher.copy())
            }
            None => match Algorithm::find(&js_string::to_utf8(&source)?) {
                Some(algorithm) => (algorithm, algorithm.hasher()),
                None => return Err(throw::error(&ctx, "", "Digest method not supported")),
            },
        };
        let length = output_length(&ctx, algorithm, wanted)?;
        Class::instance(ctx, Hash { algorithm, hasher, length, result: None })
    }
}

plain_class!(Hash, "Hash", Hash::construct, |ctx, prototype| {
    define(ctx, &prototype, "update", |this: This<Class<'js, Hash>>, data: Value<'js>, encoding: Opt<Value<'js>>| {
        let data = input(&data, encoding.0.as_ref())?;
        this.0.borrow_mut().hasher.update(&data);
        Ok::<_, rquickjs::Error>(true)
    })?;
    define(ctx, &prototype, "digest", |ctx: Ctx<'js>, this: This<Class<'js, Hash>>, encoding: Opt<Value<'js>>| {
        let digest = {
            let mut hash = this.0.borrow_mut();
            let (length, hasher) = (hash.length, &hash.hasher);
            let digest = hash.result.clone().unwrap_or_else(|| hasher.finish(length));
            hash.result = Some(digest.clone());
            digest
        };
        output(&ctx, digest, encoding.0.as_ref())
    })?;
});

pub struct HmacHandle(Option<Hmac>);

plain_class!(
    HmacHandle,
    "Hmac",
    |ctx: Ctx<'js>| Class::instance(ctx, HmacHandle(None)),
    |ctx, prototype| {
        define(
            ctx,
            &prototype,
            "init",
            |ctx: Ctx<'js>, this: This<Class<'js, HmacHandle>>, name: Value<'js>, key: Value<'js>| {
                let algorithm = find(&ctx, &js_string::to_utf8(&name)?)?;
                let key = keys::secret(&ctx, &key)?;
                match Hmac::new(algorithm, &key) {
                    Some(hmac) => this.0.borrow_mut().0 = Some(hmac),
                    None => return Err(throw::error(&ctx, "", "error:00000000:lib(0)::reason(0)")),
                }
                Ok(())
            },
        )?;
        define(
            ctx,
            &prototype,
            "update",
            |this: This<Class<'js, HmacHandle>>, data: Value<'js>, encoding: Opt<Value<'js>>| {
                let data = input(&data, encoding.0.as_ref())?;
                let mut handle = this.0.borrow_mut();
                let Some(hmac) = &mut handle.0 else { return Ok(false) };
                hmac.update(&data);
                Ok::<_, rquickjs::Error>(true)
            },
        )?;
        define(
            ctx,
            &prototype,
            "digest",
            |ctx: Ctx<'js>, this: This<Class<'js, HmacHandle>>, encoding: Opt<Value<'js>>| {
                let digest = this.0.borrow_mut().0.take().map(|hmac| hmac.finish()).unwrap_or_default();
                output(&ctx, digest, encoding.0.as_ref())
            },
        )?;
    }
);

fn one_shot<'js>(
    ctx: Ctx<'js>,
    name: Value<'js>,
    _id: Value<'js>,
    _cache: Value<'js>,
    data: Value<'js>,
    encoding_name: Value<'js>,
    rest: Rest<Value<'js>>,
) -> Result<Value<'js>> {
    let (encoding, length) = (rest.0.first(), rest.0.get(1));
    let name = js_string::to_utf8(&name)?;
    let Some(algorithm) = Algorithm::find(&name) else {
        return Err(throw::error(&ctx, "", &format!("Digest method {name} is not supported")));
    };
    let wanted = length.and_then(Value::as_number).map(|n| n as usize);
    if wanted.is_some_and(|length| !algorithm.extendable && length != algorithm.size) {
        let length = wanted.unwrap_or_default();
        let message = format!("Output length {length} is invalid for {name}, which does not support XOF");
        return Err(throw::error(&ctx, "", &message));
    }
    let length = output_length(&ctx, algorithm, wanted)?;
    let mut hasher = algorithm.hasher();
    hasher.update(&input(&data, None)?);
    let encoding = encoding.filter(|e| e.is_number()).unwrap_or(&encoding_name);
    output(&ctx, hasher.finish(length), Some(encoding))
}

/// A digest by name, or `ERR_CRYPTO_INVALID_DIGEST`.
pub fn find(ctx: &Ctx<'_>, name: &str) -> Result<&'static Algorithm> {
    Algorithm::find(name)
        .ok_or_else(|| throw::type_error(ctx, "ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}")))
}

fn output_length(ctx: &Ctx<'_>, algorithm: &Algorithm, wanted: Option<usize>) -> Result<usize> {
    match wanted {
        None => Ok(algorithm.size),
        Some(length) if algorithm.extendable || length == algorithm.size => Ok(length),
        Some(_) => Err(openssl::error(ctx, &openssl::NOT_XOF)),
    }
}

/// The bytes of a string (in `encoding`, UTF-8 when none is given) or of a view.
pub fn input(data: &Value<'_>, encoding: Option<&Value<'_>>) -> Result<Vec<u8>> {
    if data.is_string() {
        return Encoding::parse(encoding, Encoding::Utf8).encode(data);
    }
    Ok(Bytes::require(data)?.as_slice().to_vec())
}

/// A string in `encoding`, or a `Buffer` when none is given.
pub fn output<'js>(ctx: &Ctx<'js>, data: Vec<u8>, encoding: Option<&Value<'js>>) -> Result<Value<'js>> {
    match Encoding::parse(encoding, Encoding::Buffer) {
        Encoding::Buffer => bytes::buffer(ctx, data),
        encoding => encoding.decode(ctx, &data),
    }
}

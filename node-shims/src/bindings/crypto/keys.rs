//! `KeyObjectHandle`: keys that scripts hold but do not see. Secret keys alone so far.

use rquickjs::function::{Opt, This};
use rquickjs::{Class, Ctx, Function, Object, Result, Value};

use super::class::plain_class;
use super::unsupported;
use crate::bindings::buffer::{Bytes, base64, bytes, define, throw};

pub const TYPE_SECRET: i32 = 0;

pub struct KeyObject {
    secret: Vec<u8>,
}

impl KeyObject {
    pub fn new(secret: Vec<u8>) -> Self {
        Self { secret }
    }
}

plain_class!(
    KeyObject,
    "KeyObjectHandle",
    |ctx: Ctx<'js>| Class::instance(ctx, KeyObject { secret: Vec::new() }),
    |ctx, prototype| {
        define(
            ctx,
            &prototype,
            "init",
            |ctx: Ctx<'js>, this: This<Class<'js, KeyObject>>, kind: i32, data: Value<'js>| {
                if kind != TYPE_SECRET {
                    return Err(unsupported(&ctx, "An asymmetric key"));
                }
                this.0.borrow_mut().secret = Bytes::require(&data)?.as_slice().to_vec();
                Ok(())
            },
        )?;
        define(ctx, &prototype, "getSymmetricKeySize", |this: This<Class<'js, KeyObject>>| {
            this.0.borrow().secret.len() as u32
        })?;
        define(ctx, &prototype, "export", |ctx: Ctx<'js>, this: This<Class<'js, KeyObject>>| {
            bytes::buffer(&ctx, this.0.borrow().secret.clone())
        })?;
        define(
            ctx,
            &prototype,
            "exportJwk",
            |this: This<Class<'js, KeyObject>>, target: Object<'js>, _: Opt<Value<'js>>| {
                target.set("kty", "oct")?;
                target.set("k", base64::encode(&this.0.borrow().secret, base64::URL, false))?;
                Ok::<_, rquickjs::Error>(target)
            },
        )?;
        define(
            ctx,
            &prototype,
            "equals",
            |this: This<Class<'js, KeyObject>>, other: Class<'js, KeyObject>| -> bool {
                subtle::ConstantTimeEq::ct_eq(&this.0.borrow().secret[..], &other.borrow().secret[..]).into()
            },
        )?;
        for name in [
            "getAsymmetricKeyType", "checkEcKeyData", "initECRaw", "initEDRaw", "initPqcRaw", "rawPublicKey", "rawSeed",
            "initJwk", "keyDetail",
        ] {
            define(ctx, &prototype, name, |ctx: Ctx<'js>| -> Result<()> {
                Err(unsupported(&ctx, "An asymmetric key"))
            })?;
        }
    }
);

pub fn install<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    binding.set("KeyObjectHandle", Class::<KeyObject>::create_constructor(ctx)?)?;
    define(ctx, binding, "createNativeKeyObjectClass", |ctx: Ctx<'js>, extend: Function<'js>| {
        let base: Value = ctx.eval("(class NativeKeyObject { constructor(handle) {} })")?;
        extend.call::<_, Value>((base,))
    })
}

/// The bytes of a secret key: of a handle, a view or a buffer.
pub fn secret<'js>(ctx: &Ctx<'js>, key: &Value<'js>) -> Result<Vec<u8>> {
    if let Some(handle) = key.as_object().and_then(|o| o.as_class::<KeyObject>()) {
        return Ok(handle.borrow().secret.clone());
    }
    match Bytes::of(key) {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(throw::type_error(ctx, "ERR_INVALID_ARG_TYPE", "The \"key\" argument must be a secret key")),
    }
}

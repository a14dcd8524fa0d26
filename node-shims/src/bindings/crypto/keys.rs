//! `KeyObjectHandle`: keys that scripts hold but do not see. Secret keys alone so far.

use rquickjs::function::{Opt, This};
use rquickjs::{Class, Ctx, Function, JsLifetime, Object, Persistent, Result, Value};

use super::class::plain_class;
use super::unsupported;
use crate::bindings::buffer::{Bytes, base64, bytes, define, throw};

/// The base class of `KeyObject`, and the way from an instance to its handle, which scripts must not see.
const NATIVE_KEY_OBJECT: &str = "(() => { class NativeKeyObject { #handle; constructor(handle) { this.#handle = handle; }
  static handleOf(key) { return #handle in key ? key.#handle : undefined; } }
  const { handleOf } = NativeKeyObject; delete NativeKeyObject.handleOf; return [NativeKeyObject, handleOf]; })()";

struct HandleOf(Persistent<Function<'static>>);

// SAFETY: the value inside is persistent and bound to no context's lifetime.
unsafe impl<'js> JsLifetime<'js> for HandleOf {
    type Changed<'to> = HandleOf;
}

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
        let (base, handle_of): (Value, Function) = ctx.eval::<rquickjs::convert::List<_>, _>(NATIVE_KEY_OBJECT)?.0;
        // The error says that the user data is borrowed, which no binding does while scripts run.
        drop(ctx.store_userdata(HandleOf(Persistent::save(&ctx, handle_of))));
        extend.call::<_, Value>((base,))
    })
}

/// The bytes of a secret key: of a handle, a `KeyObject`, a view or a buffer.
pub fn secret<'js>(ctx: &Ctx<'js>, key: &Value<'js>) -> Result<Vec<u8>> {
    if let Some(handle) = key.as_object().and_then(|o| o.as_class::<KeyObject>()) {
        return Ok(handle.borrow().secret.clone());
    }
    if key.is_object()
        && let Some(handle_of) = ctx.userdata::<HandleOf>().map(|h| h.0.clone())
        && let Ok(handle) = handle_of.restore(ctx)?.call::<_, Class<KeyObject>>((key.clone(),))
    {
        return Ok(handle.borrow().secret.clone());
    }
    match Bytes::of(key) {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(throw::type_error(ctx, "ERR_INVALID_ARG_TYPE", "The \"key\" argument must be a secret key")),
    }
}

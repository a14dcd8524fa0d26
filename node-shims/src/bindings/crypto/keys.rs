//! `KeyObjectHandle`: keys that scripts hold but do not see. Secret keys are bytes here; what asymmetric ones can do is told by [`super::remote`].

use rquickjs::function::{Opt, Rest, This};
use rquickjs::{Class, Ctx, Function, JsLifetime, Object, Persistent, Result, Value};

use crate::bindings::class::plain_class;
use super::remote;
use crate::bindings::buffer::{Bytes, Encoding, base64, bytes, define, throw};

/// The base class of `KeyObject`, and the way from an instance to its handle, which scripts must not see.
const NATIVE_KEY_OBJECT: &str = "(() => { class NativeKeyObject { #handle; constructor(handle) { this.#handle = handle; }
  static handleOf(key) { return #handle in key ? key.#handle : undefined; } }
  const { handleOf } = NativeKeyObject; delete NativeKeyObject.handleOf; return [NativeKeyObject, handleOf]; })()";

struct HandleOf(Persistent<Function<'static>>);

// SAFETY: the value inside is persistent and bound to no context's lifetime.
unsafe impl<'js> JsLifetime<'js> for HandleOf {
    type Changed<'to> = HandleOf;
}

pub const SECRET: u8 = 0;

pub struct KeyObject {
    /// Secret, public or private: 0, 1 or 2.
    pub kind: u8,
    /// The secret, or the key in DER.
    pub bytes: Vec<u8>,
}

impl KeyObject {
    pub fn new(secret: Vec<u8>) -> Self {
        Self { kind: SECRET, bytes: secret }
    }

    fn is_secret(&self) -> bool {
        self.kind == SECRET
    }
}

type Own<'js> = This<Class<'js, KeyObject>>;

/// Calls the image with the key itself before the arguments.
fn ask<'js>(ctx: &Ctx<'js>, this: &Class<'js, KeyObject>, name: &str, arguments: &[Value<'js>]) -> Result<Value<'js>> {
    let mut all = vec![this.clone().into_value()];
    all.extend_from_slice(arguments);
    remote::call(ctx, name, &all)
}

/// Becomes the key that the image gave; false if it gave none.
fn turn_into<'js>(this: &Class<'js, KeyObject>, made: &Value<'js>) -> bool {
    let Some(made) = made.as_object().and_then(|object| object.as_class::<KeyObject>()) else { return false };
    let (kind, bytes) = {
        let made = made.borrow();
        (made.kind, made.bytes.clone())
    };
    let mut this = this.borrow_mut();
    this.kind = kind;
    this.bytes = bytes;
    true
}

plain_class!(
    KeyObject,
    "KeyObjectHandle",
    |ctx: Ctx<'js>| Class::instance(ctx, KeyObject::new(Vec::new())),
    |ctx, prototype| {
        define(
            ctx,
            &prototype,
            "init",
            |ctx: Ctx<'js>, this: Own<'js>, kind: i32, data: Value<'js>, rest: Rest<Value<'js>>| {
                if kind == i32::from(SECRET) {
                    this.0.borrow_mut().bytes = Bytes::require(&data)?.as_slice().to_vec();
                    return Ok::<_, rquickjs::Error>(());
                }
                let mut arguments = vec![Value::new_int(ctx.clone(), kind), data];
                arguments.extend(rest.0);
                turn_into(&this.0, &remote::call(&ctx, "key.init", &arguments)?);
                Ok(())
            },
        )?;
        define(ctx, &prototype, "getSymmetricKeySize", |this: Own<'js>| this.0.borrow().bytes.len() as u32)?;
        define(ctx, &prototype, "export", |ctx: Ctx<'js>, this: Own<'js>, how: Rest<Value<'js>>| {
            if this.0.borrow().is_secret() {
                return bytes::buffer(&ctx, this.0.borrow().bytes.clone());
            }
            ask(&ctx, &this.0, "key.export", &how.0)
        })?;
        define(
            ctx,
            &prototype,
            "exportJwk",
            |ctx: Ctx<'js>, this: Own<'js>, target: Object<'js>, pss: Opt<Value<'js>>| {
                if this.0.borrow().is_secret() {
                    target.set("kty", "oct")?;
                    target.set("k", base64::encode(&this.0.borrow().bytes, base64::URL, false))?;
                    return Ok(target);
                }
                let pss = pss.0.unwrap_or_else(|| Value::new_undefined(ctx.clone()));
                fill(target.clone(), ask(&ctx, &this.0, "key.exportJwk", &[target.into_value(), pss])?)
            },
        )?;
        define(
            ctx,
            &prototype,
            "equals",
            |ctx: Ctx<'js>, this: Own<'js>, other: Class<'js, KeyObject>| -> Result<bool> {
                if this.0.borrow().kind != other.borrow().kind {
                    return Ok(false);
                }
                if this.0.borrow().is_secret() {
                    return Ok(subtle::ConstantTimeEq::ct_eq(&this.0.borrow().bytes[..], &other.borrow().bytes[..]).into());
                }
                Ok(ask(&ctx, &this.0, "key.equals", &[other.into_value()])?.as_bool() == Some(true))
            },
        )?;
        define(
            ctx,
            &prototype,
            "initJwk",
            |ctx: Ctx<'js>, this: Own<'js>, jwk: Object<'js>, curve: Opt<Value<'js>>| {
                if jwk.get::<_, Value>("kty")?.as_string().and_then(|s| s.to_string().ok()).as_deref() == Some("oct") {
                    this.0.borrow_mut().bytes = Encoding::Base64Url.encode(&jwk.get("k")?)?;
                    return Ok::<_, rquickjs::Error>(i32::from(SECRET));
                }
                let mut arguments = vec![jwk.into_value()];
                arguments.extend(curve.0);
                turn_into(&this.0, &remote::call(&ctx, "key.initJwk", &arguments)?);
                Ok(i32::from(this.0.borrow().kind))
            },
        )?;
        define(ctx, &prototype, "keyDetail", |ctx: Ctx<'js>, this: Own<'js>, target: Object<'js>| {
            if this.0.borrow().is_secret() {
                target.set("length", this.0.borrow().bytes.len() as i32 * 8)?;
                return Ok(target);
            }
            fill(target, ask(&ctx, &this.0, "key.keyDetail", &[])?)
        })?;
        define(ctx, &prototype, "initECRaw", |ctx: Ctx<'js>, this: Own<'js>, arguments: Rest<Value<'js>>| {
            Ok::<_, rquickjs::Error>(turn_into(&this.0, &remote::call(&ctx, "key.initECRaw", &arguments.0)?))
        })?;
        for name in ["initEDRaw", "initPqcRaw"] {
            define(ctx, &prototype, name, |ctx: Ctx<'js>, this: Own<'js>, arguments: Rest<Value<'js>>| {
                Ok::<_, rquickjs::Error>(turn_into(&this.0, &remote::call(&ctx, "key.initRaw", &arguments.0)?))
            })?;
        }
        // A key that could be read is on its curve.
        define(ctx, &prototype, "checkEcKeyData", || true)?;
        for (name, call) in [
            ("getAsymmetricKeyType", "key.getAsymmetricKeyType"),
            ("rawPublicKey", "key.rawPublicKey"),
            ("rawSeed", "key.rawSeed"),
        ] {
            define(ctx, &prototype, name, move |ctx: Ctx<'js>, this: Own<'js>| ask(&ctx, &this.0, call, &[]))?;
        }
    }
);

/// Gives `target` the properties of `source`.
fn fill<'js>(target: Object<'js>, source: Value<'js>) -> Result<Object<'js>> {
    if let Some(source) = source.as_object() {
        for pair in source.props::<String, Value<'js>>() {
            let (name, value) = pair?;
            target.set(name, value)?;
        }
    }
    Ok(target)
}

pub fn install<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    binding.set("KeyObjectHandle", Class::<KeyObject>::create_constructor(ctx)?)?;
    // For lib/crypto.js, which takes them away: a key apart, and together.
    define(ctx, binding, "keyState", |ctx: Ctx<'js>, key: Class<'js, KeyObject>| {
        let key = key.borrow();
        Ok::<_, rquickjs::Error>(vec![
            Value::new_int(ctx.clone(), key.kind.into()),
            bytes::uint8_array(&ctx, key.bytes.clone())?,
        ])
    })?;
    define(ctx, binding, "keyFrom", |ctx: Ctx<'js>, kind: u8, data: Value<'js>| {
        Class::instance(ctx, KeyObject { kind, bytes: Bytes::require(&data)?.as_slice().to_vec() })
    })?;
    define(ctx, binding, "createNativeKeyObjectClass", |ctx: Ctx<'js>, extend: Function<'js>| {
        let (base, handle_of): (Value, Function) = ctx.eval::<rquickjs::convert::List<_>, _>(NATIVE_KEY_OBJECT)?.0;
        // The error says that the user data is borrowed, which no binding does while scripts run.
        drop(ctx.store_userdata(HandleOf(Persistent::save(&ctx, handle_of.clone()))));
        extend.call::<_, Value>((base, handle_of))
    })
}

/// The bytes of a secret key: of a handle, a `KeyObject`, a view or a buffer.
pub fn secret<'js>(ctx: &Ctx<'js>, key: &Value<'js>) -> Result<Vec<u8>> {
    if let Some(handle) = key.as_object().and_then(|o| o.as_class::<KeyObject>()) {
        return Ok(handle.borrow().bytes.clone());
    }
    if key.is_object()
        && let Some(handle_of) = ctx.userdata::<HandleOf>().map(|h| h.0.clone())
        && let Ok(handle) = handle_of.restore(ctx)?.call::<_, Class<KeyObject>>((key.clone(),))
    {
        return Ok(handle.borrow().bytes.clone());
    }
    match Bytes::of(key) {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(throw::type_error(ctx, "ERR_INVALID_ARG_TYPE", "The \"key\" argument must be a secret key")),
    }
}

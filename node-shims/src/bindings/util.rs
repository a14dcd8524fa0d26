//! `internalBinding('util')`.

use porthole_abi::{Syscalls, flags};
use rquickjs::function::Opt;
use rquickjs::{Array, Ctx, Object, Result, Value, qjs};

use super::method;
use crate::{Env, raw};

unsafe extern "C" {
    /// See `engine/preview.patch`.
    fn JS_PreviewIterator(ctx: *mut qjs::JSContext, iterator: qjs::JSValue, pairs: *mut bool) -> qjs::JSValue;
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    super::types::fill(ctx, &binding)?;
    let symbols = env.private_symbols.borrow().clone();
    if let Some(symbols) = symbols {
        binding.set("privateSymbols", symbols.restore(ctx)?)?;
    }
    // `[state, result]`, the result only of a settled promise.
    method(&binding, "getPromiseDetails", |ctx: Ctx<'js>, value: Value<'js>| -> Result<Option<Array<'js>>> {
        // SAFETY: only looks at the promise; the result is a new reference.
        unsafe {
            let raw_ctx = ctx.as_raw().as_ptr();
            let state = qjs::JS_PromiseState(raw_ctx, value.as_raw());
            if (state as i32) < 0 {
                return Ok(None);
            }
            let details = Array::new(ctx.clone())?;
            details.set(0, state as i32)?;
            if state as i32 != 0 {
                details.set(1, raw::take(&ctx, qjs::JS_PromiseResult(raw_ctx, value.as_raw()))?)?;
            }
            Ok(Some(details))
        }
    })?;
    method(&binding, "getProxyDetails", |ctx: Ctx<'js>, value: Value<'js>, both: Opt<bool>| -> Result<Value<'js>> {
        // SAFETY: the engine gives new references.
        unsafe {
            let raw_ctx = ctx.as_raw().as_ptr();
            if !qjs::JS_IsProxy(value.as_raw()) {
                return Ok(Value::new_undefined(ctx));
            }
            // A revoked proxy has neither.
            let get = |raw_value| match raw::take(&ctx, raw_value) {
                Ok(value) => value,
                Err(_) => {
                    let _ = ctx.catch();
                    Value::new_null(ctx.clone())
                }
            };
            let target = get(qjs::JS_GetProxyTarget(raw_ctx, value.as_raw()));
            if !both.0.unwrap_or(true) {
                return Ok(target);
            }
            let details = Array::new(ctx.clone())?;
            details.set(0, target)?;
            details.set(1, get(qjs::JS_GetProxyHandler(raw_ctx, value.as_raw())))?;
            Ok(details.into_value())
        }
    })?;
    method(&binding, "guessHandleType", |ctx: Ctx<'js>, fd: i32| -> Result<u32> {
        // Indices of the library's own list: TCP, TTY, UDP, FILE, PIPE, UNKNOWN, INVALID.
        Ok(match Env::of(&ctx)?.fd_kind(fd).map(|reply| reply.kind) {
            Ok(flags::FD_TCP | flags::FD_LISTENER) => 0,
            Ok(flags::FD_TTY) => 1,
            Ok(flags::FD_FILE | flags::FD_CHAR) => 3,
            Ok(flags::FD_PIPE) => 4,
            Ok(_) => 5,
            Err(_) => 6,
        })
    })?;
    // previewIterator(iterator): what it has still to give, and whether in pairs.
    method(&binding, "previewIterator", |ctx: Ctx<'js>, iterator: Value<'js>| -> Result<Array<'js>> {
        let mut pairs = false;
        // SAFETY: a live context and a value of it; the array is ours.
        let entries = unsafe { raw::take(&ctx, JS_PreviewIterator(ctx.as_raw().as_ptr(), iterator.as_raw(), &mut pairs)) }?;
        let found = Array::new(ctx)?;
        found.set(0, entries)?;
        found.set(1, pairs)?;
        Ok(found)
    })?;
    method(&binding, "sleep", |ctx: Ctx<'js>, ms: f64| -> Result<()> {
        let env = Env::of(&ctx)?;
        let until = env.now_ms() + ms;
        while env.now_ms() < until {
            for event in env.poll_events(Some((until - env.now_ms()).max(0.0).ceil() as u32)) {
                env.dispatch_later(event);
            }
        }
        Ok(())
    })?;
    method(&binding, "isArrayBufferDetached", |value: Value<'js>| {
        rquickjs::ArrayBuffer::from_value(value).is_some_and(|buffer| buffer.as_raw().is_none())
    })?;
    method(&binding, "isConstructor", |value: Value<'js>| value.is_constructor())?;
    super::script(ctx, "util", &binding)?;
    Ok(binding)
}

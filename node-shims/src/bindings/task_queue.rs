//! `internalBinding('task_queue')`: next ticks, microtasks and rejected promises.

use rquickjs::{Ctx, Exception, Function, Object, Persistent, Result, Value, qjs};

use super::method;
use crate::Env;

const REJECT_WITH_NO_HANDLER: i32 = 0;
const HANDLER_ADDED_AFTER_REJECT: i32 = 1;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    method(&binding, "enqueueMicrotask", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        let mut args = [callback.as_raw()];
        // SAFETY: the job keeps its own references to its arguments.
        let failed = unsafe { qjs::JS_EnqueueJob(ctx.as_raw().as_ptr(), Some(call_first), 1, args.as_mut_ptr()) } < 0;
        if failed { Err(Exception::throw_internal(&ctx, "out of memory")) } else { Ok(()) }
    })?;
    method(&binding, "setTickCallback", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        Env::of(&ctx)?.callbacks.borrow_mut().tick = Some(Persistent::save(&ctx, callback));
        Ok(())
    })?;
    method(&binding, "runMicrotasks", |ctx: Ctx<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        env.run_microtasks(&ctx);
        if env.exiting().is_some() { Err(crate::raw::throw_uncatchable(&ctx)) } else { Ok(()) }
    })?;
    method(&binding, "setPromiseRejectCallback", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        Env::of(&ctx)?.callbacks.borrow_mut().promise_reject = Some(Persistent::save(&ctx, callback));
        Ok(())
    })?;
    binding.set("tickInfo", env.tick_info.create(ctx, "Uint8Array", 2)?)?;
    let events = Object::new(ctx.clone())?;
    events.set("kPromiseRejectWithNoHandler", REJECT_WITH_NO_HANDLER)?;
    events.set("kPromiseHandlerAddedAfterReject", HANDLER_ADDED_AFTER_REJECT)?;
    events.set("kPromiseRejectAfterResolved", 2)?;
    events.set("kPromiseResolveAfterResolved", 3)?;
    binding.set("promiseRejectEvents", events)?;
    Ok(binding)
}

unsafe extern "C" fn call_first(ctx: *mut qjs::JSContext, argc: std::ffi::c_int, argv: *mut qjs::JSValue) -> qjs::JSValue {
    // SAFETY: the engine calls with the arguments that were enqueued.
    unsafe {
        if argc < 1 {
            return qjs::JS_UNDEFINED;
        }
        qjs::JS_Call(ctx, *argv, qjs::JS_UNDEFINED, 0, std::ptr::null_mut())
    }
}

/// Reports rejected promises to Node's library from now on.
pub fn install(ctx: &Ctx<'_>) {
    // SAFETY: the function lives as long as the program.
    unsafe {
        let rt = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetHostPromiseRejectionTracker(rt, Some(rejected), std::ptr::null_mut());
    }
}

unsafe extern "C" fn rejected(
    ctx: *mut qjs::JSContext,
    promise: qjs::JSValue,
    reason: qjs::JSValue,
    is_handled: bool,
    _opaque: *mut std::ffi::c_void,
) {
    let Some(ctx) = std::ptr::NonNull::new(ctx) else { return };
    // SAFETY: the engine calls with a live context and values, which are duplicated here before they are owned.
    let (ctx, promise, reason) = unsafe {
        let raw = ctx.as_ptr();
        let ctx = Ctx::from_raw(ctx);
        let promise = Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw, promise));
        let reason = Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw, reason));
        (ctx, promise, reason)
    };
    let Ok(env) = Env::of(&ctx) else { return };
    // What is broken off since its time is over is told to who gave it the time.
    if env.exiting().is_some() || env.modules.muted() || env.is_late.get() {
        return;
    }
    let callback = env.callbacks.borrow().promise_reject.clone();
    let Some(Ok(callback)) = callback.map(|callback| callback.restore(&ctx)) else { return };
    let kind = if is_handled { HANDLER_ADDED_AFTER_REJECT } else { REJECT_WITH_NO_HANDLER };
    let reason = if is_handled { Value::new_undefined(ctx.clone()) } else { reason };
    if let Err(error) = callback.call::<_, ()>((kind, promise, reason)) {
        super::errors::uncaught(&ctx, &env, error);
    }
}

//! `internalBinding('async_wrap')`: what `async_hooks` hears of promises and of the system's resources. The rest is `lib/async_wrap.js`.

use std::cell::RefCell;
use std::ffi::c_void;

use rquickjs::function::{Args, IntoArgs};
use rquickjs::{Ctx, Function, Object, Persistent, Result, Value, qjs};

use super::method;
use crate::Env;
use crate::env::Callback;

/// Places in `async_hook_fields`.
const FIELDS: usize = 9;
const TOTALS: usize = 5;

/// Functions for each of the engine's events, by [`qjs::JSPromiseHookType`]: init, before, after, settled.
#[derive(Default)]
pub struct PromiseHooks(RefCell<[Option<Callback>; 4]>);

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    binding.set("async_hook_fields", env.async_hook_fields.create(ctx, "Uint32Array", FIELDS)?)?;
    method(
        &binding,
        "setPromiseHooks",
        |ctx: Ctx<'js>, init: Option<Function<'js>>, before: Option<Function<'js>>, after: Option<Function<'js>>, settled: Option<Function<'js>>| {
            set_promise_hooks(&ctx, [init, before, after, settled])
        },
    )?;
    method(&binding, "later", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        let callback = Persistent::save(&ctx, callback);
        Env::of(&ctx)?.event_loop.complete(move |ctx| {
            if let (Ok(env), Ok(callback)) = (Env::of(ctx), callback.restore(ctx)) {
                env.make_callback(ctx, Value::new_undefined(ctx.clone()), &callback, ());
            }
        });
        Ok(())
    })?;
    super::script(ctx, "async_wrap", &binding)?;
    Ok(binding)
}

fn set_promise_hooks<'js>(ctx: &Ctx<'js>, hooks: [Option<Function<'js>>; 4]) -> Result<()> {
    let env = Env::of(ctx)?;
    let any = hooks.iter().any(Option::is_some);
    *env.promise_hooks.0.borrow_mut() = hooks.map(|hook| hook.map(|hook| Persistent::save(ctx, hook)));
    // SAFETY: the runtime of a live context. The hook finds the process by its context.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetPromiseHook(runtime, any.then_some(heard as _), std::ptr::null_mut());
    }
    Ok(())
}

/// Called by the engine.
unsafe extern "C" fn heard(raw: *mut qjs::JSContext, event: qjs::JSPromiseHookType, promise: qjs::JSValue, parent: qjs::JSValue, _opaque: *mut c_void) {
    let Some(place) = std::ptr::NonNull::new(raw) else { return };
    // SAFETY: the engine calls with a live context and values that it owns: they are counted once more here.
    let (ctx, promise, parent) = unsafe {
        let ctx = Ctx::from_raw(place);
        let (promise, parent) = (qjs::JS_DupValue(raw, promise), qjs::JS_DupValue(raw, parent));
        let (promise, parent) = (Value::from_raw(ctx.clone(), promise), Value::from_raw(ctx.clone(), parent));
        (ctx, promise, parent)
    };
    let Ok(env) = Env::of(&ctx) else { return };
    let hook = env.promise_hooks.0.borrow().get(event as usize).cloned().flatten();
    // What is thrown already is not the hooks' business.
    // SAFETY: a live context.
    let thrown = unsafe { qjs::JS_HasException(raw).then(|| qjs::JS_GetException(raw)) };
    if let Some(hook) = hook.and_then(|hook| hook.restore(&ctx).ok()) {
        env.call_caught(&ctx, Value::new_undefined(ctx.clone()), &hook, (promise, parent));
    }
    if let Some(thrown) = thrown {
        // SAFETY: as above; the exception is given back.
        unsafe { qjs::JS_Throw(raw, thrown) };
    }
}

/// Calls a method of a resource of the system, as [`Env::make_method_callback`]; where hooks are enabled, they hear of it.
pub fn method_callback<'js, A: IntoArgs<'js>>(ctx: &Ctx<'js>, env: &Env, object: &Object<'js>, name: &str, args: A) -> Option<Value<'js>> {
    if env.async_hook_fields.get(TOTALS) == 0 {
        return env.make_method_callback(ctx, object, name, args);
    }
    let run = || -> Result<Option<(Function<'js>, Args<'js>)>> {
        let Some(func) = object.get::<_, Value>(name)?.into_function() else { return Ok(None) };
        let binding = env.binding(ctx, "async_wrap")?;
        let enter: Function = binding.get("enter")?;
        let mut all = Args::new(ctx.clone(), 3 + args.num_args());
        all.push_arg(object.clone())?;
        all.push_arg(func)?;
        all.push_arg(name)?;
        args.into_args(&mut all)?;
        Ok(Some((enter, all)))
    };
    match run() {
        Ok(Some((enter, args))) => {
            let mut value = None;
            env.scope(ctx, |env| match enter.call_arg(args) {
                Ok(result) => value = Some(result),
                Err(error) => super::errors::uncaught(ctx, env, error),
            });
            value
        }
        Ok(None) => None,
        Err(error) => {
            super::errors::uncaught(ctx, env, error);
            None
        }
    }
}

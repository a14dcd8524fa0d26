//! The value that follows asynchronous work: V8 calls it continuation-preserved embedder data, Node keeps `AsyncLocalStorage` in it.
//!
//! The engine itself carries it (`engine/continuation.patch`): every job has the value of whoever asked for it, every reaction that of its `then` or `await`.

use rquickjs::{Ctx, Persistent, Result, Value, qjs};

use crate::raw;

unsafe extern "C" {
    /// The value now, counted once more.
    fn JS_GetContinuation(runtime: *mut qjs::JSRuntime) -> qjs::JSValue;
    /// Takes the value over.
    fn JS_SetContinuation(runtime: *mut qjs::JSRuntime, value: qjs::JSValue);
}

/// The value now.
pub fn get<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    // SAFETY: the runtime of a live context; the value is ours.
    unsafe { raw::take(ctx, JS_GetContinuation(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()))) }
}

/// Sets the value from here on, in this job and what it starts.
pub fn set<'js>(ctx: &Ctx<'js>, value: Value<'js>) {
    // SAFETY: the runtime of a live context, which takes a reference of its own.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        JS_SetContinuation(qjs::JS_GetRuntime(raw), qjs::JS_DupValue(raw, value.as_raw()));
    }
}

/// The value at one moment: what libuv calls back later runs with that of whoever asked for it.
#[derive(Clone, Default)]
pub struct Frame(Option<Persistent<Value<'static>>>);

impl Frame {
    /// The value now.
    pub fn now(ctx: &Ctx<'_>) -> Self {
        Self(get(ctx).ok().filter(|value| !value.is_undefined()).map(|value| Persistent::save(ctx, value)))
    }

    /// Runs `run` with this value.
    pub fn enter<R>(&self, ctx: &Ctx<'_>, run: impl FnOnce() -> R) -> R {
        let undefined = || Value::new_undefined(ctx.clone());
        let before = get(ctx).unwrap_or_else(|_| undefined());
        set(ctx, self.0.clone().and_then(|value| value.restore(ctx).ok()).unwrap_or_else(undefined));
        let result = run();
        set(ctx, before);
        result
    }
}

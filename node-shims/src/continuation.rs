//! The value that follows asynchronous work: V8 calls it continuation-preserved embedder data, Node keeps `AsyncLocalStorage` in it.

use rquickjs::{Ctx, Persistent, Result, Value};

use crate::Env;

/// The value now.
pub fn get<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    match Env::of(ctx)?.continuation.borrow().clone() {
        Some(value) => value.restore(ctx),
        None => Ok(Value::new_undefined(ctx.clone())),
    }
}

/// Sets the value from here on, in this job and what it starts.
pub fn set<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<()> {
    *Env::of(ctx)?.continuation.borrow_mut() = Some(Persistent::save(ctx, value));
    Ok(())
}

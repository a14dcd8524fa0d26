//! `internalBinding('async_context_frame')`: the value that follows asynchronous work (see `crate::continuation`).

use rquickjs::{Ctx, Object, Result, Value};

use super::method;
use crate::continuation;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    method(&binding, "getContinuationPreservedEmbedderData", |ctx: Ctx<'js>| continuation::get(&ctx))?;
    method(&binding, "setContinuationPreservedEmbedderData", |ctx: Ctx<'js>, value: Value<'js>| continuation::set(&ctx, value))?;
    Ok(binding)
}

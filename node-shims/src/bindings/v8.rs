//! `internalBinding('v8')`: memory figures of the engine; the rest is `lib/v8.js`.

use rquickjs::{Ctx, Object, Result};

use super::method;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    method(&ops, "memoryUsage", |ctx: Ctx<'js>| super::process_methods::memory(&ctx))?;
    binding.set("ops", ops)?;
    super::script(ctx, "v8", &binding)?;
    Ok(binding)
}

//! `internalBinding('performance')`: clocks; the rest is `lib/performance.js`.

use rquickjs::{Ctx, Error, Object, Result};

use super::method;
use crate::Env;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    method(&ops, "uptimeMs", |ctx: Ctx<'js>| Ok::<_, Error>(Env::of(&ctx)?.uptime_ms()))?;
    method(&ops, "wallMs", |ctx: Ctx<'js>| Ok::<_, Error>(Env::of(&ctx)?.host().wall_ms()))?;
    method(&ops, "bootstrappedMs", |ctx: Ctx<'js>| -> Result<f64> {
        let env = Env::of(&ctx)?;
        Ok(env.bootstrapped_ms.get() - env.born_ms)
    })?;
    binding.set("ops", ops)?;
    super::script(ctx, "performance", &binding)?;
    Ok(binding)
}

//! `internalBinding('process_methods')` and the `process` object.

use rquickjs::{Ctx, Object, Result};

use crate::Env;

pub fn create_process<'js>(_ctx: &Ctx<'js>, _env: &Env, process: Object<'js>) -> Result<Object<'js>> {
    Ok(process)
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    Object::new(ctx.clone())
}

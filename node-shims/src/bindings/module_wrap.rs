//! `internalBinding('module_wrap')`: ES modules.

use std::cell::Cell;

use rquickjs::{Ctx, Object, Result};

use crate::Env;

/// The state of all modules of a process.
#[derive(Default)]
pub struct Modules {
    muted: Cell<bool>,
}

impl Modules {
    /// Whether rejections are our own doing just now, and no business of the program.
    pub fn muted(&self) -> bool {
        self.muted.get()
    }
}

pub fn install_loader(_ctx: &Ctx<'_>) {}

pub fn unsettled_top_level_await(_ctx: &Ctx<'_>, _env: &Env) -> bool {
    false
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    super::script(ctx, "module_wrap", &binding)?;
    Ok(binding)
}

pub fn parses_as_module(_ctx: &Ctx<'_>, _text: &str, _filename: &str) -> bool {
    false
}

pub fn set_referrer<'js>(_ctx: &Ctx<'js>, _filename: &str, _symbol: rquickjs::Value<'js>) -> Result<()> {
    Ok(())
}

//! `internalBinding('options')`: the command line.

use rquickjs::{Ctx, Function, Object, Result};

use super::errors::{prelude, write_all};
use crate::{Env, engine};

/// Answers `--version` and the like without booting; gives the exit code.
pub fn answer_before_boot(env: &Env) -> Option<i32> {
    let argv = engine::argv(env);
    match argv.get(1).map(String::as_str) {
        Some("-v" | "--version") => {
            write_all(env, 1, format!("v{}\n", engine::NODE_VERSION).as_bytes());
            Some(0)
        }
        _ => None,
    }
}

/// Parses `argv` and gives the id of the main script.
///
/// # Errors
/// Unwinds after an option that Node does not know (exit code 9).
pub fn main_script<'js>(ctx: &Ctx<'js>, env: &Env) -> Result<String> {
    let binding = env.binding(ctx, "options")?;
    let choose: Function = prelude(ctx)?.get("chooseMain")?;
    let chosen: String = choose.call((binding,))?;
    Ok(chosen)
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    super::script(ctx, "options", &binding)?;
    Ok(binding)
}

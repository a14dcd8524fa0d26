//! `internalBinding('options')`: the command line.

use porthole_abi::{Syscalls, flags};
use rquickjs::{Ctx, Function, Object, Result};

use super::errors::{prelude, write_all};
use crate::engine::exit_code;
use crate::{Env, engine, raw};

/// Answers `--version` without booting; gives the exit code.
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
    let choose: Function = binding.get("chooseMain")?;
    let terminal = env.fd_kind(0).is_ok_and(|reply| reply.kind == flags::FD_TTY);
    let chosen: Object = choose.call((terminal,))?;
    if let Some(complaint) = chosen.get::<_, Option<String>>("error")? {
        write_all(env, 2, format!("{complaint}\n").as_bytes());
        env.set_exit(exit_code::INVALID_ARGUMENT);
        return Err(raw::throw_uncatchable(ctx));
    }
    write_all(env, 2, chosen.get::<_, String>("notes")?.as_bytes());
    chosen.get("id")
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    binding.set("facts", prelude(ctx)?.get::<_, Object>("facts")?)?;
    binding.set("collect", prelude(ctx)?.get::<_, Function>("collect")?)?;
    super::script(ctx, "options", &binding)?;
    Ok(binding)
}

//! `internalBinding('process_wrap')`: child processes.

pub mod command;

use porthole_abi::{Errno, Syscalls, signal};
use rquickjs::{Array, Ctx, Object, Result, Value};

use super::{method, script};
use crate::Env;
use crate::event_loop::HandleId;
use crate::handles::{Handles, callback, status, uv};

use command::{Command, Slot};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    // spawn(id, options, idOf): a pid, or a status below zero.
    method(&binding, "spawn", |ctx: Ctx<'js>, id: u32, options: Object<'js>, id_of: rquickjs::Function<'js>| -> Result<i32> {
        spawn(&ctx, HandleId(id), &options, &id_of)
    })?;
    method(&binding, "kill", |ctx: Ctx<'js>, pid: i32, number: i32| -> Result<i32> {
        let Ok(number) = u8::try_from(number) else { return Ok(uv(Errno::EINVAL)) };
        Ok(status(Env::of(&ctx)?.kill(pid, number)))
    })?;
    script(ctx, "process_wrap", &binding)?;
    Ok(binding)
}

fn spawn<'js>(ctx: &Ctx<'js>, id: HandleId, options: &Object<'js>, id_of: &rquickjs::Function<'js>) -> Result<i32> {
    let env = Env::of(ctx)?;
    let mut command = Command::from_options(&env, options)?;
    if command.other_user {
        return Ok(uv(Errno::EPERM));
    }
    let handles = Handles::of(ctx);
    let stdio: Option<Array> = options.get("stdio")?;
    let mut ours = Vec::new();
    for (at, slot) in stdio.iter().flat_map(|stdio| stdio.iter::<Object>()).enumerate() {
        let slot = slot?;
        let kind: String = slot.get("type")?;
        let child = at as i32;
        let added = match kind.as_str() {
            "ignore" => command.ignore(&env, child),
            "pipe" | "overlapped" => {
                let handle: Value = slot.get("handle")?;
                let handle: u32 = id_of.call((handle,))?;
                command.socket(&env, child).map(|end| ours.push((HandleId(handle), end)))
            }
            "wrap" => {
                let handle: Value = slot.get("handle")?;
                let handle: u32 = id_of.call((handle,))?;
                let fd = handles.stream(HandleId(handle)).map_or(-1, |stream| stream.fd());
                command.slots.push(Slot { child, parent: fd, close: false });
                Ok(())
            }
            // `inherit` and `fd`.
            _ => {
                command.slots.push(Slot { child, parent: slot.get("fd")?, close: false });
                Ok(())
            }
        };
        if let Err(errno) = added {
            command.close(&env);
            for (_, end) in ours {
                let _ = env.close(end);
            }
            return Ok(uv(errno));
        }
    }
    let spawned = command.start(&env);
    command.close(&env);
    // As in libuv, our ends are open also when the program could not be started: they are at their end then.
    for (handle, end) in ours {
        match handles.stream(handle) {
            Some(stream) => stream.adopt(end),
            None => drop(env.close(end)),
        }
    }
    let pid = match spawned {
        Ok(pid) => pid,
        Err(errno) => return Ok(uv(errno)),
    };
    env.event_loop.set_active(id, true);
    env.on_child_exit(pid, move |ctx, code, ended_by| {
        let Ok(env) = Env::of(ctx) else { return };
        env.event_loop.set_active(id, false);
        let handles = Handles::of(ctx);
        if let Some(object) = handles.object(ctx, id) {
            let name = signal::name(ended_by).unwrap_or("");
            callback(ctx, &env, &handles.frame(id), &object, "onexit", (code, name));
        }
    });
    Ok(pid)
}

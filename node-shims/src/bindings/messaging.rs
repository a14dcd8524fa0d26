//! `internalBinding('messaging')`: the parts of message ports that need the loop; the rest is `lib/messaging.js`.

use rquickjs::{Ctx, Function, Object, Persistent, Result, Value};

use super::method;
use crate::Env;
use crate::event_loop::HandleId;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    let ops = Object::new(ctx.clone())?;
    let exports = env.context_exports.borrow().clone();
    if let Some(exports) = exports {
        ops.set("exports", exports.restore(ctx)?)?;
    }
    holds(&ops, "MessagePort")?;
    method(&ops, "hasRef", |ctx: Ctx<'js>, handle: u32| Ok::<_, rquickjs::Error>(Env::of(&ctx)?.event_loop.has_ref(HandleId(handle))))?;
    method(&ops, "closeHandle", |ctx: Ctx<'js>, handle: u32, callback: Function<'js>| -> Result<()> {
        let callback = Persistent::save(&ctx, callback);
        Env::of(&ctx)?.event_loop.close_handle(HandleId(handle), move |ctx| call(ctx, callback));
        Ok(())
    })?;
    // Runs in the next iteration of the loop.
    method(&ops, "later", |ctx: Ctx<'js>, callback: Function<'js>| -> Result<()> {
        let callback = Persistent::save(&ctx, callback);
        Env::of(&ctx)?.event_loop.complete(move |ctx| call(ctx, callback));
        Ok(())
    })?;
    method(&ops, "callback", |ctx: Ctx<'js>, this: Value<'js>, callback: Function<'js>| -> Result<()> {
        Env::of(&ctx)?.make_callback(&ctx, this, &callback, ());
        Ok(())
    })?;
    super::worker::link::install(&ops)?;
    ops.set("memories", super::errors::prelude(ctx)?.get::<_, Value>("memories")?)?;
    binding.set("ops", ops)?;
    super::script(ctx, "messaging", &binding)?;
    Ok(binding)
}

/// Adds `openHandle` and `setRef`: for what holds the loop and is nothing else to it.
pub fn holds<'js>(ops: &Object<'js>, kind: &'static str) -> Result<()> {
    method(ops, "openHandle", move |ctx: Ctx<'js>| -> Result<u32> {
        let env = Env::of(&ctx)?;
        let handle = env.event_loop.open_handle(kind);
        env.event_loop.set_active(handle, true);
        Ok(handle.0)
    })?;
    method(ops, "setRef", |ctx: Ctx<'js>, handle: u32, referenced: bool| -> Result<()> {
        Env::of(&ctx)?.event_loop.set_ref(HandleId(handle), referenced);
        Ok(())
    })
}

fn call(ctx: &Ctx<'_>, callback: crate::env::Callback) {
    if let (Ok(env), Ok(callback)) = (Env::of(ctx), callback.restore(ctx)) {
        env.call_caught(ctx, Value::new_undefined(ctx.clone()), &callback, ());
    }
}

//! `internalBinding('signal_wrap')`: signals that a program listens to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use porthole_abi::Errno;
use rquickjs::{Ctx, JsLifetime, Object, Result};

use super::{method, script};
use crate::Env;
use crate::event_loop::HandleId;
use crate::handles::{Handles, callback, uv};

/// Handles that listen, by signal.
#[derive(Clone, Default)]
struct Listeners(Rc<RefCell<BTreeMap<u8, Vec<HandleId>>>>);

// SAFETY: it holds nothing of JavaScript's.
unsafe impl<'js> JsLifetime<'js> for Listeners {
    type Changed<'to> = Listeners;
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let listeners = Listeners::default();
    let _ = ctx.store_userdata(listeners.clone());
    let binding = Object::new(ctx.clone())?;
    method(&binding, "start", |ctx: Ctx<'js>, id: u32, signal: i32| -> Result<i32> { start(&ctx, HandleId(id), signal) })?;
    method(&binding, "stop", |ctx: Ctx<'js>, id: u32| -> Result<()> { stop(&ctx, HandleId(id)) })?;
    script(ctx, "signal_wrap", &binding)?;
    Ok(binding)
}

fn listeners(ctx: &Ctx<'_>) -> Listeners {
    ctx.userdata::<Listeners>().map(|listeners| listeners.clone()).unwrap_or_default()
}

fn start(ctx: &Ctx<'_>, id: HandleId, signal: i32) -> Result<i32> {
    let env = Env::of(ctx)?;
    let Some(signal) = u8::try_from(signal).ok().filter(|signal| porthole_abi::signal::name(*signal).is_some()) else {
        return Ok(uv(Errno::EINVAL));
    };
    stop(ctx, id)?;
    let listeners = listeners(ctx);
    let first = {
        let mut table = listeners.0.borrow_mut();
        let list = table.entry(signal).or_default();
        list.push(id);
        list.len() == 1
    };
    if first {
        let again = listeners.clone();
        let caught = env.on_signal(signal, Some(Rc::new(move |ctx: &Ctx<'_>, signal| deliver(ctx, &again, signal))));
        if let Err(errno) = caught {
            listeners.0.borrow_mut().remove(&signal);
            return Ok(uv(errno));
        }
    }
    env.event_loop.set_active(id, true);
    Ok(0)
}

fn stop(ctx: &Ctx<'_>, id: HandleId) -> Result<()> {
    let env = Env::of(ctx)?;
    let mut silent = Vec::new();
    listeners(ctx).0.borrow_mut().retain(|signal, list| {
        let before = list.len();
        list.retain(|listener| *listener != id);
        if list.is_empty() && before > 0 {
            silent.push(*signal);
        }
        !list.is_empty()
    });
    for signal in silent {
        let _ = env.on_signal(signal, None);
    }
    env.event_loop.set_active(id, false);
    Ok(())
}

fn deliver(ctx: &Ctx<'_>, listeners: &Listeners, signal: u8) {
    let Ok(env) = Env::of(ctx) else { return };
    let list = listeners.0.borrow().get(&signal).cloned().unwrap_or_default();
    let handles = Handles::of(ctx);
    for id in list {
        if let Some(object) = handles.object(ctx, id) {
            callback(ctx, &env, &handles.frame(id), &object, "onsignal", (signal,));
        }
    }
}

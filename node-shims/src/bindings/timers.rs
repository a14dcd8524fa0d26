//! `internalBinding('timers')`: when to call Node's own timer lists.

use rquickjs::{Ctx, Function, Object, Persistent, Result, Value};

use super::method;
use crate::Env;

const COUNT: usize = 0;
const REF_COUNT: usize = 1;
const HAS_OUTSTANDING: usize = 2;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let env = Env::of(ctx)?;
    let binding = Object::new(ctx.clone())?;
    method(&binding, "setupTimers", |ctx: Ctx<'js>, immediate: Function<'js>, timers: Function<'js>| -> Result<()> {
        let env = Env::of(&ctx)?;
        let mut callbacks = env.callbacks.borrow_mut();
        callbacks.process_immediate = Some(Persistent::save(&ctx, immediate));
        callbacks.process_timers = Some(Persistent::save(&ctx, timers));
        Ok(())
    })?;
    method(&binding, "getLibuvNow", |ctx: Ctx<'js>| Ok::<_, rquickjs::Error>(Env::of(&ctx)?.uptime_ms().floor()))?;
    method(&binding, "scheduleTimer", |ctx: Ctx<'js>, ms: f64| -> Result<()> {
        schedule(&*Env::of(&ctx)?, ms);
        Ok(())
    })?;
    method(&binding, "toggleTimerRef", |ctx: Ctx<'js>, referenced: bool| -> Result<()> {
        Env::of(&ctx)?.event_loop.timer_referenced.set(referenced);
        Ok(())
    })?;
    method(&binding, "toggleImmediateRef", |ctx: Ctx<'js>, referenced: bool| -> Result<()> {
        Env::of(&ctx)?.event_loop.immediates_referenced.set(referenced);
        Ok(())
    })?;
    binding.set("immediateInfo", env.immediate_info.create(ctx, "Uint32Array", 3)?)?;
    binding.set("timeoutInfo", env.timeout_info.create(ctx, "Int32Array", 1)?)?;
    Ok(binding)
}

fn schedule(env: &Env, ms: f64) {
    env.event_loop.timer.set(Some(env.now_ms() + ms.max(1.0)));
}

/// Calls Node's timer lists when their time has come.
pub fn run_due(ctx: &Ctx<'_>, env: &Env) {
    let due = env.event_loop.timer.get().is_some_and(|deadline| deadline <= env.now_ms());
    if !due || env.exiting().is_some() {
        return;
    }
    env.event_loop.timer.set(None);
    let callback = env.callbacks.borrow().process_timers.clone();
    let (Some(callback), Some(process)) = (callback.and_then(|callback| callback.restore(ctx).ok()), env.process_object(ctx)) else {
        return;
    };
    env.scope(ctx, |env| {
        // A list whose callback threw goes on with the rest of it.
        let mut next = None;
        while env.exiting().is_none() && next.is_none() {
            next = env.call_caught(ctx, process.clone().into_value(), &callback, (env.uptime_ms().floor(),));
        }
        // Before the scope ends: what next ticks schedule comes on top of this.
        let next = next.as_ref().and_then(Value::as_number).unwrap_or(0.0);
        if next != 0.0 {
            schedule(env, next.abs() - env.uptime_ms().floor());
            env.event_loop.timer_referenced.set(next > 0.0);
        }
    });
}

/// The check phase: Node's immediates.
pub fn run_immediates(ctx: &Ctx<'_>, env: &Env) {
    if env.immediate_info.get(COUNT) == 0 || env.exiting().is_some() {
        return;
    }
    let callback = env.callbacks.borrow().process_immediate.clone();
    let (Some(callback), Some(process)) = (callback.and_then(|callback| callback.restore(ctx).ok()), env.process_object(ctx)) else {
        return;
    };
    loop {
        env.make_callback(ctx, process.clone().into_value(), &callback, ());
        if env.immediate_info.get(HAS_OUTSTANDING) == 0 || env.exiting().is_some() {
            break;
        }
    }
    if env.immediate_info.get(REF_COUNT) == 0 {
        env.event_loop.immediates_referenced.set(false);
    }
}

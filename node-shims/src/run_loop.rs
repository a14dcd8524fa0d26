//! The loop's iterations, and the end of a process.

use rquickjs::Ctx;

use crate::engine::exit_code;
use crate::{Env, bindings};

/// Runs until nothing remains or the process ends; gives the exit code.
pub fn run(ctx: &Ctx<'_>, env: &Env) -> i32 {
    while env.exiting().is_none() {
        while env.exiting().is_none() && env.event_loop.alive() {
            iterate(ctx, env);
        }
        if env.exiting().is_some() {
            break;
        }
        env.settle();
        if let Some(late) = env.take_late() {
            bindings::errors::uncaught(ctx, env, late.throw(ctx));
            continue;
        }
        emit(ctx, env, "beforeExit");
        if !env.event_loop.alive() {
            break;
        }
    }
    if let Some(code) = env.exiting() {
        return code;
    }
    env.exit_info.set(EXITING, 1);
    let unsettled = bindings::module_wrap::unsettled::is_waiting(ctx, env);
    if unsettled && env.exit_info.get(HAS_EXIT_CODE) == 0 {
        env.exit_info.set(EXIT_CODE, exit_code::UNSETTLED_TOP_LEVEL_AWAIT);
        env.exit_info.set(HAS_EXIT_CODE, 1);
        emit(ctx, env, "exit");
        if env.exit_info.get(EXIT_CODE) == exit_code::UNSETTLED_TOP_LEVEL_AWAIT && env.exiting().is_none() {
            bindings::module_wrap::unsettled::tell(ctx, env);
            env.set_exit(exit_code::UNSETTLED_TOP_LEVEL_AWAIT);
        }
    } else {
        emit(ctx, env, "exit");
    }
    env.set_exit(code_or(env, 0));
    env.exiting().unwrap_or(0)
}

pub const EXITING: usize = 0;
pub const EXIT_CODE: usize = 1;
pub const HAS_EXIT_CODE: usize = 2;

/// `process.exitCode`, or `default` where the program set none.
pub fn code_or(env: &Env, default: i32) -> i32 {
    if env.exit_info.get(HAS_EXIT_CODE) != 0 { env.exit_info.get(EXIT_CODE) } else { default }
}

fn emit(ctx: &Ctx<'_>, env: &Env, name: &str) {
    if let Some(process) = env.process_object(ctx) {
        let code = if name == "exit" && env.exit_info.get(HAS_EXIT_CODE) == 0 { env.exit_info.get(EXIT_CODE) } else { code_or(env, 0) };
        env.make_method_callback(ctx, &process, "emit", (name, code));
    }
}

fn iterate(ctx: &Ctx<'_>, env: &Env) {
    crate::raw::forget_throw(ctx);
    bindings::timers::run_due(ctx, env);
    run_jobs(ctx, env, &env.event_loop.pending);
    if env.exiting().is_some() {
        return;
    }

    let timeout = timeout(env);
    // Nothing can be heard, and nothing need be waited for: no call.
    if timeout != Some(0) || env.event_loop.listens() {
        env.poll(ctx, timeout);
    } else {
        env.flush();
    }
    run_jobs(ctx, env, &env.event_loop.completed);
    if env.exiting().is_some() {
        return;
    }
    bindings::timers::run_immediates(ctx, env);
    run_jobs(ctx, env, &env.event_loop.closing);
    bindings::timers::run_due(ctx, env);
}

/// How long the poll phase may wait, in ms; `None`: until something happens.
fn timeout(env: &Env) -> Option<u32> {
    let events = &env.event_loop;
    if events.busy() || events.immediates_referenced.get() || !events.alive() {
        return Some(0);
    }
    let deadline = events.timer.get()?;
    Some((deadline - env.now_ms()).clamp(0.0, f64::from(u32::MAX - 1)).ceil() as u32)
}

/// Runs the jobs that are there now; what they add waits for the next round.
fn run_jobs(ctx: &Ctx<'_>, env: &Env, jobs: &std::cell::RefCell<std::collections::VecDeque<crate::event_loop::Job>>) {
    let count = jobs.borrow().len();
    for _ in 0..count {
        if env.exiting().is_some() {
            return;
        }
        let job = jobs.borrow_mut().pop_front();
        match job {
            Some(job) => {
                crate::raw::forget_throw(ctx);
                job(ctx);
            }
            None => return,
        }
    }
}

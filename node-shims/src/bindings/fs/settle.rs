//! How an operation's answer reaches its caller: at once, through a request object, or through a promise.
//!
//! The system call of an asynchronous operation is made when it is submitted; only the news of it is late. An operation that found nothing there yet
//! (`EAGAIN`) is tried again when its descriptor is ready.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use porthole_abi::Errno;
use rquickjs::{Ctx, Function, JsLifetime, Object, Persistent, Result, Value};

use super::{Answer, Args, Entry, Failure, Trouble, failure};
use crate::Env;
use crate::continuation::Frame;
use crate::handles::{block_on, callback};

/// Where the news of an asynchronous operation goes.
struct Request {
    frame: Frame,
    target: Target,
}

enum Target {
    /// A `FSReqCallback`; `oncomplete` is called.
    Callback(Persistent<Object<'static>>),
    Promise { resolve: Persistent<Function<'static>>, reject: Persistent<Function<'static>> },
}

/// An operation that waits for its descriptor.
struct Waiting {
    entry: Entry,
    args: Vec<Persistent<Value<'static>>>,
    request: Request,
}

/// Operations that wait, by descriptor, in the order they came.
#[derive(Clone, Default)]
struct Queues(Rc<RefCell<BTreeMap<i32, VecDeque<Waiting>>>>);

// SAFETY: it holds `Persistent`s alone.
unsafe impl<'js> JsLifetime<'js> for Queues {
    type Changed<'to> = Queues;
}

pub fn call<'js>(ctx: &Ctx<'js>, entry: Entry, values: Vec<Value<'js>>) -> Result<Value<'js>> {
    let env = Env::of(ctx)?;
    let request = values.get(entry.request).filter(|value| value.is_object() || value.is_symbol()).cloned();
    let Some(request) = request else { return synchronous(ctx, &env, entry, &values) };

    let outcome = attempt(ctx, &env, entry, &values, false);
    let (target, given) = match request.as_object() {
        Some(object) => (Target::Callback(Persistent::save(ctx, object.clone())), Value::new_undefined(ctx.clone())),
        None => {
            let (promise, resolve, reject) = ctx.promise()?;
            (Target::Promise { resolve: Persistent::save(ctx, resolve), reject: Persistent::save(ctx, reject) }, promise.into_value())
        }
    };
    let request = Request { frame: Frame::now(ctx), target };
    match outcome {
        Err(Trouble::Thrown(error)) => return Err(error),
        Err(Trouble::Failed(Failure { errno: Errno::EAGAIN, .. })) if entry.wait != 0 => {
            let fd = values.first().and_then(Value::as_int).unwrap_or(-1);
            let args = values.iter().map(|value| Persistent::save(ctx, value.clone())).collect();
            wait(ctx, &env, fd, Waiting { entry, args, request });
        }
        Err(Trouble::Failed(failure)) => env.event_loop.complete(move |ctx| deliver(ctx, request, Err(failure))),
        Ok(answer) => env.event_loop.complete(move |ctx| deliver(ctx, request, Ok(answer))),
    }
    Ok(given)
}

fn attempt<'js>(
    ctx: &Ctx<'js>,
    env: &Env,
    entry: Entry,
    values: &[Value<'js>],
    synchronous: bool,
) -> std::result::Result<Answer, Trouble> {
    // An earlier operation that was said to have succeeded has not. These two never fail.
    let may_fail = !matches!(entry.name, "existsSync" | "internalModuleStat");
    if may_fail && let Some(late) = env.take_late() {
        return Err(Trouble::Failed(late));
    }
    let outcome = (entry.operation)(&Args { ctx, env, values, synchronous });
    // Whoever syncs or closes wants to know of all before it.
    match (entry.name, outcome) {
        ("fsync" | "fdatasync" | "close", Ok(answer)) => match env.take_late() {
            Some(late) => Err(Trouble::Failed(late)),
            None => Ok(answer),
        },
        (_, outcome) => outcome,
    }
}

fn synchronous<'js>(ctx: &Ctx<'js>, env: &Env, entry: Entry, values: &[Value<'js>]) -> Result<Value<'js>> {
    loop {
        match attempt(ctx, env, entry, values, true) {
            Ok(answer) => return answer.into_js(ctx, false),
            Err(Trouble::Failed(Failure { errno: Errno::EAGAIN, .. })) if entry.wait != 0 => {
                let fd = values.first().and_then(Value::as_int).unwrap_or(-1);
                if let Err(errno) = block_on(env, fd, entry.wait) {
                    return Err(Failure::new(errno, "poll").throw(ctx));
                }
            }
            Err(Trouble::Failed(failure)) => {
                // Some callers pass an object for the error in place of an exception.
                if let Some(report) = values.get(entry.request.saturating_add(1)).and_then(Value::as_object) {
                    report.set("errno", failure.number())?;
                    report.set("syscall", failure.syscall)?;
                    return Ok(Value::new_undefined(ctx.clone()));
                }
                return Err(failure.throw(ctx));
            }
            Err(Trouble::Thrown(error)) => return Err(error),
        }
    }
}

fn queues(ctx: &Ctx<'_>) -> Queues {
    if let Some(queues) = ctx.userdata::<Queues>() {
        return queues.clone();
    }
    let queues = Queues::default();
    let _ = ctx.store_userdata(queues.clone());
    queues
}

fn wait(ctx: &Ctx<'_>, env: &Env, fd: i32, waiting: Waiting) {
    let queues = queues(ctx);
    env.event_loop.begin_request();
    queues.0.borrow_mut().entry(fd).or_default().push_back(waiting);
    watch(env, &queues, fd);
}

/// Watches for what the first waiting operation needs.
fn watch(env: &Env, queues: &Queues, fd: i32) {
    let mask = queues.0.borrow().get(&fd).map_or(0, |queue| queue.iter().fold(0, |mask, waiting| mask | waiting.entry.wait));
    if mask == 0 {
        queues.0.borrow_mut().remove(&fd);
        env.unwatch(fd);
        return;
    }
    let again = queues.clone();
    let watched = env.watch(fd, mask, Rc::new(move |ctx: &Ctx<'_>, _| retry(ctx, &again, fd)));
    if let Err(errno) = watched {
        let failed = queues.0.borrow_mut().remove(&fd).unwrap_or_default();
        for waiting in failed {
            env.event_loop.end_request();
            env.event_loop.complete(move |ctx| deliver(ctx, waiting.request, Err(Failure::new(errno, "poll"))));
        }
    }
}

fn retry(ctx: &Ctx<'_>, queues: &Queues, fd: i32) {
    let Ok(env) = Env::of(ctx) else { return };
    let count = queues.0.borrow().get(&fd).map_or(0, VecDeque::len);
    let mut done = Vec::new();
    for _ in 0..count {
        let Some(waiting) = queues.0.borrow_mut().get_mut(&fd).and_then(VecDeque::pop_front) else { break };
        let values: Vec<Value<'_>> = waiting.args.iter().filter_map(|value| value.clone().restore(ctx).ok()).collect();
        match attempt(ctx, &env, waiting.entry, &values, false) {
            Err(Trouble::Failed(Failure { errno: Errno::EAGAIN, .. })) => {
                // Order is kept: what came after it waits, too.
                queues.0.borrow_mut().entry(fd).or_default().push_front(waiting);
                break;
            }
            Err(Trouble::Failed(failure)) => done.push((waiting.request, Err(failure))),
            Err(Trouble::Thrown(_)) => done.push((waiting.request, Err(Failure::new(Errno::EINVAL, "read")))),
            Ok(answer) => done.push((waiting.request, Ok(answer))),
        }
    }
    watch(&env, queues, fd);
    for (request, outcome) in done {
        env.event_loop.end_request();
        deliver(ctx, request, outcome);
    }
}

/// Fails what waits for a descriptor that is being closed.
pub fn closed(ctx: &Ctx<'_>, env: &Env, fd: i32) {
    let Some(queues) = ctx.userdata::<Queues>().map(|queues| queues.clone()) else { return };
    let Some(queue) = queues.0.borrow_mut().remove(&fd) else { return };
    env.unwatch(fd);
    for waiting in queue {
        env.event_loop.end_request();
        env.event_loop.complete(move |ctx| deliver(ctx, waiting.request, Err(Failure::new(Errno::EBADF, "read"))));
    }
}

fn deliver(ctx: &Ctx<'_>, request: Request, outcome: std::result::Result<Answer, Failure>) {
    if let Err(error) = try_deliver(ctx, request, outcome)
        && let Ok(env) = Env::of(ctx)
    {
        crate::bindings::errors::uncaught(ctx, &env, error);
    }
}

fn try_deliver<'js>(ctx: &Ctx<'js>, request: Request, outcome: std::result::Result<Answer, Failure>) -> Result<()> {
    let env = Env::of(ctx)?;
    let Request { frame, target } = request;
    match target {
        Target::Callback(request) => {
            let request = request.restore(ctx)?;
            match outcome {
                // As Node's `FSReqCallback::Resolve`: an operation without a result calls with the error alone.
                Ok(Answer::Nothing) => {
                    callback(ctx, &env, &frame, &request, "oncomplete", (Value::new_null(ctx.clone()),));
                }
                Ok(answer) => {
                    let value = answer.into_js(ctx, true)?;
                    callback(ctx, &env, &frame, &request, "oncomplete", (Value::new_null(ctx.clone()), value));
                }
                Err(failure) => {
                    let error = failure::value(ctx, &failure)?;
                    callback(ctx, &env, &frame, &request, "oncomplete", (error,));
                }
            }
        }
        Target::Promise { resolve, reject } => {
            let (func, value) = match outcome {
                Ok(answer) => (resolve, answer.into_js(ctx, true)?),
                Err(failure) => (reject, failure::value(ctx, &failure)?),
            };
            let func = func.restore(ctx)?;
            frame.enter(ctx, || env.make_callback(ctx, Value::new_undefined(ctx.clone()), &func, (value,)));
        }
    }
    Ok(())
}

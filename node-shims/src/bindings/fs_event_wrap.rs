//! `internalBinding('fs_event_wrap')`, and the watching half of `fs.watchFile`: streams of what changes at a path.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use porthole_abi::stat::Stat;
use porthole_abi::Syscalls;
use rquickjs::{Ctx, JsLifetime, Object, Result, TypedArray, Value};

use super::buffer::{Encoding, js_string};
use super::fs::{name, stat_fields};
use super::{method, script};
use crate::Env;
use crate::event_loop::HandleId;
use crate::continuation::Frame;
use crate::handles::{Handles, callback, uv};

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    method(&binding, "start", |ctx: Ctx<'js>, id: u32, path: Value<'js>, recursive: bool, encoding: Value<'js>| -> Result<i32> {
        let encoding = Encoding::parse(Some(&encoding).filter(|value| !value.is_undefined()), Encoding::Utf8);
        let path = path_bytes(&path)?;
        let own = path.rsplit(|&b| b == b'/').find(|part| !part.is_empty()).unwrap_or_default().to_vec();
        watch(&ctx, HandleId(id), &path, recursive, move |ctx, env, handle, kind, changed| {
            let event = if kind == 0 { "rename" } else { "change" };
            let changed = if changed.is_empty() { &own } else { changed };
            let changed = name(ctx, changed, encoding).unwrap_or_else(|_| Value::new_null(ctx.clone()));
            callback(ctx, env, &Frame::default(), handle, "onchange", (0, event, changed));
        })
    })?;
    script(ctx, "fs_event_wrap", &binding)?;
    Ok(binding)
}

/// Looks at a watched file and tells of it if it is another.
type Look = Rc<dyn Fn(&Ctx<'_>, &Env)>;

/// What `fs.watchFile` watches, by the number of the handle.
#[derive(Clone, Default)]
struct StatWatchers(Rc<RefCell<BTreeMap<u32, Look>>>);

// SAFETY: it holds nothing of JavaScript's.
unsafe impl<'js> JsLifetime<'js> for StatWatchers {
    type Changed<'to> = StatWatchers;
}

/// Gives the `handles` binding what `fs.watchFile` needs: events tell of a change at once, and `statWatcherLook`, called at the interval, of what no
/// event is for (a folder's own time, what a link points at).
pub fn define_stat_watcher<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    let watchers = StatWatchers::default();
    let _ = ctx.store_userdata(watchers.clone());
    let all = watchers.clone();
    method(binding, "statWatcherStart", move |ctx: Ctx<'js>, id: u32, path: Value<'js>, bigint: bool| -> Result<i32> {
        let env = Env::of(&ctx)?;
        let path = path_bytes(&path)?;
        let stat = {
            let path = path.clone();
            move |env: &Env| env.stat(&path, 0).map(|reply| reply.stat)
        };
        let last = Rc::new(RefCell::new(stat(&env)));
        let missing = last.borrow().is_err();
        let seen = last.clone();
        let look: Look = Rc::new(move |ctx, env| {
            let now = stat(env);
            let before = seen.replace(now.clone());
            if now != before
                && let Some(handle) = Handles::of(ctx).object(ctx, HandleId(id))
            {
                let status = now.as_ref().err().map_or(0, |errno| uv(*errno));
                let _ = report(ctx, env, &handle, status, &now.unwrap_or_default(), &before.unwrap_or_default(), bigint);
            }
        });
        all.0.borrow_mut().insert(id, look.clone());
        // The folder is watched: the file need not be there yet, and may be replaced.
        let folder = nearest_folder(&env, &path);
        let started = watch(&ctx, HandleId(id), &folder, false, move |ctx, env, _, _, _| look(ctx, env))?;
        if started == 0 && missing {
            // As libuv: a file that is missing at the start is told once.
            env.event_loop.complete(move |ctx| {
                let Ok(env) = Env::of(ctx) else { return };
                let (Err(errno), Some(handle)) = (last.borrow().clone(), Handles::of(ctx).object(ctx, HandleId(id))) else { return };
                let _ = report(ctx, &env, &handle, uv(errno), &Stat::default(), &Stat::default(), bigint);
            });
        }
        Ok(started)
    })?;
    let all = watchers.clone();
    method(binding, "statWatcherLook", move |ctx: Ctx<'js>, id: u32| -> Result<()> {
        let look = all.0.borrow().get(&id).cloned();
        if let Some(look) = look {
            look(&ctx, &*Env::of(&ctx)?);
        }
        Ok(())
    })?;
    method(binding, "statWatcherStop", move |id: u32| drop(watchers.0.borrow_mut().remove(&id)))
}

fn path_bytes(path: &Value<'_>) -> Result<Vec<u8>> {
    match super::buffer::Bytes::of(path) {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Ok(js_string::to_utf8(path)?.into_bytes()),
    }
}

fn nearest_folder(env: &Env, path: &[u8]) -> Vec<u8> {
    let mut path = path.to_vec();
    loop {
        match path.iter().rposition(|&b| b == b'/') {
            Some(0) => return b"/".to_vec(),
            Some(at) => path.truncate(at),
            None => return b".".to_vec(),
        }
        if env.stat(&path, 0).is_ok() {
            return path;
        }
    }
}

fn report<'js>(ctx: &Ctx<'js>, env: &Env, handle: &Object<'js>, status: i32, now: &Stat, before: &Stat, bigint: bool) -> Result<()> {
    let fields: Vec<i64> = stat_fields(now).into_iter().chain(stat_fields(before)).collect();
    let array = if bigint {
        TypedArray::<i64>::new(ctx.clone(), fields)?.into_value()
    } else {
        TypedArray::<f64>::new(ctx.clone(), fields.iter().map(|field| *field as f64).collect::<Vec<_>>())?.into_value()
    };
    callback(ctx, env, &Frame::default(), handle, "onchange", (status, array));
    Ok(())
}

/// Calls `changed(ctx, env, handle, kind, name)` for each change at `path`; 0 or a status below zero.
fn watch(
    ctx: &Ctx<'_>,
    id: HandleId,
    path: &[u8],
    recursive: bool,
    changed: impl for<'js> Fn(&Ctx<'js>, &Env, &Object<'js>, u8, &[u8]) + 'static,
) -> Result<i32> {
    let env = Env::of(ctx)?;
    let fd = match env.watch_path(path, recursive.into()) {
        Ok(reply) => reply.fd,
        Err(errno) => return Ok(uv(errno)),
    };
    let handles = Handles::of(ctx);
    let stream = handles.add_stream(id, fd);
    let partial = RefCell::new(Vec::new());
    stream.set_consumer(Some(Rc::new(move |ctx: &Ctx<'_>, bytes: &[u8], _status: i32| {
        let Ok(env) = Env::of(ctx) else { return };
        partial.borrow_mut().extend_from_slice(bytes);
        loop {
            let Some((kind, name)) = next_record(&mut partial.borrow_mut()) else { return };
            let Some(handle) = Handles::of(ctx).object(ctx, id) else { return };
            changed(ctx, &env, &handle, kind, &name);
        }
    })));
    Ok(stream.read_start(&env))
}

/// Takes one record `kind:u8 len:u16 name` off the front.
fn next_record(bytes: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let &[kind, low, high, ..] = bytes.as_slice() else { return None };
    let end = 3 + usize::from(u16::from_le_bytes([low, high]));
    let name = bytes.get(3..end)?.to_vec();
    bytes.drain(..end);
    Some((kind, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_taken_whole() {
        let mut bytes = vec![1, 2, 0, b'a', b'b', 0, 1, 0];
        assert_eq!(next_record(&mut bytes), Some((1, b"ab".to_vec())));
        assert_eq!(next_record(&mut bytes), None);
        bytes.push(b'c');
        assert_eq!(next_record(&mut bytes), Some((0, b"c".to_vec())));
        assert!(bytes.is_empty());
    }
}

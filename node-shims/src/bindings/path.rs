//! `internalBinding('path')`: short ways ([`quick`]) for `path.posix`. Taken code unit by code unit by an interpreter, joining two names costs more than a call
//! of `fs`, and the module loader joins and resolves several for each module.
//!
//! They go over UTF-8: separators and dots are ASCII, so what is between them does not matter. A string with a lone surrogate is left to Node's own function.

use rquickjs::{Ctx, Object, Result, Value};

use super::buffer::js_string;
use super::quick::{self, Values, Way, Ways};
use crate::Env;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    super::method(&binding, "quicken", |ctx: Ctx<'js>, posix: Object<'js>| quick::install(&ctx, &posix, Ways::Path))?;
    Ok(binding)
}

/// Functions of `path.posix` and their short ways.
pub const QUICK_PATH: &[(&str, Way)] = &[
    ("join", join),
    ("resolve", resolve),
    ("normalize", normalize),
    ("dirname", dirname),
    ("basename", basename),
    ("extname", extname),
    ("isAbsolute", is_absolute),
];

/// Does something with the bytes of a string.
fn with_text<R>(value: &Value<'_>, work: impl FnOnce(&[u8]) -> R) -> Option<R> {
    if !value.is_string() {
        return None;
    }
    js_string::with_wtf8(value, |text| (text.is_ascii() || std::str::from_utf8(text).is_ok()).then(|| work(text))).ok()?
}

/// The one argument that may be passed.
fn only<'a, 'js>(values: &'a Values<'js>) -> Option<&'a Value<'js>> {
    match values.passed() {
        [path] => Some(path),
        _ => None,
    }
}

/// A string made of a path, which is the path itself where nothing is to be changed.
fn changed<'js>(ctx: &Ctx<'js>, path: &Value<'js>, new: &[u8], old: &[u8]) -> Result<Value<'js>> {
    if new == old { Ok(path.clone()) } else { js_string::from_utf8(ctx, new) }
}

fn join<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let mut joined = Vec::with_capacity(128);
    for value in values.passed() {
        with_text(value, |part| {
            if !joined.is_empty() && !part.is_empty() {
                joined.push(b'/');
            }
            joined.extend_from_slice(part);
        })?;
    }
    Some(js_string::from_utf8(ctx, &normalized(&joined)))
}

/// Where the working directory matters it is left to Node's own function.
fn resolve<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let mut resolved: Vec<u8> = Vec::with_capacity(128);
    for value in values.passed().iter().rev() {
        let whole = with_text(value, |part| {
            if !part.is_empty() {
                resolved.splice(0..0, part.iter().copied().chain([b'/']));
            }
            part.starts_with(b"/")
        })?;
        if whole {
            let mut path = vec![b'/'];
            push_parts(&mut path, &resolved, false);
            return Some(js_string::from_utf8(ctx, &path));
        }
    }
    None
}

fn normalize<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let path = only(values)?;
    let new = with_text(path, normalized)?;
    Some(js_string::from_utf8(ctx, &new))
}

fn dirname<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let path = only(values)?;
    with_text(path, |text| changed(ctx, path, directory_of(text), text))
}

fn basename<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let path = only(values)?;
    with_text(path, |text| {
        let name = without_slashes(text);
        let name = name.iter().rposition(|&byte| byte == b'/').and_then(|at| name.get(at + 1..)).unwrap_or(name);
        changed(ctx, path, name, text)
    })
}

fn extname<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let path = only(values)?;
    with_text(path, |text| js_string::from_utf8(ctx, extension_of(text)))
}

fn is_absolute<'js>(ctx: &Ctx<'js>, _env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    with_text(only(values)?, |path| Ok(Value::new_bool(ctx.clone(), path.starts_with(b"/"))))
}

fn without_slashes(mut path: &[u8]) -> &[u8] {
    while let Some(rest) = path.strip_suffix(b"/") {
        path = rest;
    }
    path
}

/// Appends the parts of a path without `.`, `..` and doubled slashes. `above`: what leads above its beginning stays.
fn push_parts(out: &mut Vec<u8>, path: &[u8], above: bool) {
    let begin = out.len();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                let kept = out.get(begin..).unwrap_or_default();
                let last = kept.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
                if !kept.is_empty() && kept.get(last..) != Some(b"..") {
                    out.truncate(begin + last.saturating_sub(1));
                } else if above {
                    push_part(out, begin, part);
                }
            }
            part => push_part(out, begin, part),
        }
    }
}

fn push_part(out: &mut Vec<u8>, begin: usize, part: &[u8]) {
    if out.len() > begin {
        out.push(b'/');
    }
    out.extend_from_slice(part);
}

fn normalized(path: &[u8]) -> Vec<u8> {
    let (absolute, slash) = (path.starts_with(b"/"), path.ends_with(b"/"));
    let mut out = Vec::with_capacity(path.len() + 1);
    if absolute {
        out.push(b'/');
    }
    let begin = out.len();
    push_parts(&mut out, path, !absolute);
    if out.len() > begin {
        if slash {
            out.push(b'/');
        }
    } else if !absolute {
        out.extend_from_slice(if slash { b"./" } else { b"." });
    }
    out
}

fn directory_of(path: &[u8]) -> &[u8] {
    let root: &[u8] = if path.starts_with(b"/") { b"/" } else { b"." };
    let name_end = without_slashes(path).len();
    // The slash before the last name, which is not the path's first character.
    match path.get(..name_end).and_then(|path| path.iter().rposition(|&byte| byte == b'/')) {
        None | Some(0) => root,
        // As Node has it for `//name`.
        Some(1) if root == b"/" => b"//",
        Some(at) => path.get(..at).unwrap_or_default(),
    }
}

fn extension_of(path: &[u8]) -> &[u8] {
    let path = without_slashes(path);
    let name = path.iter().rposition(|&byte| byte == b'/').and_then(|at| path.get(at + 1..)).unwrap_or(path);
    match name.iter().rposition(|&byte| byte == b'.') {
        None | Some(0) => b"",
        Some(_) if name == b".." => b"",
        Some(at) => name.get(at..).unwrap_or_default(),
    }
}

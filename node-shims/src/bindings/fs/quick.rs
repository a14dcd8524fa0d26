//! Short ways ([`quick`]) for the commonest calls of `fs`.

use std::rc::Rc;

use porthole_abi::{Errno, Stat, flags};
use rquickjs::{Ctx, JsLifetime, Object, Persistent, Result, Value, qjs};

use super::{Failure, descriptor};
use crate::Env;
use crate::bindings::quick::{self, Values, Way};
use crate::bindings::buffer::{Bytes, buffer_prototype, js_string};
use crate::file_cache::LARGE;

/// Names of `fs` and their short ways; the number of parameters is taken from Node's own.
pub const QUICK_FS: &[(&str, Way)] = &[
    ("existsSync", exists),
    ("accessSync", access),
    ("statSync", stat),
    ("lstatSync", lstat),
    ("readFileSync", read_file),
    ("readdirSync", readdir),
    ("realpathSync", realpath),
    ("writeFileSync", write_file),
    ("appendFileSync", append_file),
    ("renameSync", rename),
    ("unlinkSync", unlink),
    ("mkdirSync", mkdir),
    ("rmdirSync", rmdir),
];

/// The prototype and the names of the fields of `fs.Stats`.
struct Stats {
    prototype: Persistent<Object<'static>>,
    atoms: [qjs::JSAtom; FIELDS.len()],
    /// An object with each number of the fields. While they live, so do the engine's shapes, which every new object then passes through without making
    /// them anew.
    _shapes: Vec<Persistent<Value<'static>>>,
}

// SAFETY: it holds a `Persistent`, and atoms, which belong to the runtime.
unsafe impl<'js> JsLifetime<'js> for Stats {
    type Changed<'to> = Stats;
}

/// In the order in which Node's constructor sets them.
const FIELDS: [&str; 14] =
    ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks", "atimeMs", "mtimeMs", "ctimeMs", "birthtimeMs"];

/// Puts the short ways in front of the functions of `fs`.
pub fn quicken<'js>(ctx: &Ctx<'js>, fs: &Object<'js>) -> Result<()> {
    let class: Object = fs.get("Stats")?;
    let prototype: Object = class.get("prototype")?;
    let mut atoms = [0; FIELDS.len()];
    for (atom, name) in atoms.iter_mut().zip(FIELDS) {
        // SAFETY: the text is given with its length; the atom is kept as long as the context lives.
        *atom = unsafe { qjs::JS_NewAtomLen(ctx.as_raw().as_ptr(), name.as_ptr().cast(), name.len() as _) };
    }
    let shapes = (1..=FIELDS.len())
        .map(|count| Ok(Persistent::save(ctx, filled(ctx, &prototype, &atoms[..count], &[0.0; FIELDS.len()])?)))
        .collect::<Result<_>>()?;
    let _ = ctx.store_userdata(Stats { prototype: Persistent::save(ctx, prototype), atoms, _shapes: shapes });
    quick::install(ctx, fs, quick::Ways::Fs)
}

/// Does something with a path that is a string without zeros; with its bytes where they are UTF-8.
fn with_path<R>(value: &Value<'_>, work: impl FnOnce(&[u8]) -> Option<R>) -> Option<R> {
    if !value.is_string() {
        return None;
    }
    js_string::with_wtf8(value, |path| {
        let plain = !path.is_empty() && memchr::memchr(0, path).is_none() && (path.is_ascii() || std::str::from_utf8(path).is_ok());
        plain.then(|| work(path)).flatten()
    })
    .ok()?
}

fn exists<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let there = with_path(&values[0], |path| Some(env.access(path, flags::F_OK).is_ok()))?;
    Some(Ok(Value::new_bool(ctx.clone(), there)))
}

fn access<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let mode = if values[1].is_undefined() { flags::F_OK } else { u32::try_from(values[1].as_int()?).ok().filter(|mode| *mode <= 7)? };
    with_path(&values[0], |path| env.access(path, mode).ok())?;
    Some(Ok(Value::new_undefined(ctx.clone())))
}

fn stat<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    stat_how(ctx, env, values, 0)
}

fn lstat<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    stat_how(ctx, env, values, flags::NOFOLLOW)
}

fn stat_how<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>, how: u32) -> Option<Result<Value<'js>>> {
    if !values[1].is_undefined() {
        return None;
    }
    let found = with_path(&values[0], |path| env.stat(path, how).ok())?;
    Some(to_stats(ctx, &found.stat))
}

/// An `fs.Stats`.
fn to_stats<'js>(ctx: &Ctx<'js>, stat: &Stat) -> Result<Value<'js>> {
    let stats = ctx.userdata::<Stats>().ok_or(rquickjs::Error::Unknown)?;
    let prototype = stats.prototype.clone().restore(ctx)?;
    let ms = |nanoseconds: i64| {
        let (seconds, rest) = (nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000));
        // As Node adds the two up.
        seconds as f64 * 1000.0 + rest as f64 / 1e6
    };
    let fields: [f64; FIELDS.len()] = [
        stat.dev as f64,
        stat.mode.into(),
        stat.nlink.into(),
        stat.uid.into(),
        stat.gid.into(),
        stat.rdev as f64,
        stat.blksize.into(),
        stat.ino as f64,
        stat.size as f64,
        stat.blocks as f64,
        ms(stat.atime),
        ms(stat.mtime),
        ms(stat.ctime),
        ms(stat.birthtime),
    ];
    filled(ctx, &prototype, &stats.atoms, &fields)
}

/// A new object with a number under each name.
fn filled<'js>(ctx: &Ctx<'js>, prototype: &Object<'js>, names: &[qjs::JSAtom], numbers: &[f64; FIELDS.len()]) -> Result<Value<'js>> {
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: a new object, and values that hold no reference.
    unsafe {
        let object = crate::raw::take(ctx, qjs::JS_NewObjectProto(raw, prototype.as_raw()))?;
        for (name, number) in names.iter().zip(numbers) {
            let whole = *number as i32;
            let value = if f64::from(whole) == *number { qjs::JS_MKVAL(qjs::JS_TAG_INT, whole) } else { qjs::JS_NewFloat64(*number) };
            if qjs::JS_DefinePropertyValue(raw, object.as_raw(), *name, value, qjs::JS_PROP_C_W_E as i32) < 0 {
                return Err(rquickjs::Error::Exception);
            }
        }
        Ok(object)
    }
}

/// A path that is known to be real is given back. The module loader asks with options of its own, which hold no encoding.
fn realpath<'js>(_ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    if !values[1].is_undefined() {
        let encoding: Value = values[1].as_object().filter(|options| !options.is_function())?.get("encoding").ok()?;
        if !encoding.is_undefined() {
            return None;
        }
    }
    let real = with_path(&values[0], |path| Some(path.starts_with(b"/") && env.known(path, |files| files.is_real(path).then_some(())).is_some()))?;
    real.then(|| Ok(values[0].clone()))
}

/// What `readFileSync` shall give for its options: a buffer, or text.
fn wants_text(options: &Value<'_>) -> Option<bool> {
    if options.is_undefined() || options.is_null() {
        return Some(false);
    }
    is_utf8(options).then_some(true)
}

fn is_utf8(value: &Value<'_>) -> bool {
    value.is_string() && js_string::with_wtf8(value, |text| matches!(text, b"utf8" | b"utf-8")).unwrap_or(false)
}

fn read_file<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    let text = wants_text(&values[1])?;
    let contents: Rc<[u8]> = with_path(&values[0], |path| env.contents(path, LARGE).ok())?;
    Some(if text { js_string::from_utf8(ctx, &contents) } else { to_buffer(ctx, &contents) })
}

/// A `Buffer` with a copy of the bytes.
fn to_buffer<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    let prototype = buffer_prototype(ctx).ok_or(rquickjs::Error::Unknown)?;
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the engine copies the bytes.
    unsafe {
        let array = crate::raw::take(ctx, qjs::JS_NewUint8ArrayCopy(raw, bytes.as_ptr(), bytes.len() as _))?;
        if qjs::JS_SetPrototype(raw, array.as_raw(), prototype.as_raw()) < 0 {
            return Err(rquickjs::Error::Exception);
        }
        Ok(array)
    }
}

fn readdir<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    if !values[1].is_undefined() {
        return None;
    }
    let names = with_path(&values[0], |path| env.names(path, |name| js_string::from_utf8(ctx, name)).ok())?;
    Some(names.and_then(|names| to_array(ctx, names)))
}

fn to_array<'js>(ctx: &Ctx<'js>, values: Vec<Value<'js>>) -> Result<Value<'js>> {
    let raw: Vec<qjs::JSValue> = values.iter().map(|value| value.as_raw()).collect();
    // SAFETY: each value gets a count of its own, which the array takes over.
    unsafe {
        for value in &raw {
            qjs::JS_DupValue(ctx.as_raw().as_ptr(), *value);
        }
        crate::raw::take(ctx, qjs::JS_NewArrayFrom(ctx.as_raw().as_ptr(), raw.len() as i32, raw.as_ptr()))
    }
}

fn write_file<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    write_with(ctx, env, values, flags::O_WRONLY | flags::O_CREAT | flags::O_TRUNC)
}

fn append_file<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    write_with(ctx, env, values, flags::O_WRONLY | flags::O_CREAT | flags::O_APPEND)
}

fn write_with<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>, how: u32) -> Option<Result<Value<'js>>> {
    if !(values[2].is_undefined() || is_utf8(&values[2])) {
        return None;
    }
    let write = |path: &[u8], data: &[u8]| -> Option<std::result::Result<(), Failure>> {
        // What is not a file may take a part, and the rest later.
        if data.len() > descriptor::PIECE || path.starts_with(b"/dev/") || path.starts_with(b"/proc/") {
            return None;
        }
        Some(env.write_file(path, data, how, 0o666).map(drop).map_err(|errno| match errno {
            Errno::ENOSPC | Errno::EFBIG | Errno::EIO => Failure::new(errno, "write"),
            _ => Failure::at(errno, "open", path),
        }))
    };
    let data = &values[1];
    let written = if data.is_string() {
        js_string::with_wtf8(data, |text| (text.is_ascii() || std::str::from_utf8(text).is_ok()).then(|| with_path(&values[0], |path| write(path, text))).flatten())
            .ok()??
    } else {
        let bytes = Bytes::of(data)?;
        with_path(&values[0], |path| write(path, bytes.as_slice()))?
    };
    Some(match written {
        Ok(()) => Ok(Value::new_undefined(ctx.clone())),
        Err(failure) => Err(failure.throw(ctx)),
    })
}

/// Calls that say nothing when they succeed. A failure has changed nothing: Node's own function meets it again, and says it in its own words.
fn done<'js>(ctx: &Ctx<'js>, result: Option<()>) -> Option<Result<Value<'js>>> {
    result.map(|()| Ok(Value::new_undefined(ctx.clone())))
}

fn rename<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    done(ctx, with_path(&values[0], |from| with_path(&values[1], |to| env.rename(from, to, 0).ok().map(drop))))
}

fn unlink<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    done(ctx, with_path(&values[0], |path| env.unlink(path).ok().map(drop)))
}

fn mkdir<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    if !values[1].is_undefined() {
        return None;
    }
    done(ctx, with_path(&values[0], |path| env.mkdir(path, 0o777).ok().map(drop)))
}

fn rmdir<'js>(ctx: &Ctx<'js>, env: &Env, values: &Values<'js>) -> Option<Result<Value<'js>>> {
    if !values[1].is_undefined() {
        return None;
    }
    done(ctx, with_path(&values[0], |path| env.rmdir(path).ok().map(drop)))
}

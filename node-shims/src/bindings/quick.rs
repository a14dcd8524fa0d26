//! Short ways for functions of Node's library that programs call most.
//!
//! Interpreted, Node's own `statSync` takes several times as long as the whole call under V8: paths are validated, options read, arrays filled and copied
//! into an object. A short way is a native function in front of Node's own. It does the work where the arguments are the plain ones (a string for a path,
//! no options or the commonest) and nothing goes wrong. Everything else, errors above all, is left to Node's own function, as if it had not been there.

use std::ops::Index;

use rquickjs::{Ctx, Function, Object, Result, Value, qjs};

use super::fs::QUICK_FS;
use super::path::QUICK_PATH;
use crate::Env;

/// What a short way does: nothing where Node's own function shall be called.
pub type Way = for<'js> fn(&Ctx<'js>, &Env, &Values<'js>) -> Option<Result<Value<'js>>>;

/// More arguments than any short way has uses for.
const VALUES: usize = 4;

/// The arguments of a call.
pub struct Values<'js> {
    values: [Value<'js>; VALUES],
    count: usize,
}

impl<'js> Values<'js> {
    /// Those that were passed.
    pub fn passed(&self) -> &[Value<'js>] {
        self.values.get(..self.count).unwrap_or_default()
    }
}

/// An argument, undefined where none was passed.
impl<'js> Index<usize> for Values<'js> {
    type Output = Value<'js>;
    fn index(&self, at: usize) -> &Value<'js> {
        &self.values[at]
    }
}

/// Whose functions have short ways.
#[derive(Clone, Copy, Debug)]
pub enum Ways {
    Fs = 0,
    Path = 1,
}

/// Names of functions and their short ways.
const TABLES: [&[(&str, Way)]; 2] = [QUICK_FS, QUICK_PATH];

/// Puts short ways in front of the functions of `object`; names, numbers of parameters and properties are taken from Node's own.
pub fn install<'js>(ctx: &Ctx<'js>, object: &Object<'js>, ways: Ways) -> Result<()> {
    let table = ways as usize;
    for (at, (name, _)) in TABLES[table].iter().enumerate() {
        let own: Function = object.get(*name)?;
        let length: i32 = own.get("length")?;
        let text = std::ffi::CString::new(*name).map_err(|_| rquickjs::Error::Unknown)?;
        let magic = (table << TABLE_SHIFT | at) as i32;
        // SAFETY: the engine duplicates the one value it is given.
        let way = unsafe {
            let mut data = [own.as_raw()];
            let raw = ctx.as_raw().as_ptr();
            crate::raw::take(ctx, qjs::JS_NewCFunctionData2(raw, Some(enter), text.as_ptr(), length, magic, 1, data.as_mut_ptr()))?
        };
        if let Some(way) = way.as_object() {
            // `realpathSync.native`.
            for property in own.props::<String, Value>() {
                let (name, value) = property?;
                way.set(name, value)?;
            }
        }
        object.set(*name, way)?;
    }
    Ok(())
}

const TABLE_SHIFT: usize = 8;

/// Called by the engine. `magic` is the way's place in the tables, `data` Node's own function.
unsafe extern "C" fn enter(
    raw: *mut qjs::JSContext,
    this: qjs::JSValue,
    argc: i32,
    argv: *mut qjs::JSValue,
    magic: i32,
    data: *mut qjs::JSValue,
) -> qjs::JSValue {
    let Some(live) = std::ptr::NonNull::new(raw) else { return qjs::JS_EXCEPTION };
    // SAFETY: the engine calls with a live context.
    let ctx = unsafe { Ctx::from_raw(live) };
    let quick = (|| {
        let (table, at) = (magic as usize >> TABLE_SHIFT, magic as usize & ((1 << TABLE_SHIFT) - 1));
        let (_, way) = TABLES.get(table)?.get(at)?;
        let count = usize::try_from(argc).ok().filter(|count| *count <= VALUES)?;
        let env = Env::of(&ctx).ok()?;
        // Node's own function throws it.
        if table == Ways::Fs as usize && env.is_late() {
            return None;
        }
        let values = std::array::from_fn(|at| {
            if at < count {
                // SAFETY: there are `argc` arguments; the copy has a count of its own.
                unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw, *argv.add(at))) }
            } else {
                Value::new_undefined(ctx.clone())
            }
        });
        way(&ctx, &env, &Values { values, count })
    })();
    match quick {
        // SAFETY: the value's count passes to the engine.
        Some(Ok(value)) => unsafe { qjs::JS_DupValue(raw, value.as_raw()) },
        Some(Err(_)) => qjs::JS_EXCEPTION,
        // SAFETY: Node's own function with the arguments as they came.
        None => unsafe { qjs::JS_Call(raw, *data, this, argc, argv) },
    }
}

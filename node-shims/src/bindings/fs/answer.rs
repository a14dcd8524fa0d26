//! What operations answer: Rust values until the moment they are handed to JavaScript, which for asynchronous calls is later.

use std::cell::RefCell;

use porthole_abi::stat::{Dirent, Stat, Statfs};
use rquickjs::function::Constructor;
use rquickjs::{Array, Ctx, JsLifetime, Object, Persistent, Result, Value};

use super::stat;
use crate::bindings::buffer::{Encoding, js_string};

pub enum Answer {
    Nothing,
    Null,
    Bool(bool),
    Number(f64),
    Text(Vec<u8>, Encoding),
    Names(Vec<Dirent>, Encoding),
    /// Names and kinds as two lists.
    Typed(Vec<Dirent>, Encoding),
    /// Names and kinds in turns, as `fs_dir` has them.
    Interleaved(Vec<Dirent>, Encoding),
    Stat(Stat, bool),
    Statfs(Statfs, bool),
    FileHandle(i32),
    /// A directory handle's number; `fs_dir` makes the object.
    Directory(u32),
}

struct FileHandleClass(RefCell<Option<Persistent<Constructor<'static>>>>);

// SAFETY: it holds `Persistent`s alone.
unsafe impl<'js> JsLifetime<'js> for FileHandleClass {
    type Changed<'to> = FileHandleClass;
}

/// Remembers the class that `lib/fs.js` made.
pub fn keep_file_handle<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    let class: Constructor = binding.get("FileHandle")?;
    let _ = ctx.store_userdata(FileHandleClass(RefCell::new(Some(Persistent::save(ctx, class)))));
    Ok(())
}

impl Answer {
    /// `fresh`: the arrays of a stat must not be the shared ones.
    pub fn into_js<'js>(self, ctx: &Ctx<'js>, fresh: bool) -> Result<Value<'js>> {
        Ok(match self {
            Answer::Nothing => Value::new_undefined(ctx.clone()),
            Answer::Null => Value::new_null(ctx.clone()),
            Answer::Bool(value) => Value::new_bool(ctx.clone(), value),
            Answer::Number(value) => Value::new_number(ctx.clone(), value),
            Answer::Text(bytes, encoding) => name(ctx, &bytes, encoding)?,
            Answer::Names(entries, encoding) => {
                let names = Array::new(ctx.clone())?;
                for (at, entry) in entries.iter().enumerate() {
                    names.set(at, name(ctx, &entry.name, encoding)?)?;
                }
                names.into_value()
            }
            Answer::Typed(entries, encoding) => {
                let (names, kinds) = (Array::new(ctx.clone())?, Array::new(ctx.clone())?);
                for (at, entry) in entries.iter().enumerate() {
                    names.set(at, name(ctx, &entry.name, encoding)?)?;
                    kinds.set(at, dirent_kind(entry.kind))?;
                }
                let both = Array::new(ctx.clone())?;
                both.set(0, names)?;
                both.set(1, kinds)?;
                both.into_value()
            }
            Answer::Interleaved(entries, encoding) => {
                let list = Array::new(ctx.clone())?;
                for (at, entry) in entries.iter().enumerate() {
                    list.set(at * 2, name(ctx, &entry.name, encoding)?)?;
                    list.set(at * 2 + 1, dirent_kind(entry.kind))?;
                }
                list.into_value()
            }
            Answer::Stat(stat, bigint) => stat::to_js(ctx, &stat, bigint, fresh)?,
            Answer::Statfs(statfs, bigint) => stat::statfs_to_js(ctx, &statfs, bigint)?,
            Answer::FileHandle(fd) => {
                let class = ctx.userdata::<FileHandleClass>().and_then(|class| class.0.borrow().clone());
                let class = class.ok_or(rquickjs::Error::Unknown)?.restore(ctx)?;
                class.construct((fd,))?
            }
            Answer::Directory(id) => Value::new_number(ctx.clone(), f64::from(id)),
        })
    }
}

/// A file name in the encoding that was asked for.
pub fn name<'js>(ctx: &Ctx<'js>, bytes: &[u8], encoding: Encoding) -> Result<Value<'js>> {
    match encoding {
        Encoding::Utf8 => js_string::from_utf8(ctx, bytes),
        Encoding::Buffer => buffer(ctx, bytes.to_vec()),
        other => other.decode(ctx, bytes),
    }
}

/// A `Buffer` that takes over `bytes`.
pub fn buffer<'js>(ctx: &Ctx<'js>, bytes: Vec<u8>) -> Result<Value<'js>> {
    let class: Object = ctx.globals().get("Buffer")?;
    let from: rquickjs::Function = class.get("from")?;
    let bytes = crate::bindings::buffer::bytes::array_buffer(ctx, bytes)?;
    from.call((rquickjs::function::This(class), bytes))
}

/// libuv's `UV_DIRENT_*`.
fn dirent_kind(kind: u8) -> u8 {
    use porthole_abi::flags;
    match kind {
        flags::DT_REG => 1,
        flags::DT_DIR => 2,
        flags::DT_LNK => 3,
        flags::DT_FIFO => 4,
        flags::DT_SOCK => 5,
        flags::DT_CHR => 6,
        flags::DT_BLK => 7,
        _ => 0,
    }
}

//! `internalBinding('fs_dir')`: directories read in portions. A directory handle is what the directory held when it was opened: names that come and go
//! while it is read, and a directory that is renamed or removed, make nothing come twice or be missed.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use porthole_abi::Errno;
use porthole_abi::stat::Dirent;
use rquickjs::{Ctx, JsLifetime, Object, Result};

use super::fs::{self, Answer, Args, Entry, Failure, Trouble};
use super::script;

type Outcome = std::result::Result<Answer, Trouble>;

/// By number, what has not been read.
#[derive(Clone, Default)]
struct Directories(Rc<RefCell<(u32, BTreeMap<u32, VecDeque<Dirent>>)>>);

// SAFETY: it holds nothing of JavaScript's.
unsafe impl<'js> JsLifetime<'js> for Directories {
    type Changed<'to> = Directories;
}

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let _ = ctx.store_userdata(Directories::default());
    let binding = Object::new(ctx.clone())?;
    for (name, request, operation) in [("open", 2, open as fs::Operation), ("read", 3, read), ("close", 1, close)] {
        fs::define(ctx, &binding, Entry { name, request, operation, wait: 0 })?;
    }
    script(ctx, "fs_dir", &binding)?;
    Ok(binding)
}

fn directories(args: &Args<'_, '_>) -> std::result::Result<Directories, Trouble> {
    match args.ctx.userdata::<Directories>() {
        Some(directories) => Ok(directories.clone()),
        None => Err(Trouble::Thrown(rquickjs::Error::Unknown)),
    }
}

/// `open(path, named)`: `named` says whether an error carries the path.
fn open(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    let fail = |errno| if args.flag(1) { Failure::at(errno, "opendir", &path) } else { Failure::new(errno, "opendir") };
    let names = args.env.entries(&path).map_err(fail)?;
    let directories = directories(args)?;
    let mut table = directories.0.borrow_mut();
    table.0 += 1;
    let id = table.0;
    table.1.insert(id, names.into());
    Ok(Answer::Directory(id))
}

/// `read(id, encoding, count)`: names and kinds in turns, or `null` at the end.
fn read(args: &Args<'_, '_>) -> Outcome {
    let id = args.u32(0, 0)?;
    let limit = args.u32(2, 32)?.max(1) as usize;
    let directories = directories(args)?;
    let mut table = directories.0.borrow_mut();
    let left = table.1.get_mut(&id).ok_or_else(|| Failure::new(Errno::EBADF, "scandir"))?;
    let entries: Vec<Dirent> = left.drain(..limit.min(left.len())).collect();
    if entries.is_empty() { Ok(Answer::Null) } else { Ok(Answer::Interleaved(entries, args.encoding(1))) }
}

fn close(args: &Args<'_, '_>) -> Outcome {
    directories(args)?.0.borrow_mut().1.remove(&args.u32(0, 0)?);
    Ok(Answer::Nothing)
}

//! `internalBinding('fs')`.
//!
//! Every operation is a plain function from arguments to an answer ([`Operation`]). Whether it is called synchronously, with a request object or for a
//! promise is decided once, in [`settle`].

mod answer;
mod args;
mod copy;
mod descriptor;
mod failure;
mod module;
mod path;
mod quick;
pub use quick::QUICK_FS;
pub mod settle;
mod stat;

use rquickjs::function::Rest;
use rquickjs::{Ctx, Object, Result, Value};

pub use answer::{Answer, buffer, name};
pub use descriptor::read_to_end;
pub use args::Args;
pub use failure::{Failure, Trouble};
pub use stat::fields as stat_fields;

/// Does one thing. May be called again with the same arguments when it failed with `EAGAIN`.
pub type Operation = for<'a, 'js> fn(&Args<'a, 'js>) -> std::result::Result<Answer, Trouble>;

/// An operation as Node's library calls it.
#[derive(Clone, Copy)]
pub struct Entry {
    pub name: &'static str,
    /// Which argument is the request: a `FSReqCallback`, `kUsePromises`, or nothing for a synchronous call.
    pub request: usize,
    pub operation: Operation,
    /// What to wait for on the first argument's descriptor at `EAGAIN`; 0: never.
    pub wait: u8,
}

const fn entry(name: &'static str, request: usize, operation: Operation) -> Entry {
    Entry { name, request, operation, wait: 0 }
}

const fn waiting(name: &'static str, request: usize, operation: Operation, wait: u8) -> Entry {
    Entry { name, request, operation, wait }
}

/// For operations that are only ever synchronous.
const NEVER: usize = usize::MAX;

const TABLE: &[Entry] = &[
    entry("access", 2, path::access),
    entry("open", 3, path::open),
    entry("openFileHandle", 3, path::open_file_handle),
    entry("rename", 2, path::rename),
    entry("link", 2, path::link),
    entry("symlink", 3, path::symlink),
    entry("readlink", 2, path::readlink),
    entry("realpath", 2, path::realpath),
    entry("unlink", 1, path::unlink),
    entry("rmdir", 1, path::rmdir),
    entry("mkdir", 3, path::mkdir),
    entry("mkdtemp", 2, path::mkdtemp),
    entry("readdir", 3, path::readdir),
    entry("copyFile", 3, path::copy_file),
    entry("chmod", 2, path::chmod),
    entry("chown", 3, path::chown),
    entry("lchown", 3, path::lchown),
    entry("utimes", 3, path::utimes),
    entry("lutimes", 3, path::lutimes),
    entry("rmSync", NEVER, path::remove),
    entry("existsSync", NEVER, path::exists),
    entry("stat", 2, stat::stat),
    entry("lstat", 2, stat::lstat),
    entry("fstat", 2, stat::fstat),
    entry("statfs", 2, stat::statfs),
    entry("internalModuleStat", NEVER, stat::module_stat),
    entry("close", 1, descriptor::close),
    waiting("read", 5, descriptor::read, porthole_abi::flags::READABLE),
    waiting("readBuffers", 3, descriptor::read_buffers, porthole_abi::flags::READABLE),
    waiting("writeBuffer", 5, descriptor::write_buffer, porthole_abi::flags::WRITABLE),
    waiting("writeBuffers", 3, descriptor::write_buffers, porthole_abi::flags::WRITABLE),
    waiting("writeString", 4, descriptor::write_string, porthole_abi::flags::WRITABLE),
    entry("readFileUtf8", NEVER, descriptor::read_file_utf8),
    entry("writeFileUtf8", NEVER, descriptor::write_file_utf8),
    entry("ftruncate", 2, descriptor::ftruncate),
    entry("fsync", 1, descriptor::fsync),
    entry("fdatasync", 1, descriptor::fdatasync),
    entry("fchmod", 2, descriptor::fchmod),
    entry("fchown", 3, descriptor::fchown),
    entry("futimes", 3, descriptor::futimes),
    entry("cpSyncCheckPaths", NEVER, copy::check_paths),
    entry("cpSyncOverrideFile", NEVER, copy::override_file),
    entry("cpSyncCopyDir", NEVER, copy::copy_dir),
    entry("legacyMainResolve", NEVER, module::legacy_main_resolve),
    entry("getFormatOfExtensionlessFile", NEVER, module::format_of_extensionless_file),
];

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    stat::create_arrays(ctx, &binding)?;
    for entry in TABLE {
        define(ctx, &binding, *entry)?;
    }
    super::script(ctx, "fs", &binding)?;
    answer::keep_file_handle(ctx, &binding)?;
    super::method(&binding, "quicken", |ctx: Ctx<'js>, fs: Object<'js>| quick::quicken(&ctx, &fs))?;
    Ok(binding)
}

/// Gives `binding` an operation as a function.
pub fn define<'js>(ctx: &Ctx<'js>, binding: &Object<'js>, entry: Entry) -> Result<()> {
    super::method(binding, entry.name, move |ctx: Ctx<'js>, args: Rest<Value<'js>>| settle::call(&ctx, entry, args.0))?;
    let _ = ctx;
    Ok(())
}

//! What can go wrong, and how Node says it.

use porthole_abi::Errno;
use rquickjs::function::Constructor;
use rquickjs::{Ctx, Object, Result, Value};

/// A system call that failed. `syscall` is libuv's name for it.
#[derive(Clone, Debug)]
pub struct Failure {
    pub errno: Errno,
    pub syscall: &'static str,
    pub path: Option<Vec<u8>>,
    pub dest: Option<Vec<u8>>,
}

pub enum Trouble {
    /// A JavaScript error is on its way already.
    Thrown(rquickjs::Error),
    Failed(Failure),
}

impl From<rquickjs::Error> for Trouble {
    fn from(error: rquickjs::Error) -> Self {
        Trouble::Thrown(error)
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Failed(failure)
    }
}

impl Failure {
    pub fn new(errno: Errno, syscall: &'static str) -> Self {
        Self { errno, syscall, path: None, dest: None }
    }

    pub fn at(errno: Errno, syscall: &'static str, path: &[u8]) -> Self {
        Self { errno, syscall, path: Some(path.to_vec()), dest: None }
    }

    pub fn between(errno: Errno, syscall: &'static str, path: &[u8], dest: &[u8]) -> Self {
        Self { errno, syscall, path: Some(path.to_vec()), dest: Some(dest.to_vec()) }
    }

    /// libuv's number: below zero.
    pub fn number(&self) -> i32 {
        -i32::from(self.errno.number())
    }

    /// ``ENOENT: no such file or directory, open '/x'``.
    pub fn message(&self) -> String {
        let mut message = format!("{}: {}, {}", self.errno.name(), self.errno.text(), self.syscall);
        if let Some(path) = &self.path {
            message.push_str(&format!(" '{}'", String::from_utf8_lossy(path)));
        }
        if let Some(dest) = &self.dest {
            message.push_str(&format!(" -> '{}'", String::from_utf8_lossy(dest)));
        }
        message
    }

    /// The error object, its properties in Node's order.
    pub fn to_error<'js>(&self, ctx: &Ctx<'js>) -> Result<Object<'js>> {
        let class: Constructor = ctx.globals().get("Error")?;
        let error: Object = class.construct((self.message(),))?;
        self.describe(&error)?;
        Ok(error)
    }

    /// Sets `errno`, `code`, `syscall`, and the paths where there are some.
    pub fn describe(&self, object: &Object<'_>) -> Result<()> {
        object.set("errno", self.number())?;
        object.set("code", self.errno.name())?;
        object.set("syscall", self.syscall)?;
        if let Some(path) = &self.path {
            object.set("path", String::from_utf8_lossy(path).as_ref())?;
        }
        if let Some(dest) = &self.dest {
            object.set("dest", String::from_utf8_lossy(dest).as_ref())?;
        }
        Ok(())
    }

    pub fn throw(&self, ctx: &Ctx<'_>) -> rquickjs::Error {
        match self.to_error(ctx) {
            Ok(error) => ctx.throw(error.into_value()),
            Err(error) => error,
        }
    }
}

impl Trouble {
    pub fn throw(self, ctx: &Ctx<'_>) -> rquickjs::Error {
        match self {
            Trouble::Thrown(error) => error,
            Trouble::Failed(failure) => failure.throw(ctx),
        }
    }

    /// An error in the C library's words, as Node's `std::filesystem` code throws it: a positive `errno`, and the properties in another order.
    pub fn spoken(ctx: &Ctx<'_>, errno: Errno, syscall: &str, text: &str, path: &[u8]) -> Self {
        let path = String::from_utf8_lossy(path);
        let make = || -> Result<Value<'_>> {
            let class: Constructor = ctx.globals().get("Error")?;
            let error: Object = class.construct((format!("{}, {text} '{path}'", errno.name()),))?;
            error.set("errno", errno.number())?;
            error.set("code", errno.name())?;
            error.set("path", path.as_ref())?;
            error.set("syscall", syscall)?;
            Ok(error.into_value())
        };
        Trouble::Thrown(match make() {
            Ok(error) => ctx.throw(error),
            Err(error) => error,
        })
    }

    /// An `Error` with a `code` of Node's own and no errno.
    pub fn coded<'js>(ctx: &Ctx<'js>, code: &str, message: &str) -> Self {
        Trouble::Thrown(crate::bindings::buffer::throw::error(ctx, code, message))
    }
}

/// The error as a value, for callbacks and rejections.
pub fn value<'js>(ctx: &Ctx<'js>, failure: &Failure) -> Result<Value<'js>> {
    Ok(failure.to_error(ctx)?.into_value())
}

/// `strerror`, for what can befall a file; anything else in libuv's words.
pub fn words(errno: Errno) -> &'static str {
    match errno {
        Errno::EPERM => "Operation not permitted",
        Errno::ENOENT => "No such file or directory",
        Errno::EACCES => "Permission denied",
        Errno::EBUSY => "Device or resource busy",
        Errno::EEXIST => "File exists",
        Errno::EXDEV => "Invalid cross-device link",
        Errno::ENOTDIR => "Not a directory",
        Errno::EISDIR => "Is a directory",
        Errno::EINVAL => "Invalid argument",
        Errno::EFBIG => "File too large",
        Errno::ENOSPC => "No space left on device",
        Errno::EROFS => "Read-only file system",
        Errno::ENAMETOOLONG => "File name too long",
        Errno::ENOTEMPTY => "Directory not empty",
        Errno::ELOOP => "Too many levels of symbolic links",
        Errno::EIO => "Input/output error",
        other => other.text(),
    }
}

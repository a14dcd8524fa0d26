//! Operations on names.

use porthole_abi::{Errno, Syscalls, flags};

use super::{Answer, Args, Failure, Trouble, failure};
use crate::Env;

type Outcome = Result<Answer, Trouble>;

/// One call on one path, failing with that path.
fn on_path(args: &Args<'_, '_>, syscall: &'static str, call: impl FnOnce(&Env, &[u8]) -> Result<Answer, Errno>) -> Outcome {
    let path = args.path(0)?;
    Ok(call(args.env, &path).map_err(|errno| Failure::at(errno, syscall, &path))?)
}

/// One call on two paths, failing with both.
fn on_paths(args: &Args<'_, '_>, syscall: &'static str, call: impl FnOnce(&Env, &[u8], &[u8]) -> Result<(), Errno>) -> Outcome {
    let (path, dest) = (args.path(0)?, args.path(1)?);
    call(args.env, &path, &dest).map_err(|errno| Failure::between(errno, syscall, &path, &dest))?;
    Ok(Answer::Nothing)
}

pub fn access(args: &Args<'_, '_>) -> Outcome {
    let mode = args.mode(1, flags::F_OK)?;
    on_path(args, "access", |env, path| env.access(path, mode).map(|_| Answer::Nothing))
}

pub fn exists(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    Ok(Answer::Bool(!path.contains(&0) && args.env.access(&path, flags::F_OK).is_ok()))
}

pub fn open(args: &Args<'_, '_>) -> Outcome {
    let (flags, mode) = (args.u32(1, 0)?, args.u32(2, 0o666)?);
    on_path(args, "open", |env, path| Ok(Answer::Number(env.open(path, flags, mode)?.fd.into())))
}

pub fn open_file_handle(args: &Args<'_, '_>) -> Outcome {
    let (flags, mode) = (args.u32(1, 0)?, args.u32(2, 0o666)?);
    on_path(args, "open", |env, path| Ok(Answer::FileHandle(env.open(path, flags, mode)?.fd)))
}

pub fn rename(args: &Args<'_, '_>) -> Outcome {
    on_paths(args, "rename", |env, from, to| env.rename(from, to, 0).map(drop))
}

pub fn link(args: &Args<'_, '_>) -> Outcome {
    on_paths(args, "link", |env, from, to| env.link(from, to).map(drop))
}

pub fn symlink(args: &Args<'_, '_>) -> Outcome {
    on_paths(args, "symlink", |env, target, path| env.symlink(target, path).map(drop))
}

pub fn readlink(args: &Args<'_, '_>) -> Outcome {
    let encoding = args.encoding(1);
    on_path(args, "readlink", |env, path| Ok(Answer::Text(env.readlink(path)?.target, encoding)))
}

pub fn realpath(args: &Args<'_, '_>) -> Outcome {
    let encoding = args.encoding(1);
    on_path(args, "realpath", |env, path| Ok(Answer::Text(env.realpath(path)?.path, encoding)))
}

pub fn unlink(args: &Args<'_, '_>) -> Outcome {
    on_path(args, "unlink", |env, path| env.unlink(path).map(|_| Answer::Nothing))
}

pub fn rmdir(args: &Args<'_, '_>) -> Outcome {
    on_path(args, "rmdir", |env, path| env.rmdir(path).map(|_| Answer::Nothing))
}

/// `rmSync(path, maxRetries, recursive, retryDelay)`. Nothing here is ever busy, so there is nothing to retry. What is not there is no error: Node's
/// library has looked already.
pub fn remove(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    let removed = if args.flag(2) {
        args.env.remove_tree(&path).map(drop)
    } else {
        match args.env.unlink(&path) {
            Err(Errno::EISDIR | Errno::EPERM) => {
                let text = format!("Path is a directory: {}", String::from_utf8_lossy(&path));
                return Err(Trouble::coded(args.ctx, "ERR_FS_EISDIR", &text));
            }
            other => other.map(drop),
        }
    };
    match removed {
        Ok(()) | Err(Errno::ENOENT) => Ok(Answer::Nothing),
        Err(errno) => {
            let name = String::from_utf8_lossy(&path);
            let text = match errno {
                Errno::EPERM | Errno::ENOTEMPTY | Errno::ENOTDIR | Errno::EACCES => format!("{}: {name}", failure::words(errno)),
                _ => format!("Unknown error: {}", failure::words(errno)),
            };
            Err(Trouble::spoken(args.ctx, errno, "rm", &text, &path))
        }
    }
}

pub fn mkdir(args: &Args<'_, '_>) -> Outcome {
    let mode = args.u32(1, 0o777)?;
    let recursive = args.flag(2);
    on_path(args, "mkdir", |env, path| {
        if !recursive {
            return env.mkdir(path, mode).map(|_| Answer::Nothing);
        }
        let first = env.mkdir_all(path, mode)?.first;
        Ok(if first.is_empty() { Answer::Nothing } else { Answer::Text(first, crate::bindings::buffer::Encoding::Utf8) })
    })
}

pub fn mkdtemp(args: &Args<'_, '_>) -> Outcome {
    let prefix = args.path(0)?;
    let encoding = args.encoding(1);
    let made = args.env.mkdtemp(&prefix).map_err(|errno| {
        let mut pattern = prefix.clone();
        pattern.extend_from_slice(b"XXXXXX");
        Failure::at(errno, "mkdtemp", &pattern)
    })?;
    Ok(Answer::Text(made.path, encoding))
}

pub fn readdir(args: &Args<'_, '_>) -> Outcome {
    let encoding = args.encoding(1);
    let typed = args.flag(2);
    on_path(args, "scandir", |env, path| {
        // By name, as libuv has them.
        let entries = env.entries(path)?;
        Ok(if typed { Answer::Typed(entries, encoding) } else { Answer::Names(entries, encoding) })
    })
}

/// `copyFile(from, to, mode)`: `COPYFILE_EXCL` is 1; the two bits for reflinks ask for what a copy here is anyway, or for more than it is (4).
pub fn copy_file(args: &Args<'_, '_>) -> Outcome {
    const FICLONE_FORCE: u32 = 4;
    let mode = args.mode(2, 0)?;
    on_paths(args, "copyfile", |env, from, to| {
        if mode & FICLONE_FORCE != 0 {
            return Err(Errno::ENOTSUP);
        }
        env.copy_file(from, to, mode & 1).map(drop)
    })
}

pub fn chmod(args: &Args<'_, '_>) -> Outcome {
    let mode = args.u32(1, 0)?;
    on_path(args, "chmod", |env, path| env.chmod(path, mode, 0).map(|_| Answer::Nothing))
}

pub fn chown(args: &Args<'_, '_>) -> Outcome {
    let (uid, gid) = (args.u32(1, u32::MAX)?, args.u32(2, u32::MAX)?);
    on_path(args, "chown", |env, path| env.chown(path, uid, gid, 0).map(|_| Answer::Nothing))
}

pub fn lchown(args: &Args<'_, '_>) -> Outcome {
    let (uid, gid) = (args.u32(1, u32::MAX)?, args.u32(2, u32::MAX)?);
    on_path(args, "lchown", |env, path| env.chown(path, uid, gid, flags::NOFOLLOW).map(|_| Answer::Nothing))
}

pub fn utimes(args: &Args<'_, '_>) -> Outcome {
    let (atime, mtime) = (nanoseconds(args, 1)?, nanoseconds(args, 2)?);
    on_path(args, "utime", |env, path| env.utimes(path, atime, mtime, 0).map(|_| Answer::Nothing))
}

pub fn lutimes(args: &Args<'_, '_>) -> Outcome {
    let (atime, mtime) = (nanoseconds(args, 1)?, nanoseconds(args, 2)?);
    on_path(args, "lutime", |env, path| env.utimes(path, atime, mtime, flags::NOFOLLOW).map(|_| Answer::Nothing))
}

/// Seconds since 1970 as nanoseconds; infinity is now. Microseconds, as libuv has it: that is what a double can hold of today's times.
pub fn nanoseconds(args: &Args<'_, '_>, at: usize) -> rquickjs::Result<i64> {
    let seconds = args.number(at)?;
    if !seconds.is_finite() {
        return Ok((args.env.host().wall_ms() * 1e6) as i64);
    }
    let nanoseconds = (seconds.fract() * 1e9) as i64;
    Ok((seconds.trunc() as i64).saturating_mul(1_000_000_000).saturating_add(nanoseconds - nanoseconds % 1000))
}

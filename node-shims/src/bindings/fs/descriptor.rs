//! Operations on open files.

use porthole_abi::{Errno, Syscalls, flags};

use super::{Answer, Args, Failure, Trouble, path, settle};
use crate::Env;
use crate::bindings::buffer::{Encoding, js_string};
use crate::handles::block_on;

type Outcome = Result<Answer, Trouble>;

/// Bytes that one call carries.
pub const PIECE: usize = 1 << 20;

fn plain(args: &Args<'_, '_>, syscall: &'static str, call: impl FnOnce(&Env, i32) -> Result<(), Errno>) -> Outcome {
    let fd = args.fd(0)?;
    call(args.env, fd).map_err(|errno| Failure::new(errno, syscall))?;
    Ok(Answer::Nothing)
}

pub fn close(args: &Args<'_, '_>) -> Outcome {
    let fd = args.fd(0)?;
    settle::closed(args.ctx, args.env, fd);
    plain(args, "close", |env, fd| env.close(fd).map(drop))
}

pub fn ftruncate(args: &Args<'_, '_>) -> Outcome {
    let len = args.integer(1)?.unwrap_or(0).max(0) as u64;
    plain(args, "ftruncate", |env, fd| env.ftruncate(fd, len).map(drop))
}

pub fn fsync(args: &Args<'_, '_>) -> Outcome {
    plain(args, "fsync", |env, fd| env.fsync(fd).map(drop))
}

pub fn fdatasync(args: &Args<'_, '_>) -> Outcome {
    plain(args, "fdatasync", |env, fd| env.fsync(fd).map(drop))
}

pub fn fchmod(args: &Args<'_, '_>) -> Outcome {
    let mode = args.u32(1, 0)?;
    plain(args, "fchmod", |env, fd| env.fchmod(fd, mode).map(drop))
}

pub fn fchown(args: &Args<'_, '_>) -> Outcome {
    let (uid, gid) = (args.u32(1, u32::MAX)?, args.u32(2, u32::MAX)?);
    plain(args, "fchown", |env, fd| env.fchown(fd, uid, gid).map(drop))
}

pub fn futimes(args: &Args<'_, '_>) -> Outcome {
    let (atime, mtime) = (path::nanoseconds(args, 1)?, path::nanoseconds(args, 2)?);
    plain(args, "futime", |env, fd| env.futimes(fd, atime, mtime).map(drop))
}

/// Fills `target` as far as one `read` would: to its end, the file's end, or as much as a pipe holds now.
fn read_into(env: &Env, fd: i32, target: &mut [u8], position: i64) -> Result<usize, Errno> {
    let mut done = 0;
    while done < target.len() {
        let len = (target.len() - done).min(PIECE);
        let data = if position < 0 { env.read(fd, len as u32, -1).map(|r| r.data) } else { env.pread(fd, len as u32, position + done as i64).map(|r| r.data) };
        let data = match data {
            Ok(data) => data,
            Err(_) if done > 0 => break,
            Err(errno) => return Err(errno),
        };
        let count = data.len().min(target.len() - done);
        target[done..done + count].copy_from_slice(&data[..count]);
        done += count;
        if count < len {
            break;
        }
    }
    Ok(done)
}

/// `read(fd, buffer, offset, length, position)`.
pub fn read(args: &Args<'_, '_>) -> Outcome {
    let fd = args.fd(0)?;
    let mut bytes = args.bytes(1)?;
    let offset = args.integer(2)?.unwrap_or(0).max(0) as usize;
    let position = args.integer(4)?.unwrap_or(-1);
    let len = args.integer(3)?.unwrap_or(0).max(0) as usize;
    let end = offset.saturating_add(len).min(bytes.len());
    let target = bytes.as_mut_slice().get_mut(offset..end).unwrap_or_default();
    Ok(Answer::Number(read_into(args.env, fd, target, position).map_err(|errno| Failure::new(errno, "read"))? as f64))
}

/// `readBuffers(fd, buffers, position)`.
pub fn read_buffers(args: &Args<'_, '_>) -> Outcome {
    let fd = args.fd(0)?;
    let mut views = args.views(1)?;
    if views.is_empty() {
        return Err(Failure::new(Errno::EINVAL, "read").into());
    }
    let position = args.integer(2)?.unwrap_or(-1);
    let mut done = 0;
    for view in &mut views {
        let target = view.as_mut_slice();
        let at = if position < 0 { -1 } else { position + done as i64 };
        let count = match read_into(args.env, fd, target, at) {
            Ok(count) => count,
            Err(_) if done > 0 => break,
            Err(errno) => return Err(Failure::new(errno, "read").into()),
        };
        done += count;
        if count < target.len() {
            break;
        }
    }
    Ok(Answer::Number(done as f64))
}

/// Writes as far as one `write` would. A synchronous caller waits until a pipe has taken all.
fn write_from(args: &Args<'_, '_>, fd: i32, data: &[u8], position: i64) -> Result<usize, Errno> {
    let mut done = 0;
    loop {
        let piece = &data[done..(done + PIECE).min(data.len())];
        let at = if position < 0 { -1 } else { position + done as i64 };
        match args.env.write(fd, piece, at) {
            Ok(reply) => done += reply.written as usize,
            Err(Errno::EAGAIN) if args.synchronous => block_on(args.env, fd, flags::WRITABLE)?,
            Err(_) if done > 0 => break,
            Err(errno) => return Err(errno),
        }
        if done >= data.len() {
            break;
        }
    }
    Ok(done)
}

fn written(args: &Args<'_, '_>, data: &[u8], position: Option<i64>) -> Outcome {
    let fd = args.fd(0)?;
    Ok(Answer::Number(write_from(args, fd, data, position.unwrap_or(-1)).map_err(|errno| Failure::new(errno, "write"))? as f64))
}

/// `writeBuffer(fd, buffer, offset, length, position)`.
pub fn write_buffer(args: &Args<'_, '_>) -> Outcome {
    let bytes = args.bytes(1)?;
    let offset = args.integer(2)?.unwrap_or(0).max(0) as usize;
    let len = args.integer(3)?.map_or(bytes.len(), |len| len.max(0) as usize);
    let end = offset.saturating_add(len).min(bytes.len());
    written(args, bytes.as_slice().get(offset..end).unwrap_or_default(), args.integer(4)?)
}

/// `writeBuffers(fd, buffers, position)`.
pub fn write_buffers(args: &Args<'_, '_>) -> Outcome {
    let mut all = Vec::new();
    for view in args.views(1)? {
        all.extend_from_slice(view.as_slice());
    }
    written(args, &all, args.integer(2)?)
}

/// `writeString(fd, text, position, encoding)`.
pub fn write_string(args: &Args<'_, '_>) -> Outcome {
    let encoding = args.encoding(3);
    let text = args.get(1).ok_or(Trouble::Thrown(rquickjs::Error::Unknown))?;
    let bytes = encoding.encode(text)?;
    // What is no number is no position: `fs.writeSync(fd, text, 'utf8')`.
    let position = if args.get(2).is_some_and(|value| value.is_number() || value.is_big_int()) { args.integer(2)? } else { None };
    written(args, &bytes, position)
}

/// `readFileUtf8(pathOrFd, flags)`: one call for a file of ordinary size.
pub fn read_file_utf8(args: &Args<'_, '_>) -> Outcome {
    let env = args.env;
    if let Some(fd) = args.get(0).and_then(rquickjs::Value::as_int) {
        let data = read_to_end(env, fd).map_err(|errno| Failure::new(errno, "read"))?;
        return Ok(Answer::Text(data, Encoding::Utf8));
    }
    let path = args.path(0)?;
    let flags = args.u32(1, flags::O_RDONLY)?;
    if flags == flags::O_RDONLY {
        match env.contents(&path, PIECE) {
            Ok(contents) => return Ok(Answer::Text(contents.to_vec(), Encoding::Utf8)),
            Err(Errno::EISDIR) => return Err(Failure::new(Errno::EISDIR, "read").into()),
            Err(Errno::EFBIG | Errno::EAGAIN | Errno::EINVAL | Errno::ESPIPE) => {}
            Err(errno) => return Err(Failure::at(errno, "open", &path).into()),
        }
    }
    let fd = env.open(&path, flags, 0o666).map_err(|errno| Failure::at(errno, "open", &path))?.fd;
    let data = read_to_end(env, fd);
    let _ = env.close(fd);
    Ok(Answer::Text(data.map_err(|errno| Failure::new(errno, "read"))?, Encoding::Utf8))
}

/// Everything up to the end; waits for pipes.
pub fn read_to_end(env: &Env, fd: i32) -> Result<Vec<u8>, Errno> {
    let mut all = Vec::new();
    loop {
        match env.read(fd, PIECE as u32, -1) {
            Ok(reply) if reply.data.is_empty() => return Ok(all),
            Ok(reply) => all.extend_from_slice(&reply.data),
            Err(Errno::EAGAIN) => block_on(env, fd, flags::READABLE)?,
            Err(errno) => return Err(errno),
        }
    }
}

/// `writeFileUtf8(pathOrFd, text, flags, mode)`: one call for a text of ordinary size.
pub fn write_file_utf8(args: &Args<'_, '_>) -> Outcome {
    let env = args.env;
    let text = args.get(1).ok_or(Trouble::Thrown(rquickjs::Error::Unknown))?;
    let data = js_string::to_utf8(text)?.into_bytes();
    let write = |fd: i32| -> Result<(), Failure> {
        let mut done = 0;
        while done < data.len() {
            done += write_from(args, fd, &data[done..], -1).map_err(|errno| Failure::new(errno, "write"))?;
        }
        Ok(())
    };
    if let Some(fd) = args.get(0).and_then(rquickjs::Value::as_int) {
        write(fd)?;
        return Ok(Answer::Nothing);
    }
    let path = args.path(0)?;
    let (flags, mode) = (args.u32(2, 0)?, args.u32(3, 0o666)?);
    if data.len() <= PIECE {
        match env.write_file(&path, &data, flags, mode) {
            Ok(_) => return Ok(Answer::Nothing),
            // A pipe or a terminal that is full is written to in turns, below.
            Err(Errno::EAGAIN) => {}
            // What only writing can meet.
            Err(errno @ (Errno::ENOSPC | Errno::EFBIG | Errno::EPIPE | Errno::EIO)) => return Err(Failure::new(errno, "write").into()),
            Err(errno) => return Err(Failure::at(errno, "open", &path).into()),
        }
    }
    let fd = env.open(&path, flags, mode).map_err(|errno| Failure::at(errno, "open", &path))?.fd;
    let result = write(fd);
    let closed = env.close(fd).map_err(|errno| Failure::new(errno, "close"));
    result?;
    closed?;
    Ok(Answer::Nothing)
}

//! What the classes of `lib/handles.js` and their kin call: handles by number. Not a binding of Node's.

use porthole_abi::{Syscalls, address, flags};
use rquickjs::function::Opt;
use rquickjs::{Array, Ctx, Exception, Function, Object, Result, Value};

use super::buffer::{Bytes, Encoding, js_string};
use super::{method, script};
use crate::Env;
use crate::event_loop::HandleId;
use crate::handles::{Handles, Stream, UV_EOF, socket, status, uv};
use porthole_abi::{Address, Errno};
use std::rc::Rc;

/// Connections that may wait where nobody says how many (Node's own number).
const SOMAXCONN: u32 = 511;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    lifetime(&binding)?;
    reading(&binding)?;
    writing(&binding)?;
    sockets(&binding)?;
    terminals(&binding)?;
    binding.set("streamBaseState", Handles::of(ctx).create_state(ctx)?)?;
    super::fs_event_wrap::define_stat_watcher(ctx, &binding)?;
    script(ctx, "handles", &binding)?;
    Ok(binding)
}

/// The stream behind a number.
pub fn stream(ctx: &Ctx<'_>, id: u32) -> Result<Rc<Stream>> {
    Handles::of(ctx).stream(HandleId(id)).ok_or_else(|| Exception::throw_type(ctx, "Illegal invocation: the handle is closed"))
}

fn lifetime<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "open", |ctx: Ctx<'js>, object: Object<'js>, kind: String| -> Result<u32> { open(&ctx, object, &kind) })?;
    method(binding, "close", |ctx: Ctx<'js>, id: u32| -> Result<()> {
        Handles::of(&ctx).close(&ctx, &*Env::of(&ctx)?, HandleId(id));
        Ok(())
    })?;
    method(binding, "setRef", |ctx: Ctx<'js>, id: u32, on: bool| -> Result<()> {
        Env::of(&ctx)?.event_loop.set_ref(HandleId(id), on);
        Ok(())
    })?;
    method(binding, "leaveContext", |ctx: Ctx<'js>, id: u32| Handles::of(&ctx).leave_context(HandleId(id)))?;
    method(binding, "hasRef", |ctx: Ctx<'js>, id: u32| -> Result<bool> { Ok(Env::of(&ctx)?.event_loop.has_ref(HandleId(id))) })?;
    method(binding, "openStream", |ctx: Ctx<'js>, object: Object<'js>, kind: String, fd: i32| -> Result<u32> {
        let id = open(&ctx, object, &kind)?;
        Handles::of(&ctx).add_stream(HandleId(id), fd);
        Ok(id)
    })?;
    method(binding, "adopt", |ctx: Ctx<'js>, id: u32, fd: i32| -> Result<i32> {
        let stream = stream(&ctx, id)?;
        if stream.fd() >= 0 {
            return Ok(uv(Errno::EEXIST));
        }
        stream.adopt(fd);
        Ok(0)
    })?;
    // passFd(via, id): the descriptor of a handle goes to whoever has the other end. A status.
    method(binding, "passFd", |ctx: Ctx<'js>, via: u32, id: u32| -> Result<i32> {
        let env = Env::of(&ctx)?;
        let (via, passed) = (stream(&ctx, via)?, stream(&ctx, id)?);
        // One that is bound and does not listen yet is only an address here: whoever gets it will listen.
        if passed.fd() < 0
            && passed.bound_address().is_some()
            && let Err(errno) = passed.claim(&env, SOMAXCONN)
        {
            return Ok(uv(errno));
        }
        Ok(status(env.pass_fd(via.fd(), passed.fd())))
    })?;
    // takeFd(via): `[descriptor, kind]` of the next that came, if one has.
    method(binding, "takeFd", |ctx: Ctx<'js>, via: u32| -> Result<Option<Vec<i32>>> {
        let via = stream(&ctx, via)?;
        Ok(Env::of(&ctx)?.take_fd(via.fd()).ok().map(|taken| vec![taken.fd, i32::from(taken.kind)]))
    })?;
    method(binding, "fd", |ctx: Ctx<'js>, id: u32| -> i32 { Handles::of(&ctx).stream(HandleId(id)).map_or(uv(Errno::EBADF), |stream| stream.fd()) })
}

fn open<'js>(ctx: &Ctx<'js>, object: Object<'js>, kind: &str) -> Result<u32> {
    Ok(Handles::of(ctx).open(ctx, object, kind)?.0)
}

fn reading<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "readStart", |ctx: Ctx<'js>, id: u32| -> Result<i32> {
        let env = Env::of(&ctx)?;
        Ok(Handles::of(&ctx).stream(HandleId(id)).map_or(uv(Errno::EBADF), |stream| stream.read_start(&env)))
    })?;
    method(binding, "readStop", |ctx: Ctx<'js>, id: u32| -> Result<i32> {
        let env = Env::of(&ctx)?;
        Ok(Handles::of(&ctx).stream(HandleId(id)).map_or(0, |stream| stream.read_stop(&env)))
    })?;
    method(binding, "useUserBuffer", |ctx: Ctx<'js>, id: u32, buffer: Value<'js>| -> Result<()> {
        stream(&ctx, id)?.use_user_buffer(&ctx, buffer);
        Ok(())
    })?;
    method(binding, "bytesRead", |ctx: Ctx<'js>, id: u32| -> f64 { Handles::of(&ctx).stream(HandleId(id)).map_or(0.0, |stream| stream.bytes_read()) })?;
    method(binding, "bytesWritten", |ctx: Ctx<'js>, id: u32| -> f64 { Handles::of(&ctx).stream(HandleId(id)).map_or(0.0, |stream| stream.bytes_written()) })?;
    method(binding, "writeQueueSize", |ctx: Ctx<'js>, id: u32| -> usize { Handles::of(&ctx).stream(HandleId(id)).map_or(0, |stream| stream.queue_size()) })?;
    method(binding, "setBlocking", |ctx: Ctx<'js>, id: u32, on: bool| -> Result<i32> {
        stream(&ctx, id)?.set_blocking(on);
        Ok(0)
    })?;
    binding.set("UV_EOF", UV_EOF)
}

fn writing<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "writeBuffer", |ctx: Ctx<'js>, id: u32, request: Object<'js>, data: Value<'js>| -> Result<i32> {
        let bytes = Bytes::require(&data)?;
        write(&ctx, id, request, bytes.as_slice())
    })?;
    method(binding, "writeString", |ctx: Ctx<'js>, id: u32, request: Object<'js>, text: Value<'js>, encoding: Value<'js>| -> Result<i32> {
        let bytes = Encoding::parse(Some(&encoding), Encoding::Utf8).encode(&text)?;
        write(&ctx, id, request, &bytes)
    })?;
    // Chunks: buffers alone, or values and encodings in turns.
    method(binding, "writev", |ctx: Ctx<'js>, id: u32, request: Object<'js>, chunks: Array<'js>, all_buffers: bool| -> Result<i32> {
        let mut all = Vec::new();
        let mut at = 0;
        while at < chunks.len() {
            let chunk: Value = chunks.get(at)?;
            if all_buffers || !chunk.is_string() {
                all.extend_from_slice(Bytes::require(&chunk)?.as_slice());
            } else {
                let encoding: Value = chunks.get(at + 1)?;
                all.extend_from_slice(&Encoding::parse(Some(&encoding), Encoding::Utf8).encode(&chunk)?);
            }
            at += if all_buffers { 1 } else { 2 };
        }
        write(&ctx, id, request, &all)
    })?;
    method(binding, "shutdown", |ctx: Ctx<'js>, id: u32, request: Object<'js>| -> Result<i32> {
        let env = Env::of(&ctx)?;
        Ok(Handles::of(&ctx).stream(HandleId(id)).map_or(uv(Errno::ENOTCONN), |stream| stream.shutdown(&ctx, &env, request)))
    })
}

fn write<'js>(ctx: &Ctx<'js>, id: u32, request: Object<'js>, data: &[u8]) -> Result<i32> {
    let env = Env::of(ctx)?;
    Ok(Handles::of(ctx).stream(HandleId(id)).map_or(uv(Errno::EBADF), |stream| stream.write(ctx, &env, request, data)))
}

/// `family` is 4, 6, or 1 for a path.
fn to_address(family: u8, host: &Value<'_>, port: u16) -> Result<Address> {
    Ok(Address { family, host: js_string::to_utf8(host)?.into_bytes(), port })
}

fn sockets<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "bind", |ctx: Ctx<'js>, id: u32, family: u8, host: Value<'js>, port: u16| -> Result<i32> {
        let address = to_address(family, &host, port)?;
        if !is_address(&address) {
            return Ok(uv(Errno::EINVAL));
        }
        stream(&ctx, id)?.bind(address);
        Ok(0)
    })?;
    method(binding, "listen", |ctx: Ctx<'js>, id: u32, backlog: i32, accepted: Function<'js>| -> Result<i32> {
        let env = Env::of(&ctx)?;
        Ok(stream(&ctx, id)?.listen(&ctx, &env, backlog.max(0) as u32, accepted))
    })?;
    method(binding, "connect", |ctx: Ctx<'js>, id: u32, request: Object<'js>, family: u8, host: Value<'js>, port: u16| -> Result<i32> {
        let env = Env::of(&ctx)?;
        let address = to_address(family, &host, port)?;
        if !is_address(&address) {
            return Ok(uv(Errno::EINVAL));
        }
        Ok(stream(&ctx, id)?.connect(&ctx, &env, request, address))
    })?;
    method(binding, "getsockname", |ctx: Ctx<'js>, id: u32, out: Object<'js>| -> Result<i32> {
        let env = Env::of(&ctx)?;
        let stream = stream(&ctx, id)?;
        if stream.fd() < 0 {
            return match stream.bound_address() {
                Some(address) => socket::describe(&out, &address).map(|()| 0),
                None => Ok(uv(Errno::EBADF)),
            };
        }
        match env.sockname(stream.fd()) {
            Ok(reply) => socket::describe(&out, &reply.address).map(|()| 0),
            Err(errno) => Ok(uv(errno)),
        }
    })?;
    method(binding, "getpeername", |ctx: Ctx<'js>, id: u32, out: Object<'js>| -> Result<i32> {
        let env = Env::of(&ctx)?;
        let stream = stream(&ctx, id)?;
        if stream.fd() < 0 {
            return Ok(uv(Errno::ENOTCONN));
        }
        match env.peername(stream.fd()) {
            Ok(reply) => socket::describe(&out, &reply.address).map(|()| 0),
            Err(errno) => Ok(uv(errno)),
        }
    })?;
    method(binding, "fromBrowser", |ctx: Ctx<'js>, id: u32| -> Result<bool> {
        Ok(Env::of(&ctx)?.browser_peer(stream(&ctx, id)?.fd()).is_ok_and(|reply| reply.yes != 0))
    })
}

/// Whether the text is an address of its family.
fn is_address(address: &Address) -> bool {
    let host = String::from_utf8_lossy(&address.host);
    match address.family {
        address::INET => host.parse::<std::net::Ipv4Addr>().is_ok(),
        address::INET6 => host.split('%').next().unwrap_or("").parse::<std::net::Ipv6Addr>().is_ok(),
        _ => !address.host.is_empty(),
    }
}

fn terminals<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "isTTY", |ctx: Ctx<'js>, fd: i32| -> Result<bool> {
        Ok(Env::of(&ctx)?.fd_kind(fd).is_ok_and(|reply| reply.kind == flags::FD_TTY))
    })?;
    // Fills `[columns, rows]`.
    method(binding, "ttySize", |ctx: Ctx<'js>, id: u32, out: Object<'js>| -> Result<i32> {
        match Env::of(&ctx)?.tty_get(stream(&ctx, id)?.fd()) {
            Ok(reply) => {
                out.set(0, reply.columns)?;
                out.set(1, reply.rows)?;
                Ok(0)
            }
            Err(errno) => Ok(uv(errno)),
        }
    })?;
    method(binding, "ttyRaw", |ctx: Ctx<'js>, id: u32, raw: bool| -> Result<i32> {
        let mode = if raw { flags::TTY_RAW } else { flags::TTY_NORMAL };
        Ok(status(Env::of(&ctx)?.tty_set_mode(stream(&ctx, id)?.fd(), mode)))
    })?;
    method(binding, "chmodPath", |ctx: Ctx<'js>, path: String, mode: u32, _unused: Opt<Value<'js>>| -> Result<i32> {
        Ok(status(Env::of(&ctx)?.chmod(path.as_bytes(), mode, 0)))
    })
}

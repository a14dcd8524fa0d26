//! Binding, listening, accepting and connecting.

use std::rc::Rc;

use porthole_abi::address::UNIX;
use porthole_abi::{Address, Errno, Syscalls};
use rquickjs::{Ctx, Function, Object, Persistent};

use super::stream::Request;
use super::{Handles, Stream, uv};
use crate::Env;

impl Stream {
    /// Remembers the address; it is claimed by `listen`, as a failure to claim it is told there by libuv, too.
    pub fn bind(&self, address: Address) {
        *self.bound.borrow_mut() = Some(address);
    }

    /// The address of `bind`, or where it listens.
    pub fn bound_address(&self) -> Option<Address> {
        self.bound.borrow().clone()
    }

    /// Listens at the bound address. `accepted` is called with the descriptor of each connection.
    pub fn listen<'js>(self: &Rc<Self>, ctx: &Ctx<'js>, env: &Env, backlog: u32, accepted: Function<'js>) -> i32 {
        if let Err(errno) = self.claim(env, backlog) {
            return uv(errno);
        }
        *self.listening.borrow_mut() = Some(Persistent::save(ctx, accepted));
        self.update(env)
    }

    /// Makes the listener of a bound address, if it is not there.
    pub fn claim(&self, env: &Env, backlog: u32) -> Result<(), Errno> {
        if self.fd() < 0 {
            let address = self.bound.borrow().clone().ok_or(Errno::EINVAL)?;
            let reply = Syscalls::listen(env, address, backlog)?;
            self.adopt(reply.fd);
            *self.bound.borrow_mut() = Some(reply.address);
        }
        Ok(())
    }

    pub(super) fn accept(self: &Rc<Self>, ctx: &Ctx<'_>, env: &Env) {
        // One a turn: the call has the kernel look again, so another that waits is announced.
        let (failed, fd) = match Syscalls::accept(env, self.fd()) {
            Ok(reply) => (0, reply.fd),
            Err(Errno::EAGAIN) => return,
            Err(errno) => (uv(errno), -1),
        };
        let accepted = self.listening.borrow().clone();
        let (Some(accepted), Some(object)) = (accepted, Handles::of(ctx).object(ctx, self.id)) else { return };
        let Ok(accepted) = accepted.restore(ctx) else { return };
        Handles::of(ctx).frame(self.id).enter(ctx, || env.make_callback(ctx, object.into_value(), &accepted, (failed, fd)));
    }

    /// Sets out for `address`; the request hears when it is reached.
    pub fn connect<'js>(self: &Rc<Self>, ctx: &Ctx<'js>, env: &Env, request: Object<'js>, address: Address) -> i32 {
        if self.connecting.borrow().is_some() {
            return uv(Errno::EALREADY);
        }
        let local = address.family == UNIX;
        let saved = Request::new(ctx, request, true);
        match Syscalls::connect(env, address) {
            Ok(reply) => {
                self.adopt(reply.fd);
                *self.connecting.borrow_mut() = Some(saved);
                env.event_loop.begin_request();
                self.update(env)
            }
            // libuv tells these through the request.
            Err(errno) if local || matches!(errno, Errno::ECONNREFUSED | Errno::ETIMEDOUT | Errno::EHOSTUNREACH | Errno::ENETUNREACH) => {
                *self.connecting.borrow_mut() = Some(saved);
                env.event_loop.begin_request();
                let stream = self.clone();
                env.event_loop.next(move |ctx| {
                    if let Ok(env) = Env::of(ctx) {
                        stream.finish_connect(ctx, &env, uv(errno));
                    }
                });
                0
            }
            Err(errno) => uv(errno),
        }
    }

    pub(super) fn connected(self: &Rc<Self>, ctx: &Ctx<'_>, env: &Env) {
        let failed = match Syscalls::socket_error(env, self.fd()) {
            Ok(reply) => -i32::from(reply.errno),
            Err(errno) => uv(errno),
        };
        self.finish_connect(ctx, env, failed);
    }

    fn finish_connect(self: &Rc<Self>, ctx: &Ctx<'_>, env: &Env, failed: i32) {
        // Closed meanwhile: the request was cancelled then.
        let Some(request) = self.connecting.borrow_mut().take() else { return };
        env.event_loop.end_request();
        let handle = Handles::of(ctx).object(ctx, self.id).map(|object| Persistent::save(ctx, object));
        request.complete(ctx, env, failed, handle);
        if failed == 0 && self.queue_size() == 0 && self.fd() >= 0 {
            self.finish_shutdown(env);
        }
    }
}

/// Fills `out` with `address`, `family` and `port`, as `getsockname` does.
pub fn describe<'js>(out: &Object<'js>, address: &Address) -> rquickjs::Result<()> {
    out.set("address", String::from_utf8_lossy(&address.host).as_ref())?;
    out.set("family", if address.family == porthole_abi::address::INET6 { "IPv6" } else { "IPv4" })?;
    out.set("port", address.port)
}

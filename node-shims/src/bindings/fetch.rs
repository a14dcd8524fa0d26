//! Requests to other hosts: the browser makes them. Not a binding of Node's; the JavaScript half is `lib/fetch.js`.

use porthole_abi::Syscalls;
use porthole_abi::syscall::Header;
use porthole_abi::wire::List;
use rquickjs::{Ctx, Object, Result, Value};

use super::buffer::js_string;
use super::handles::stream;
use super::{method, script};
use crate::Env;
use crate::handles::uv;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    // open(id, method, url, headers, body): gives a stream the descriptor of a request; 0 or a status below zero.
    method(&binding, "open", |ctx: Ctx<'js>, id: u32, verb: Value<'js>, url: Value<'js>, headers: Vec<Value<'js>>, body: bool| -> Result<i32> {
        let mut list = Vec::new();
        for pair in headers.chunks(2) {
            let [name, value] = pair else { break };
            list.push(Header { name: js_string::to_utf8(name)?.into_bytes(), value: js_string::to_utf8(value)?.into_bytes() });
        }
        let (verb, url) = (js_string::to_utf8(&verb)?, js_string::to_utf8(&url)?);
        match Env::of(&ctx)?.fetch(verb.as_bytes(), url.as_bytes(), List(list), body.into()) {
            Ok(reply) => {
                stream(&ctx, id)?.adopt(reply.fd);
                Ok(0)
            }
            Err(errno) => Ok(uv(errno)),
        }
    })?;
    script(ctx, "fetch", &binding)?;
    Ok(binding)
}

//! `internalBinding('webassembly_host')`: the engine has no WebAssembly, but the browser has. `lib/webassembly.js` asks it (in JSON, see sw/src/process/later/webassembly); here is
//! what must be quick or lies in memory: calls both ways, and the memories themselves.

mod call;
mod import;
mod memory;
mod values;

use rquickjs::{Ctx, Function, Object, Result, Value};

use super::buffer::{Bytes, define, js_string};
use crate::Env;

/// Room for the arguments of calls within calls.
const ROOM: usize = 128 * 1024;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    binding.set("available", cfg!(target_family = "wasm"))?;
    define(ctx, &binding, "ask", |ctx: Ctx<'js>, request: Value<'js>, bytes: Value<'js>| {
        let request = js_string::to_utf8(&request)?;
        let answer = match Bytes::of(&bytes) {
            Some(bytes) => ask(&ctx, request.as_bytes(), bytes.as_slice())?,
            None => ask(&ctx, request.as_bytes(), &[])?,
        };
        js_string::from_utf8(&ctx, &answer)
    })?;
    // Where it begins and ends. It is there as long as the process.
    define(ctx, &binding, "room", || {
        let at = Vec::leak(vec![0u64; ROOM / size_of::<u64>()]).as_mut_ptr() as usize;
        vec![at as u32, (at + ROOM) as u32]
    })?;
    define(ctx, &binding, "setCallbacks", |ctx: Ctx<'js>, fail: Function<'js>, objects: Function<'js>, numbers: Function<'js>| {
        values::set_callbacks(&ctx, fail, objects, numbers)
    })?;
    define(ctx, &binding, "hold", |ctx: Ctx<'js>, value: Value<'js>| values::hold(&ctx, value))?;
    define(ctx, &binding, "held", |ctx: Ctx<'js>, handle: u32| values::held(&ctx, handle))?;
    define(ctx, &binding, "release", values::release)?;
    call::define(ctx, &binding)?;
    import::define(ctx, &binding)?;
    memory::define(ctx, &binding)?;
    Ok(binding)
}

/// Asks the browser.
///
/// # Errors
/// Throws where it cannot be asked.
fn ask(ctx: &Ctx<'_>, request: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
    let mut message = Vec::with_capacity(4 + request.len() + bytes.len());
    message.extend_from_slice(&(request.len() as u32).to_le_bytes());
    message.extend_from_slice(request);
    message.extend_from_slice(bytes);
    let mut answer = Vec::new();
    if Env::of(ctx)?.host().extension("wasm", &message, &mut answer) {
        Ok(answer)
    } else {
        Err(crate::raw::throw(ctx, "WebAssembly cannot be reached"))
    }
}

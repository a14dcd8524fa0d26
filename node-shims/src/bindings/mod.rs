//! `internalBinding(name)`.

use rquickjs::function::IntoJsFunc;
use rquickjs::{Ctx, Function, Object, Result};

use crate::Env;

macro_rules! bindings {
    ($($name:ident)*) => {
        $(pub mod $name;)*
        /// Every binding by name.
        pub const TABLE: &[(&str, Create)] = &[$((stringify!($name), $name::create)),*];
    };
}

/// Makes a binding's object. Called once a process, when the binding is first asked for.
pub type Create = for<'js> fn(&Ctx<'js>) -> Result<Object<'js>>;

bindings! {
    async_context_frame
    async_wrap
    blob
    buffer
    builtins
    cares_wrap
    contextify
    crypto
    encoding_binding
    errors
    fetch
    fs
    fs_dir
    fs_event_wrap
    handles
    hpack
    http_parser
    intl_host
    messaging
    module_wrap
    modules
    options
    os
    path
    performance
    process_methods
    process_wrap
    signal_wrap
    spawn_sync
    string_decoder
    symbols
    task_queue
    timers
    types
    typescript
    undici_parser
    url
    util
    v8
    webassembly_host
    worker
    zlib
}

pub mod class;
pub mod quick;

/// Bindings that are a file of ours in `lib/` and nothing else.
pub const SCRIPTS: &[&str] = &[
    "block_list",
    "config",
    "constants",
    "credentials",
    "heap_utils",
    "http2",
    "http2_session",
    "icu",
    "inspector",
    "internal_only_v8",
    "intl",
    "js_stream",
    "locks",
    "mksnapshot",
    "permission",
    "pipe_wrap",
    "report",
    "sea",
    "serdes",
    "stream_pipe",
    "stream_wrap",
    "tcp_wrap",
    "tls_context",
    "tls_wrap",
    "trace_events",
    "tty_wrap",
    "udp_wrap",
    "url_pattern",
    "uv",
    "wasi",
    "wasi_files",
    "wasm_web_api",
    "webassembly",
    "webassembly_objects",
    "webassembly_values",
];

/// Makes the binding `name`.
///
/// # Errors
/// Throws `Error: No such binding: NAME`.
pub fn get<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Object<'js>> {
    for (known, create) in TABLE {
        if *known == name {
            return create(ctx);
        }
    }
    if SCRIPTS.contains(&name) {
        let binding = Object::new(ctx.clone())?;
        script(ctx, name, &binding)?;
        return Ok(binding);
    }
    Err(crate::raw::throw(ctx, &format!("No such binding: {name}")))
}

/// Gives `object` a function under its own name.
pub fn method<'js, P, F: IntoJsFunc<'js, P> + 'js>(object: &Object<'js>, name: &str, func: F) -> Result<()> {
    object.set(name, Function::new(object.ctx().clone(), func)?.with_name(name)?)
}

/// Lets `lib/<id>.js` of ours fill `binding` further. Its parameters are in [`crate::bytecode::parameters`].
pub fn script<'js>(ctx: &Ctx<'js>, id: &str, binding: &Object<'js>) -> Result<()> {
    let env = Env::of(ctx)?;
    let function = crate::engine::builtin(ctx, &env, &format!("porthole/{id}"))?;
    let restore = |kept: &std::cell::RefCell<Option<crate::env::Kept>>| kept.borrow().clone().map(|kept| kept.restore(ctx)).transpose();
    let lookup = Function::new(ctx.clone(), |ctx: Ctx<'js>, name: String| Env::of(&ctx)?.binding(&ctx, &name))?;
    function.call((binding.clone(), restore(&env.primordials)?, lookup, restore(&env.private_symbols)?, restore(&env.isolate_symbols)?))
}

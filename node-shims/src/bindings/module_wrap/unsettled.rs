//! A process that ends while its entry point still waits for an `await` at its top level.

use rquickjs::{Ctx, Error, Object, Result, Value, qjs};

use crate::Env;

/// Whether the entry point still waits for an `await` at its top level.
pub fn is_waiting(ctx: &Ctx<'_>, env: &Env) -> bool {
    let promise = (|| -> Result<Value<'_>> {
        let symbols = env.private_symbols.borrow().clone().ok_or(Error::Unknown)?.restore(ctx)?;
        let symbol: Value = symbols.get("entry_point_promise_private_symbol")?;
        ctx.globals().get(rquickjs::Atom::from_value(ctx.clone(), &symbol)?)
    })();
    // SAFETY: looks at the promise only.
    promise.is_ok_and(|promise| promise.is_promise() && unsafe { qjs::JS_PromiseState(ctx.as_raw().as_ptr(), promise.as_raw()) } as i32 == 0)
}

/// Says on standard error why a process ends that still waits, unless it is to be without warnings. The engine does not tell at which `await`: the line is
/// shown where the module has one only.
pub fn tell(ctx: &Ctx<'_>, env: &Env) {
    let options = || env.binding(ctx, "options").ok()?.get::<_, Object<'_>>("values").ok();
    if options().is_some_and(|values| values.get::<_, bool>("--warnings").is_ok_and(|warnings| !warnings)) {
        return;
    }
    let path = env.process_object(ctx).and_then(|process| process.get::<_, Vec<String>>("argv").ok()).and_then(|argv| argv.into_iter().nth(1));
    let evaluated = options().and_then(|values| values.get::<_, String>("--eval").ok()).filter(|text| !text.is_empty());
    let (path, text) = match (path, evaluated) {
        (_, Some(text)) => {
            let folder = porthole_abi::Syscalls::getcwd(env).map(|reply| String::from_utf8_lossy(&reply.path).into_owned()).unwrap_or_default();
            (format!("{}/[eval1]", folder.trim_end_matches('/')), text)
        }
        (Some(path), None) => {
            let text = porthole_abi::Syscalls::read_file(env, path.as_bytes(), 1 << 24).map(|reply| String::from_utf8_lossy(&reply.data).into_owned());
            (path, text.unwrap_or_default())
        }
        (None, None) => return crate::bindings::errors::write_all(env, 2, b"Warning: Detected unsettled top-level await\n\n\n"),
    };
    let mut awaits = text.lines().enumerate().flat_map(|(line, text)| text.match_indices("await").map(move |(column, _)| (line, column, text)));
    let place = match (awaits.next(), awaits.next()) {
        (Some((line, column, text)), None) => format!(":{}\n{text}\n{}^\n", line + 1, " ".repeat(column)),
        _ => "\n".to_owned(),
    };
    crate::bindings::errors::write_all(env, 2, format!("Warning: Detected unsettled top-level await at file://{path}{place}\n\n\n").as_bytes());
}

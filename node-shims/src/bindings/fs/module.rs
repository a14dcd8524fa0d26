//! What Node's module loader asks of the file system.

use porthole_abi::{Errno, Syscalls, flags};

use super::{Answer, Args, Trouble};
use crate::Env;
use crate::bindings::buffer::throw;

type Outcome = Result<Answer, Trouble>;

/// What follows the package's `main`, then what follows the package's folder; the place in the list is the answer.
const AFTER_MAIN: &[&str] = &["", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"];
const INDEX: &[&str] = &["index.js", "index.json", "index.node"];

fn is_file(env: &Env, path: &str) -> bool {
    env.kind(path.as_bytes()) == Ok(flags::DT_REG)
}

/// `legacyMainResolve(packageFolder, main, base)`: which file a package without `exports` stands for.
pub fn legacy_main_resolve(args: &Args<'_, '_>) -> Outcome {
    let folder = String::from_utf8_lossy(&args.path(0)?).into_owned();
    let folder = folder.trim_end_matches('/');
    let main = args.get(1).and_then(rquickjs::Value::as_string).map(|main| main.to_string()).transpose()?;
    let mut wanted = format!("{folder}/index.js");
    if let Some(main) = main {
        let main = main.trim_start_matches("./");
        wanted = format!("{folder}/{main}");
        for (at, after) in AFTER_MAIN.iter().enumerate() {
            if is_file(args.env, &format!("{folder}/{main}{after}")) {
                return Ok(Answer::Number(at as f64));
            }
        }
    }
    for (at, name) in INDEX.iter().enumerate() {
        if is_file(args.env, &format!("{folder}/{name}")) {
            return Ok(Answer::Number((AFTER_MAIN.len() + at) as f64));
        }
    }
    let wrong = |code: &str, message: &str| Trouble::Thrown(throw::type_error(args.ctx, code, message));
    let Some(base) = args.get(2).and_then(rquickjs::Value::as_string) else {
        return Err(wrong("ERR_INVALID_ARG_TYPE", "The \"base\" argument must be of type string or an instance of URL."));
    };
    let base = base.to_string()?;
    let base = base.strip_prefix("file://").ok_or_else(|| wrong("ERR_INVALID_URL", "Invalid URL"))?;
    Err(Trouble::coded(args.ctx, "ERR_MODULE_NOT_FOUND", &format!("Cannot find package '{wanted}' imported from {base}")))
}

/// 1 for WebAssembly, 0 for JavaScript.
pub fn format_of_extensionless_file(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    let head = || -> Result<Vec<u8>, Errno> {
        let fd = args.env.open(&path, flags::O_RDONLY, 0)?.fd;
        let head = args.env.read(fd, 4, 0).map(|reply| reply.data);
        let _ = args.env.close(fd);
        head
    };
    Ok(Answer::Number(if head().is_ok_and(|head| head == b"\0asm") { 1.0 } else { 0.0 }))
}

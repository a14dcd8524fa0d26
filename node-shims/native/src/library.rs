//! Node's library on disk, with a cache of bytecode beside it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use porthole_node::Builtin;

/// The extracted sources: `$PORTHOLE_NODE_LIB`, else `target/node-lib/24.12.0`.
pub fn root() -> PathBuf {
    match std::env::var_os("PORTHOLE_NODE_LIB") {
        Some(path) => PathBuf::from(path),
        None => workspace().join("target/node-lib/24.12.0"),
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Where bytecode is kept between runs. Named by the content of the module and of the engine, so nothing in it is ever stale.
fn cache() -> PathBuf {
    workspace().join("target/node-bytecode")
}

fn ours() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../lib")
}

/// Ids of all of Node's modules.
pub fn ids() -> Vec<String> {
    static IDS: OnceLock<Vec<String>> = OnceLock::new();
    IDS.get_or_init(|| {
        let mut ids = Vec::new();
        walk(&root(), String::new(), &mut ids);
        ids.sort();
        ids
    })
    .clone()
}

fn walk(folder: &Path, prefix: String, ids: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            walk(&entry.path(), format!("{prefix}{name}/"), ids);
        } else if let Some(id) = name.strip_suffix(".js") {
            ids.push(format!("{prefix}{id}"));
        }
    }
}

/// A module's text, patched where `patches/` says so.
pub fn source(id: &str) -> Option<Vec<u8>> {
    let path = match id.strip_prefix("porthole/") {
        Some(name) => ours().join(format!("{name}.js")),
        None => root().join(format!("{id}.js")),
    };
    let text = std::fs::read(path).ok()?;
    match porthole_node::patches::apply(id, text) {
        Ok(text) => Some(text),
        Err(problem) => {
            eprintln!("porthole-native: {problem}");
            None
        }
    }
}

/// A module, from the cache of this process, the cache on disk, or compiled now.
pub fn builtin(id: &str) -> Option<Builtin> {
    static LOADED: OnceLock<Mutex<HashMap<String, Vec<u8>>>> = OnceLock::new();
    let loaded = LOADED.get_or_init(Default::default);
    if let Some(bytes) = loaded.lock().ok()?.get(id) {
        return Some(Builtin::Bytecode(bytes.clone()));
    }
    let text = source(id)?;
    let place = cache().join(format!("{:016x}", key(id, &text)));
    let bytes = match std::fs::read(&place) {
        Ok(bytes) => bytes,
        Err(_) => {
            let bytes = match compile(id, &text) {
                Ok(bytes) => bytes,
                Err(problem) => {
                    eprintln!("porthole-native: {id} does not compile: {problem}");
                    return None;
                }
            };
            let _ = std::fs::create_dir_all(cache());
            let fresh = cache().join(format!("{:016x}.{}", key(id, &text), std::process::id()));
            if std::fs::write(&fresh, &bytes).is_ok() {
                let _ = std::fs::rename(&fresh, &place);
            }
            bytes
        }
    };
    loaded.lock().ok()?.insert(id.to_owned(), bytes.clone());
    Some(Builtin::Bytecode(bytes))
}

/// Compiles in an engine of its own, so that the process at hand does not keep what the compiler leaves behind.
fn compile(id: &str, text: &[u8]) -> Result<Vec<u8>, String> {
    let (_runtime, context) = porthole_node::engine::machine().map_err(|error| error.to_string())?;
    context.with(|ctx| {
        porthole_node::bytecode::compile(&ctx, id, text).map_err(|error| match error {
            rquickjs::Error::Exception => {
                let thrown = ctx.catch();
                match thrown.as_exception() {
                    Some(exception) => exception.to_string(),
                    None => format!("{thrown:?}"),
                }
            }
            error => error.to_string(),
        })
    })
}

/// FNV-1a over what the bytecode depends on.
fn key(id: &str, text: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let parameters = porthole_node::bytecode::parameters(id);
    for byte in porthole_node::bytecode::FORMAT.bytes().chain(id.bytes()).chain(parameters.bytes()).chain(text.iter().copied()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

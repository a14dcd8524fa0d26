//! Each script of `tests/bindings` runs over bindings alone, in a bare engine, and must print what real Node printed.
//!
//! The expected output lies beside the script; `PORTHOLE_ORACLE=<node 24.12.0> cargo test -p porthole-node --test bindings`
//! writes it anew. A script sees `internalBinding(name)` and `print(...values)`, which prints each value as JSON.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use porthole_node::bindings;
use rquickjs::{Context, Ctx, Function, Object, Runtime};

const PRELUDE: &str = r#"
globalThis.show = (value) => JSON.stringify(value, (key, v) =>
  v instanceof Error ? { name: v.name, code: v.code, message: v.message } :
  typeof v === 'bigint' ? `${v}n` :
  v === undefined ? 'undefined' :
  ArrayBuffer.isView(v) ? `<${[...new Uint8Array(v.buffer, v.byteOffset, v.byteLength)].map((b) => b.toString(16).padStart(2, '0')).join('')}>` :
  v instanceof ArrayBuffer ? `[${[...new Uint8Array(v)].map((b) => b.toString(16).padStart(2, '0')).join('')}]` : v);
globalThis.attempt = (f) => { try { return f(); } catch (e) { return e; } };
"#;

#[test]
fn scripts_print_what_node_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bindings");
    let mut scripts: Vec<PathBuf> =
        std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "js")).collect();
    scripts.sort();
    assert!(!scripts.is_empty());
    let mut failures = Vec::new();
    for script in scripts {
        let source = std::fs::read_to_string(&script).unwrap();
        let expected_path = script.with_extension("out");
        if let Ok(oracle) = std::env::var("PORTHOLE_ORACLE") {
            std::fs::write(&expected_path, ask(&oracle, &source)).unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        let actual = run(&source);
        if let Ok(folder) = std::env::var("PORTHOLE_ACTUAL") {
            // For a look with a diff tool of one's own.
            std::fs::write(Path::new(&folder).join(script.file_name().unwrap()).with_extension("out"), &actual).unwrap();
        }
        if expected != actual || expected.is_empty() {
            let mut differences: Vec<String> = expected
                .lines()
                .zip(actual.lines())
                .enumerate()
                .filter(|(_, (e, a))| e != a)
                .take(8)
                .map(|(n, (e, a))| format!("  line {}\n    node: {e}\n    ours: {a}", n + 1))
                .collect();
            if expected.lines().count() != actual.lines().count() {
                let (e, a) = (expected.lines().count(), actual.lines().count());
                differences.push(format!("  {e} lines expected, {a} printed; last: {:?}", actual.lines().last()));
            }
            failures.push(format!("{}\n{}", script.display(), differences.join("\n")));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn ask(oracle: &str, source: &str) -> String {
    let program = format!(
        "const {{internalBinding}}=require('internal/test/binding');{PRELUDE};globalThis.print=(...a)=>console.log(a.map(show).join(' '));{source}"
    );
    let output = Command::new(oracle).args(["--expose-internals", "--no-warnings", "-e", &program]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn run(source: &str) -> String {
    let runtime = Runtime::new().unwrap();
    let context = Context::full(&runtime).unwrap();
    context.with(|ctx| {
        let globals = ctx.globals();
        globals.set("internalBinding", Function::new(ctx.clone(), binding).unwrap()).unwrap();
        let program = format!(
            "{PRELUDE};(() => {{ const lines = []; const print = (...a) => {{ lines.push(a.map(show).join(' ') + '\\n'); }};\ntry {{\n{source}\n}} catch (e) {{ lines.push(`${{e}} ${{e.stack}}`) }}; return lines.join(''); }})()"
        );
        match ctx.eval::<String, _>(program) {
            Ok(text) => text,
            Err(error) => panic!("{error}: {:?}", ctx.catch()),
        }
    })
}

fn binding<'js>(ctx: Ctx<'js>, name: String) -> rquickjs::Result<Object<'js>> {
    match name.as_str() {
        "buffer" => bindings::buffer::create(&ctx),
        "string_decoder" => bindings::string_decoder::create(&ctx),
        "encoding_binding" => bindings::encoding_binding::create(&ctx),
        "url" => bindings::url::create(&ctx),
        "crypto" => bindings::crypto::without_script(&ctx),
        "zlib" => bindings::zlib::create(&ctx),
        "http_parser" => bindings::http_parser::create(&ctx),
        "blob" => bindings::blob::create(&ctx),
        _ => panic!("no binding {name}"),
    }
}

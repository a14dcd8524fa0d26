//! What comes out is valid, whatever valid module goes in; and nothing that goes in ends the program.

use std::path::Path;

use wasmparser::Validator;

fn modules() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/programs/webassembly");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the programs") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            found.push((path.display().to_string(), std::fs::read(&path).expect("a module")));
        }
    }
    assert!(found.len() > 1, "there are modules");
    found
}

fn ask(kind: u8, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut request = vec![kind];
    request.extend_from_slice(bytes);
    let answer = porthole_webassembly::call(&request);
    let (good, rest) = answer.split_first().expect("an answer");
    if *good == 1 { Ok(rest.to_vec()) } else { Err(String::from_utf8_lossy(rest).into_owned()) }
}

/// The module behind its description.
fn module(answer: &[u8]) -> &[u8] {
    let at = answer.windows(8).position(|bytes| bytes == b"\0asm\x01\0\0\0").expect("a module");
    answer.split_at(at).1
}

#[test]
fn moved_modules_are_valid() {
    for (name, bytes) in modules() {
        let answer = ask(0, &bytes).expect(&name);
        let mut validator = Validator::new_with_features(wasmparser::WasmFeatures::all());
        validator.validate_all(module(&answer)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn adapters_are_valid() {
    let mut request = Vec::new();
    request.extend_from_slice(&7u32.to_le_bytes());
    request.extend_from_slice(&4096u32.to_le_bytes());
    for (import, signature) in (0u32..).zip(["ilfd:d", ":", "ec:ec", "i:ii", "llllllllllll:l"]) {
        request.extend_from_slice(&import.to_le_bytes());
        request.extend_from_slice(&(signature.len() as u32).to_le_bytes());
        request.extend_from_slice(signature.as_bytes());
    }
    let answer = ask(1, &request).expect("adapters");
    Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&answer).expect("a valid module");
    let at = request.len() - 1;
    request[at] = b'?';
    assert!(ask(1, &request).expect_err("no adapter").contains("the kind ?"));
}

#[test]
fn nothing_that_is_damaged_ends_the_program() {
    for (name, bytes) in modules() {
        for end in 0..bytes.len() {
            let _ = ask(0, &bytes[..end]);
        }
        // Each byte in turn becomes some others.
        for at in 8..bytes.len() {
            for change in [1u8, 0x40, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                let result = ask(0, &damaged);
                // What is valid in spite of that is taken, and valid again.
                if Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&damaged).is_ok()
                    && let Ok(answer) = result
                {
                    let mut validator = Validator::new_with_features(wasmparser::WasmFeatures::all());
                    validator.validate_all(module(&answer)).unwrap_or_else(|error| panic!("{name}, byte {at} ^ {change}: {error}"));
                }
            }
        }
    }
}

#[test]
fn a_memory_of_64_bits_is_refused_by_name() {
    let module = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 5, 3, 1, 4, 1];
    assert!(ask(0, &module).expect_err("refused").contains("64 bits"));
}

//! `porthole-bindgen <input.wasm> <output directory>`: an ES module, its types and the finished wasm.
//!
//! A crate of its own, because it takes a minute to compile and the rest of the build tool takes seconds.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: porthole-bindgen <input.wasm> <output directory>");
        return ExitCode::from(2);
    };
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    let written = bindgen.web(true).and_then(|bindgen| {
        bindgen
            .input_path(input)
            .out_name("porthole_host")
            .typescript(true)
            // The service worker hands over a compiled module: nothing may be looked up beside the script.
            .omit_default_module_path(true)
            .generate(output)
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("porthole-bindgen: {input}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

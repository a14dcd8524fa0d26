//! A guest's WebAssembly runs at the browser's speed, as a module of the browser's. But the engine sees one memory only, that of its process; so the guest's
//! lies inside it, and the module is rewritten: every address is checked against the memory's size and moved by where it begins.
//!
//! An image of its own: most programs bring no WebAssembly. It keeps nothing between calls. A request is a byte that says what is wanted, and the rest.

mod access;
mod adapters;
mod body;
mod describe;
mod layout;
mod relocate;

#[cfg(target_family = "wasm")]
mod exports {
    porthole_extension::exports!(crate::call);
}

/// Why a module cannot be taken.
#[derive(Debug)]
pub struct Fault(String);

impl From<wasmparser::Error> for Fault {
    fn from(error: wasmparser::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<wasm_encoder::reencode::Error> for Fault {
    fn from(error: wasm_encoder::reencode::Error) -> Self {
        Self(match error {
            wasm_encoder::reencode::Error::ParseError(error) => error.to_string(),
            error => error.to_string(),
        })
    }
}

/// Answers a request: 1 and the result, or 0 and why there is none.
///
/// - 0 and a module, which the browser has found valid: what it is, then the module with its memory moved (see [`relocate::relocate`]).
/// - 1 and signatures: a module of functions that call the guest (see [`adapters::adapters`]).
pub fn call(request: &[u8]) -> Vec<u8> {
    let result = match request.split_first() {
        Some((0, module)) => relocate::relocate(module),
        Some((1, signatures)) => adapters::adapters(signatures),
        _ => Err(Fault("there is no such request".to_owned())),
    };
    let (good, mut rest) = match result {
        Ok(bytes) => (1, bytes),
        Err(Fault(why)) => (0, why.into_bytes()),
    };
    rest.insert(0, good);
    rest
}

//! Asymmetric keys and certificates, as Node's `crypto` has them.
//!
//! An image of its own: most programs sign nothing, and a process loads it when the first call comes. It keeps nothing between calls; a request is
//! [`wire::Value`]s in bytes (the name, then the arguments), and so is the answer: `true` and the result, or `false` and what to throw.

mod agreement;
mod calls;
mod curve;
mod der;
mod digest;
mod encipher;
mod encryption;
mod fault;
mod finite;
mod generate;
mod handle;
mod input;
mod jwk;
mod key;
mod number;
mod okp;
mod output;
mod padding;
mod pem;
mod pkcs12;
mod prime;
mod random;
mod rsa;
mod signature;
#[cfg(target_family = "wasm")]
mod wasm;
pub mod wire;
mod x509;

use random::Random;
use wire::{Arguments, Value};

/// Answers a request. `random` fills what it is given with randomness fit for keys.
pub fn call(mut request: &[u8], random: &mut dyn FnMut(&mut [u8])) -> Vec<u8> {
    let mut arguments = Vec::new();
    let name = match Value::read(&mut request) {
        Some(Value::Text(name)) => name,
        _ => String::new(),
    };
    while let Some(value) = Value::read(&mut request) {
        arguments.push(value);
    }
    let (good, value) = match calls::call(&name, &Arguments(arguments), &mut Random(random)) {
        Ok(value) => (true, value),
        Err(fault) => (false, fault.into_value()),
    };
    let mut answer = Vec::new();
    Value::Bool(good).write(&mut answer);
    value.write(&mut answer);
    answer
}

//! Errors in the shape that OpenSSL's have in Node: callers test their `code` and `reason`.

use rquickjs::{Ctx, Error, Result, Value};

use crate::bindings::buffer::throw;

pub struct Failure {
    pub number: &'static str,
    pub library: &'static str,
    pub reason: &'static str,
    pub code: &'static str,
    /// Older entries of the error queue.
    pub stack: &'static [&'static str],
}

const EVP: &str = "digital envelope routines";
const PROVIDER: &str = "Provider routines";

pub const NOT_XOF: Failure = Failure {
    number: "030000B2",
    library: EVP,
    reason: "not XOF or invalid length",
    code: "ERR_OSSL_EVP_NOT_XOF_OR_INVALID_LENGTH",
    stack: &[],
};

pub const WRONG_FINAL_BLOCK: Failure = Failure {
    number: "1C80006B",
    library: PROVIDER,
    reason: "wrong final block length",
    code: "ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH",
    stack: &["error:1C80006B:Provider routines::wrong final block length"],
};

pub const BAD_DECRYPT: Failure = Failure {
    number: "1C800064",
    library: PROVIDER,
    reason: "bad decrypt",
    code: "ERR_OSSL_BAD_DECRYPT",
    stack: &["error:1C800064:Provider routines::bad decrypt"],
};

/// Throws `failure` as Node decorates it.
pub fn error(ctx: &Ctx<'_>, failure: &Failure) -> Error {
    match build(ctx, failure) {
        Ok(value) => throw::value(ctx, value),
        Err(error) => error,
    }
}

fn build<'js>(ctx: &Ctx<'js>, failure: &Failure) -> Result<Value<'js>> {
    let message = format!("error:{}:{}::{}", failure.number, failure.library, failure.reason);
    let error = throw::new(ctx, "Error", "", &message)?;
    if !failure.stack.is_empty() {
        error.set("opensslErrorStack", failure.stack.to_vec())?;
    }
    error.set("library", failure.library)?;
    error.set("reason", failure.reason)?;
    error.set("code", failure.code)?;
    Ok(error.into_value())
}

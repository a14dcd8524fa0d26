//! What goes wrong, in the words of Node and of the OpenSSL in it.

use crate::wire::Value;

pub type Result<T, E = Fault> = std::result::Result<T, E>;

/// An error to be thrown.
#[derive(Debug)]
pub struct Fault {
    /// `Error`, `TypeError` or `RangeError`.
    class: &'static str,
    message: String,
    code: Option<String>,
    /// Further properties.
    more: Vec<(String, Value)>,
}

impl Fault {
    pub fn new(class: &'static str, code: &str, message: &str) -> Self {
        let code = (!code.is_empty()).then(|| code.to_owned());
        Self { class, message: message.to_owned(), code, more: Vec::new() }
    }

    /// An error of Node's own.
    pub fn error(code: &str, message: &str) -> Self {
        Self::new("Error", code, message)
    }

    pub fn type_error(code: &str, message: &str) -> Self {
        Self::new("TypeError", code, message)
    }

    pub fn range_error(code: &str, message: &str) -> Self {
        Self::new("RangeError", code, message)
    }

    /// As OpenSSL words it: its number in hex, its library, its reason.
    pub fn openssl(number: &str, library: &str, reason: &str) -> Self {
        // Of some libraries Node puts a short name into the code.
        let short = match library {
            "bignum routines" => "BN_",
            "rsa routines" => "RSA_",
            "Diffie-Hellman routines" => "DH_",
            "digital envelope routines" => "EVP_",
            "PEM routines" => "PEM_",
            "dsa routines" => "DSA_",
            "x509 certificate routines" => "X509_",
            "asn1 encoding routines" => "ASN1_",
            "common libcrypto routines" => "CRYPTO_",
            "elliptic curve routines" => "EC_",
            _ => "",
        };
        let message = format!("error:{number}:{library}::{reason}");
        let code = format!("ERR_OSSL_{short}{}", reason.to_ascii_uppercase().replace([' ', '-'], "_"));
        let more = vec![("library".to_owned(), Value::text(library)), ("reason".to_owned(), Value::text(reason))];
        Self { class: "Error", message, code: Some(code), more }
    }

    /// The errors that led to it, the oldest first.
    pub fn after(mut self, errors: &[&str]) -> Self {
        let errors = errors.iter().map(|error| Value::text(error)).collect();
        self.more.insert(0, ("opensslErrorStack".to_owned(), Value::List(errors)));
        self
    }

    /// The words alone: a job that makes keys gives no more.
    pub fn plain(self) -> Self {
        Self { code: None, more: Vec::new(), ..self }
    }

    /// `[class, message, code, properties]`.
    pub fn into_value(self) -> Value {
        let code = self.code.map_or(Value::Undefined, Value::Text);
        Value::List(vec![Value::text(self.class), Value::Text(self.message), code, Value::Object(self.more)])
    }
}

pub fn unsupported() -> Fault {
    Fault::openssl("1E08010C", "DECODER routines", "unsupported").after(&["error:1E08010C:DECODER routines::unsupported"])
}

pub fn unsupported_for_key_type() -> Fault {
    Fault::openssl("03000096", "digital envelope routines", "operation not supported for this keytype")
}

pub fn too_large_for_key() -> Fault {
    Fault::openssl("0200006E", "rsa routines", "data too large for key size")
}

pub fn invalid_digest(name: &str) -> Fault {
    Fault::type_error("ERR_CRYPTO_INVALID_DIGEST", &format!("Invalid digest: {name}"))
}

pub fn invalid_curve() -> Fault {
    Fault::type_error("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name")
}

/// What this build cannot do, by name.
pub fn unavailable(what: &str) -> Fault {
    let message = format!("{what} is unavailable on the current platform, which is being used to run Node.js");
    Fault::type_error("ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", &message)
}

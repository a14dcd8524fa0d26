//! What can be called, by name.

use crate::agreement::{self, Method};
use crate::der::Reader;
use crate::encipher::{self, Operation};
use crate::fault::{Fault, Result};
use crate::finite::Dh;
use crate::number::bit_length;
use crate::random::Random;
use crate::wire::{Arguments, Value};
use crate::{generate, handle, input, pem, pkcs12, signature, x509};

/// The classes whose objects keep their state in bytes, by number.
const DIFFIE_HELLMAN: u8 = 0;
const ECDH: u8 = 1;
const CERTIFICATE: u8 = 2;

/// Calls `name`. Of an object with a state (`DiffieHellman.generateKeys`) the first argument is the state, and the result is `[state, result]`.
pub fn call(name: &str, arguments: &Arguments, random: &mut Random) -> Result<Value> {
    Ok(match name {
        "key.init" => handle::init(arguments)?,
        "key.initJwk" => handle::init_jwk(arguments)?,
        "key.initECRaw" => handle::init_ec(arguments)?,
        "key.initRaw" => handle::init_raw(arguments)?,
        "key.export" => handle::export(arguments, random)?,
        "key.exportJwk" => handle::export_jwk(arguments)?,
        "key.getAsymmetricKeyType" => handle::kind(arguments)?,
        "key.keyDetail" => handle::detail(arguments)?,
        "key.equals" => handle::equals(arguments)?,
        "key.rawPublicKey" => handle::raw_public(arguments)?,
        "key.rawSeed" => handle::raw_seed(arguments)?,
        "getCurves" => handle::curves(),
        "ECKeyExportJob" | "RSAKeyExportJob" => handle::export_job(arguments)?,
        "sign" => signature::sign(arguments, random)?,
        "verify" => signature::verify(arguments)?,
        "SignJob" => signature::job(arguments, random)?,
        "publicEncrypt" => encipher::run(Operation::PublicEncrypt, arguments, random)?,
        "publicDecrypt" => encipher::run(Operation::PublicDecrypt, arguments, random)?,
        "privateEncrypt" => encipher::run(Operation::PrivateEncrypt, arguments, random)?,
        "privateDecrypt" => encipher::run(Operation::PrivateDecrypt, arguments, random)?,
        "RSACipherJob" => encipher::job(arguments, random)?,
        "RsaKeyPairGenJob" => generate::rsa(arguments, random)?,
        "DsaKeyPairGenJob" => generate::dsa(arguments, random)?,
        "EcKeyPairGenJob" => generate::ec(arguments, random)?,
        "NidKeyPairGenJob" => generate::by_number(arguments, random)?,
        "DhKeyPairGenJob" => generate::dh(arguments, random)?,
        "RandomPrimeJob" => generate::random_prime(arguments, random)?,
        "CheckPrimeJob" => generate::is_prime(arguments, random)?,
        "DHBitsJob" | "ECDHBitsJob" => agreement::secret(arguments)?,
        "KEMEncapsulateJob" => agreement::encapsulate(arguments, random)?,
        "KEMDecapsulateJob" => agreement::decapsulate(arguments)?,
        "ECDHConvertKey" => agreement::convert(arguments)?,
        "DiffieHellman" => state(DIFFIE_HELLMAN, agreement::dh_new(arguments, random)?),
        "DiffieHellmanGroup" => state(DIFFIE_HELLMAN, agreement::group_new(arguments)?),
        "ECDH" => state(ECDH, agreement::ecdh_new(arguments)?),
        "parseX509" => state(CERTIFICATE, (x509::parse(arguments)?, Value::Undefined)),
        "certVerifySpkac" => x509::verify(arguments),
        "certExportPublicKey" => x509::public_key(arguments),
        "certExportChallenge" => x509::challenge(arguments),
        "pemBlocks" => pem_blocks(arguments),
        "pkcs12" => pkcs12::open(arguments)?,
        "dhBits" => dh_bits(arguments),
        "verifyChain" => x509::verify_chain(arguments),
        "signature.check" => signature::check_digest(arguments)?,
        _ => match name.strip_suffix(".check") {
            Some(job) => check(job, arguments)?,
            None => return method(name, arguments, random),
        },
    })
}

/// The contents of a text's blocks with a label.
fn pem_blocks(arguments: &Arguments) -> Value {
    let label = arguments.text(1).unwrap_or_default();
    let blocks = pem::blocks(arguments.bytes(0).unwrap_or_default()).into_iter();
    Value::List(blocks.filter(|block| block.label.ends_with(label)).map(|block| Value::Bytes(block.contents)).collect())
}

/// The length of the prime in a file of parameters; nothing where there is none.
fn dh_bits(arguments: &Arguments) -> Value {
    let blocks = pem::blocks(arguments.bytes(0).unwrap_or_default());
    let block = blocks.iter().find(|block| block.label == "DH PARAMETERS");
    let prime = block.and_then(|block| Dh::read(&mut Reader::new(&block.contents)));
    prime.map_or(Value::Undefined, |dh| Value::Number(bit_length(&dh.p) as f64))
}

/// What Node looks at when a job is made, and not when it runs.
fn check(job: &str, arguments: &Arguments) -> Result<Value> {
    match job {
        "SignJob" => signature::check_job(arguments)?,
        "RandomPrimeJob" => generate::check_prime_options(arguments)?,
        "KEMEncapsulateJob" => drop(input::public(arguments, 0)?),
        "KEMDecapsulateJob" => drop(input::private(arguments, 0)?),
        _ => generate::check(job, arguments)?,
    }
    Ok(Value::Undefined)
}

fn state(class: u8, (state, result): (Vec<u8>, Value)) -> Value {
    Value::List(vec![Value::Stateful(class, state), result])
}

fn method(name: &str, arguments: &Arguments, random: &mut Random) -> Result<Value> {
    let unknown = || Fault::error("ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", &format!("{name} is unavailable"));
    let (class, method) = name.split_once('.').ok_or_else(unknown)?;
    let (number, methods): (u8, &[(&str, Method)]) = match class {
        "DiffieHellman" => (DIFFIE_HELLMAN, &agreement::DH_METHODS),
        "ECDH" => (ECDH, &agreement::ECDH_METHODS),
        "X509Certificate" => (CERTIFICATE, &x509::METHODS),
        _ => return Err(unknown()),
    };
    let (_, method) = methods.iter().find(|(known, _)| *known == method).ok_or_else(unknown)?;
    let Value::Stateful(_, bytes) = arguments.at(0) else { return Err(unknown()) };
    let rest = Arguments(arguments.0.get(1..).unwrap_or_default().to_vec());
    Ok(state(number, method(bytes, &rest, random)?))
}

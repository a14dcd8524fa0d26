//! Jobs: work that the library runs at once (`kCryptoJobSync`) or with a callback from the event loop (`kCryptoJobAsync`).
//!
//! There is one thread: an asynchronous job is done when it is started, and only its callback comes later.

use rquickjs::function::{Constructor, Rest};
use rquickjs::{Class, Ctx, Function, Object, Persistent, Result, Value};

use super::cipher::{Cipher, Spec};
use super::digest::{Algorithm, hkdf, hmac};
use super::{hash, keys, remote};
use crate::Env;
use crate::bindings::buffer::{Bytes, bytes, js_string, throw};

const SYNC: i32 = 1;
const SIGN: i32 = 0;

/// What a job yields.
enum Output<'js> {
    Nothing,
    Value(Value<'js>),
    Bytes(Vec<u8>),
    Bool(bool),
    Key(Vec<u8>),
}

/// Checks the arguments when the job is made (errors are thrown there), and returns the work itself.
type Prepare = for<'js> fn(&Ctx<'js>, &[Value<'js>]) -> Result<Work<'js>>;
/// Jobs that the image for asymmetric keys does. Those of the second list have their arguments looked at before they run.
const REMOTE: [&str; 6] =
    ["ECKeyExportJob", "RSAKeyExportJob", "RSACipherJob", "CheckPrimeJob", "DHBitsJob", "ECDHBitsJob"];
const CHECKED: [&str; 9] = [
    "SignJob", "RsaKeyPairGenJob", "DsaKeyPairGenJob", "EcKeyPairGenJob", "NidKeyPairGenJob", "DhKeyPairGenJob",
    "RandomPrimeJob", "KEMEncapsulateJob", "KEMDecapsulateJob",
];
type Work<'js> = Box<dyn FnOnce(&Ctx<'js>) -> Result<Output<'js>> + 'js>;

pub fn install<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    let jobs: [(&'static str, Prepare); 8] = [
        ("RandomBytesJob", random_bytes),
        ("PBKDF2Job", pbkdf2),
        ("ScryptJob", scrypt),
        ("HKDFJob", hkdf_job),
        ("HashJob", hash_job),
        ("HmacJob", hmac_job),
        ("SecretKeyGenJob", secret_key),
        ("AESCipherJob", aes),
    ];
    for (name, prepare) in jobs {
        binding.set(name, class(ctx, name, prepare)?)?;
    }
    for (name, checked) in REMOTE.map(|name| (name, false)).into_iter().chain(CHECKED.map(|name| (name, true))) {
        binding.set(name, class(ctx, name, move |ctx, args| remote_job(ctx, name, args, checked))?)?;
    }
    Ok(())
}

fn remote_job<'js>(ctx: &Ctx<'js>, name: &str, args: &[Value<'js>], checked: bool) -> Result<Work<'js>> {
    if checked {
        remote::call(ctx, &format!("{name}.check"), args)?;
    }
    let request = remote::request(name, args)?;
    Ok(Box::new(move |ctx| remote::send(ctx, &request).map(Output::Value)))
}

/// A job's class. The work is kept in a closure of the object's own `run`.
fn class<'js>(
    ctx: &Ctx<'js>,
    name: &'static str,
    prepare: impl Fn(&Ctx<'js>, &[Value<'js>]) -> Result<Work<'js>> + 'js,
) -> Result<Function<'js>> {
    let prototype = Object::new(ctx.clone())?;
    let constructor = Constructor::new_prototype(ctx, prototype, move |ctx: Ctx<'js>, args: Rest<Value<'js>>| {
        let mode = args.0.first().and_then(Value::as_int).unwrap_or(SYNC);
        let mut work = Some(prepare(&ctx, args.0.get(1..).unwrap_or_default())?);
        let job = Object::new(ctx.clone())?;
        let run = Function::new(
            ctx.clone(),
            rquickjs::function::MutFn::from(move |ctx: Ctx<'js>, this: rquickjs::function::This<Object<'js>>| {
                let Some(work) = work.take() else {
                    return Err(throw::error(&ctx, "ERR_CRYPTO_INVALID_STATE", "The job has run already"));
                };
                run(&ctx, this.0, mode, work)
            }),
        )?;
        job.set("run", run)?;
        Ok::<_, rquickjs::Error>(job)
    })?;
    constructor.into_inner().with_name(name)
}

fn run<'js>(ctx: &Ctx<'js>, job: Object<'js>, mode: i32, work: Work<'js>) -> Result<Option<Vec<Value<'js>>>> {
    let undefined = Value::new_undefined(ctx.clone());
    let outcome = match work(ctx).and_then(|output| value(ctx, output)) {
        Ok(value) => [undefined, value],
        Err(rquickjs::Error::Exception) => [ctx.catch(), undefined],
        Err(error) => return Err(error),
    };
    if mode == SYNC {
        return Ok(Some(outcome.to_vec()));
    }
    let env = Env::of(ctx)?;
    let job = Persistent::save(ctx, job);
    let [error, result] = outcome.map(|value| Persistent::save(ctx, value));
    env.event_loop.complete(move |ctx| {
        let (Ok(env), Ok(job)) = (Env::of(ctx), job.restore(ctx)) else { return };
        let (Ok(error), Ok(result)) = (error.restore(ctx), result.restore(ctx)) else { return };
        env.make_method_callback(ctx, &job, "ondone", (error, result));
    });
    Ok(None)
}

fn value<'js>(ctx: &Ctx<'js>, output: Output<'js>) -> Result<Value<'js>> {
    match output {
        Output::Value(value) => Ok(value),
        Output::Nothing => Ok(Value::new_undefined(ctx.clone())),
        Output::Bytes(data) => bytes::array_buffer(ctx, data),
        Output::Bool(truth) => Ok(Value::new_bool(ctx.clone(), truth)),
        Output::Key(secret) => Ok(Class::instance(ctx.clone(), keys::KeyObject::new(secret))?.into_value()),
    }
}

/// Buffer, offset, size: fills the buffer itself.
fn random_bytes<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let target = arg(ctx, args, 0);
    let (offset, size) = (number(args, 1), number(args, 2));
    Ok(Box::new(move |ctx| {
        let env = Env::of(ctx)?;
        let mut target = Bytes::require(&target)?;
        let len = target.len();
        if let Some(range) = target.as_mut_slice().get_mut(offset..offset.saturating_add(size).min(len)) {
            env.host().random(range);
        }
        Ok(Output::Nothing)
    }))
}

/// Password, salt, iterations, length, digest.
fn pbkdf2<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let (password, salt) = (keys::secret(ctx, &arg(ctx, args, 0))?, keys::secret(ctx, &arg(ctx, args, 1))?);
    let (rounds, length) = (number(args, 2), number(args, 3));
    let algorithm = digest(ctx, args, 4)?;
    Ok(Box::new(move |_| {
        let mut out = vec![0; length];
        algorithm.pbkdf2(&password, &salt, rounds as u32, &mut out);
        Ok(Output::Bytes(out))
    }))
}

/// Password, salt, N, r, p, maxmem, length.
fn scrypt<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let (password, salt) = (keys::secret(ctx, &arg(ctx, args, 0))?, keys::secret(ctx, &arg(ctx, args, 1))?);
    let (n, r, p) = (number(args, 2) as u64, number(args, 3) as u64, number(args, 4) as u64);
    let (memory, length) = (number(args, 5) as u64, number(args, 6));
    let refuse = |why: &str| throw::range_error(ctx, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", why);
    if !n.is_power_of_two() || n < 2 || r == 0 || p == 0 {
        return Err(refuse("Invalid scrypt params"));
    }
    // What the algorithm allocates: B, V and T, as OpenSSL counts them.
    let needed = 128u64.saturating_mul(r).saturating_mul(p.saturating_add(n).saturating_add(2));
    if p > ((1 << 30) - 1) / r || needed > memory || n >= 1u64.checked_shl((16 * r).min(63) as u32).unwrap_or(0) {
        return Err(refuse("Invalid scrypt params: error:030000AC:digital envelope routines::memory limit exceeded"));
    }
    let Ok(params) = scrypt::Params::new(n.trailing_zeros() as u8, r as u32, p as u32) else {
        return Err(refuse("Invalid scrypt params"));
    };
    Ok(Box::new(move |ctx| {
        let mut out = vec![0; length];
        if length > 0 && scrypt::scrypt(&password, &salt, &params, &mut out).is_err() {
            return Err(throw::range_error(ctx, "ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params"));
        }
        Ok(Output::Bytes(out))
    }))
}

/// Digest, key handle, salt, info, length.
fn hkdf_job<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let algorithm = digest(ctx, args, 0)?;
    let key = keys::secret(ctx, &arg(ctx, args, 1))?;
    let (salt, info) = (keys::secret(ctx, &arg(ctx, args, 2))?, keys::secret(ctx, &arg(ctx, args, 3))?);
    let length = number(args, 4);
    if length > algorithm.size * 255 {
        return Err(throw::range_error(ctx, "ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length"));
    }
    Ok(Box::new(move |_| Ok(Output::Bytes(hkdf(algorithm, &key, &salt, &info, length)))))
}

/// Digest, data, length in bits of an extendable one.
fn hash_job<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let algorithm = digest(ctx, args, 0)?;
    let data = keys::secret(ctx, &arg(ctx, args, 1))?;
    let length = args.get(2).and_then(Value::as_number).map_or(algorithm.size, |bits| bits as usize / 8);
    Ok(Box::new(move |_| {
        let mut hasher = algorithm.hasher();
        hasher.update(&data);
        Ok(Output::Bytes(hasher.finish(length)))
    }))
}

/// Sign or verify, digest, key handle, data, signature.
fn hmac_job<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let sign = args.first().and_then(Value::as_int) == Some(SIGN);
    let algorithm = digest(ctx, args, 1)?;
    let (key, data) = (keys::secret(ctx, &arg(ctx, args, 2))?, keys::secret(ctx, &arg(ctx, args, 3))?);
    let signature = if sign { Vec::new() } else { keys::secret(ctx, &arg(ctx, args, 4))? };
    Ok(Box::new(move |_| {
        let mac = hmac(algorithm, &key, &[&data]);
        if sign {
            return Ok(Output::Bytes(mac));
        }
        Ok(Output::Bool(subtle::ConstantTimeEq::ct_eq(&mac[..], &signature[..]).into()))
    }))
}

/// Length in bits.
fn secret_key<'js>(_ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    let length = number(args, 0) / 8;
    Ok(Box::new(move |ctx| {
        let mut secret = vec![0; length];
        Env::of(ctx)?.host().random(&mut secret);
        Ok(Output::Key(secret))
    }))
}

/// Encrypt or decrypt, key handle, data, variant, then what the mode wants: counter and its bits; vector; or vector, tag (its
/// length when encrypting) and additional data.
fn aes<'js>(ctx: &Ctx<'js>, args: &[Value<'js>]) -> Result<Work<'js>> {
    const ENCRYPT: i32 = 0;
    let encrypt = args.first().and_then(Value::as_int) == Some(ENCRYPT);
    let (key, data) = (keys::secret(ctx, &arg(ctx, args, 1))?, keys::secret(ctx, &arg(ctx, args, 2))?);
    let names = [
        "aes-128-ctr", "aes-192-ctr", "aes-256-ctr", "aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "aes-128-gcm", "aes-192-gcm",
        "aes-256-gcm",
    ];
    let Some(spec) = names.get(number(args, 3)).and_then(|name| Spec::by_name(name)) else {
        return Err(super::unsupported(ctx, "crypto.subtle AES-KW and AES-OCB"));
    };
    let iv = keys::secret(ctx, &arg(ctx, args, 4))?;
    let tag = if spec.is_aead() && !encrypt { keys::secret(ctx, &arg(ctx, args, 5))? } else { Vec::new() };
    let tag_length = if spec.is_aead() && encrypt { number(args, 5) } else { 0 };
    let additional = if spec.is_aead() { Bytes::of(&arg(ctx, args, 6)).map(|b| b.as_slice().to_vec()) } else { None };
    let Some(mut cipher) = Cipher::new(&spec, encrypt, &key, &iv) else {
        return Err(throw::type_error(ctx, "ERR_CRYPTO_INVALID_IV", "Invalid initialization vector"));
    };
    Ok(Box::new(move |ctx| {
        cipher.additional(&additional.unwrap_or_default());
        let mut out = cipher.update(&data);
        match cipher.finish(Some(&tag)) {
            Ok((rest, made)) => {
                out.extend_from_slice(&rest);
                out.extend(made.into_iter().flatten().take(tag_length));
                Ok(Output::Bytes(out))
            }
            Err(_) => Err(throw::error(ctx, "ERR_CRYPTO_OPERATION_FAILED", "Cipher job failed")),
        }
    }))
}

fn arg<'js>(ctx: &Ctx<'js>, args: &[Value<'js>], index: usize) -> Value<'js> {
    args.get(index).cloned().unwrap_or_else(|| Value::new_undefined(ctx.clone()))
}

/// A number that the library has checked already; negative ones become 0.
fn number(args: &[Value<'_>], index: usize) -> usize {
    args.get(index).and_then(Value::as_number).map_or(0, |n| n as usize)
}

fn digest<'js>(ctx: &Ctx<'js>, args: &[Value<'js>], index: usize) -> Result<&'static Algorithm> {
    hash::find(ctx, &js_string::to_utf8(&arg(ctx, args, index))?)
}

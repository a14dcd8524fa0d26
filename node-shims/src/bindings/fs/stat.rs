//! What is known of files, in the arrays that Node's library reads (`Float64Array` or `BigInt64Array`, 18 fields a file).

use porthole_abi::stat::{Stat, Statfs};
use porthole_abi::{Errno, Syscalls, flags};
use rquickjs::{Ctx, JsLifetime, Object, Persistent, Result, TypedArray, Value};

use super::{Answer, Args, Failure, Trouble};
use crate::raw::Shared;

type Outcome = std::result::Result<Answer, Trouble>;

/// Fields of one file. The arrays have room for two: `watchFile` gives the new and the old.
pub const FIELDS: usize = 18;

struct Arrays {
    numbers: Shared<f64>,
    bigints: Shared<i64>,
    number_array: Persistent<Value<'static>>,
    bigint_array: Persistent<Value<'static>>,
}

// SAFETY: it holds `Persistent`s alone.
unsafe impl<'js> JsLifetime<'js> for Arrays {
    type Changed<'to> = Arrays;
}

/// Makes `statValues`, `bigintStatValues` and their kin.
pub fn create_arrays<'js>(ctx: &Ctx<'js>, binding: &Object<'js>) -> Result<()> {
    let (numbers, bigints) = (Shared::default(), Shared::default());
    let number_array = numbers.create(ctx, "Float64Array", FIELDS * 2)?;
    let bigint_array = bigints.create(ctx, "BigInt64Array", FIELDS * 2)?;
    binding.set("statValues", number_array.clone())?;
    binding.set("bigintStatValues", bigint_array.clone())?;
    binding.set("statFsValues", TypedArray::<f64>::new(ctx.clone(), vec![0.0; 7])?)?;
    binding.set("bigintStatFsValues", TypedArray::<i64>::new(ctx.clone(), vec![0; 7])?)?;
    binding.set("kFsStatsFieldsNumber", FIELDS)?;
    let _ = ctx.store_userdata(Arrays {
        numbers,
        bigints,
        number_array: Persistent::save(ctx, number_array),
        bigint_array: Persistent::save(ctx, bigint_array),
    });
    Ok(())
}

/// The fields in Node's order: times are seconds and nanoseconds.
pub fn fields(stat: &Stat) -> [i64; FIELDS] {
    const SECOND: i64 = 1_000_000_000;
    let [atime, mtime, ctime, birthtime] =
        [stat.atime, stat.mtime, stat.ctime, stat.birthtime].map(|time| (time.div_euclid(SECOND), time.rem_euclid(SECOND)));
    [
        stat.dev as i64,
        stat.mode.into(),
        stat.nlink.into(),
        stat.uid.into(),
        stat.gid.into(),
        stat.rdev as i64,
        stat.blksize.into(),
        stat.ino as i64,
        stat.size as i64,
        stat.blocks as i64,
        atime.0,
        atime.1,
        mtime.0,
        mtime.1,
        ctime.0,
        ctime.1,
        birthtime.0,
        birthtime.1,
    ]
}

/// The shared array, or a fresh one for what is delivered later.
pub fn to_js<'js>(ctx: &Ctx<'js>, stat: &Stat, bigint: bool, fresh: bool) -> Result<Value<'js>> {
    let fields = fields(stat);
    if fresh {
        return Ok(if bigint {
            TypedArray::<i64>::new(ctx.clone(), fields.to_vec())?.into_value()
        } else {
            TypedArray::<f64>::new(ctx.clone(), fields.map(|field| field as f64).to_vec())?.into_value()
        });
    }
    let arrays = ctx.userdata::<Arrays>().ok_or(rquickjs::Error::Unknown)?;
    for (at, field) in fields.into_iter().enumerate() {
        if bigint {
            arrays.bigints.set(at, field);
        } else {
            arrays.numbers.set(at, field as f64);
        }
    }
    if bigint { arrays.bigint_array.clone().restore(ctx) } else { arrays.number_array.clone().restore(ctx) }
}

pub fn statfs_to_js<'js>(ctx: &Ctx<'js>, statfs: &Statfs, bigint: bool) -> Result<Value<'js>> {
    let fields = [statfs.kind, statfs.bsize, statfs.blocks, statfs.bfree, statfs.bavail, statfs.files, statfs.ffree];
    Ok(if bigint {
        TypedArray::<i64>::new(ctx.clone(), fields.map(|field| field as i64).to_vec())?.into_value()
    } else {
        TypedArray::<f64>::new(ctx.clone(), fields.map(|field| field as f64).to_vec())?.into_value()
    })
}

/// `stat(path, bigint, request, throwIfNoEntry)`.
pub fn stat(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    match args.env.stat(&path, 0) {
        Ok(found) => Ok(Answer::Stat(found.stat, args.flag(1))),
        Err(Errno::ENOENT | Errno::ENOTDIR) if args.is_false(3) => Ok(Answer::Nothing),
        Err(errno) => Err(Failure::at(errno, "stat", &path).into()),
    }
}

pub fn lstat(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    match args.env.stat(&path, flags::NOFOLLOW) {
        Ok(found) => Ok(Answer::Stat(found.stat, args.flag(1))),
        Err(Errno::ENOENT) if args.is_false(3) => Ok(Answer::Nothing),
        Err(errno) => Err(Failure::at(errno, "lstat", &path).into()),
    }
}

/// `fstat(fd, bigint, request, shouldNotThrow)`.
pub fn fstat(args: &Args<'_, '_>) -> Outcome {
    match args.env.fstat(args.fd(0)?) {
        Ok(found) => Ok(Answer::Stat(found.stat, args.flag(1))),
        Err(_) if args.flag(3) => Ok(Answer::Nothing),
        Err(errno) => Err(Failure::new(errno, "fstat").into()),
    }
}

pub fn statfs(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    match args.env.statfs(&path) {
        Ok(found) => Ok(Answer::Statfs(found.statfs, args.flag(1))),
        Err(errno) => Err(Failure::at(errno, "statfs", &path).into()),
    }
}

/// 0: a file, 1: a directory, below zero: not there.
pub fn module_stat(args: &Args<'_, '_>) -> Outcome {
    let path = args.path(0)?;
    Ok(Answer::Number(match args.env.kind(&path) {
        Ok(flags::DT_DIR) => 1.0,
        Ok(_) => 0.0,
        Err(errno) => -f64::from(errno.number()),
    }))
}

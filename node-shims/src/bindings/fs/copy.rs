//! The native half of `fs.cpSync`.

use porthole_abi::stat::Stat;
use porthole_abi::{Errno, Syscalls, flags};

use super::{Answer, Args, Failure, Trouble, failure};
use crate::Env;

type Outcome = Result<Answer, Trouble>;

fn is_dir(stat: &Stat) -> bool {
    stat.mode & flags::S_IFMT == flags::S_IFDIR
}

fn is_link(stat: &Stat) -> bool {
    stat.mode & flags::S_IFMT == flags::S_IFLNK
}

fn known(env: &Env, path: &[u8], how: u32) -> Result<Option<Stat>, Errno> {
    match env.stat(path, how) {
        Ok(found) => Ok(Some(found.stat)),
        Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(None),
        Err(errno) => Err(errno),
    }
}

fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

fn without_slash(path: &[u8]) -> &[u8] {
    match path {
        [head @ .., b'/'] if !head.is_empty() => without_slash(head),
        other => other,
    }
}

fn parent(path: &[u8]) -> &[u8] {
    let path = without_slash(path);
    match path.iter().rposition(|&b| b == b'/') {
        Some(0) => b"/",
        Some(at) => &path[..at],
        None => b".",
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = without_slash(folder).to_vec();
    if path != b"/" {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}

/// Whether `inner` is `outer` or below it, by their absolute paths.
fn inside(env: &Env, inner: &[u8], outer: &[u8]) -> bool {
    let absolute = |path: &[u8]| -> Vec<u8> {
        if path.starts_with(b"/") {
            return path.to_vec();
        }
        let cwd = env.getcwd().map(|reply| reply.path).unwrap_or_default();
        join(&cwd, path)
    };
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        for part in path.split(|&b| b == b'/') {
            match part {
                b"" | b"." => {}
                b".." => drop(parts.pop()),
                part => parts.push(part.to_vec()),
            }
        }
        parts
    };
    parts(&absolute(inner)).starts_with(&parts(&absolute(outer)))
}

/// `cpSyncCheckPaths(src, dest, dereference, recursive)`; makes the folder that `dest` is to stand in.
pub fn check_paths(args: &Args<'_, '_>) -> Outcome {
    let env = args.env;
    let (src, dest) = (args.path(0)?, args.path(1)?);
    let (dereference, recursive) = (args.flag(2), args.flag(3));
    let (how, syscall) = if dereference { (0, "stat") } else { (flags::NOFOLLOW, "lstat") };
    let from = env.stat(&src, how).map_err(|errno| Failure::at(errno, syscall, &src))?.stat;
    let to = known(env, &dest, how).map_err(|errno| Failure::at(errno, syscall, &dest))?;
    let (src_name, dest_name) = (shown(&src), shown(&dest));
    let refuse = |code: &str, text: String| Err(Trouble::coded(args.ctx, code, &text));

    if let Some(to) = &to {
        if (to.dev, to.ino) == (from.dev, from.ino) {
            return refuse("ERR_FS_CP_EINVAL", format!("src and dest cannot be the same {dest_name}"));
        }
        if is_dir(&from) && !is_dir(to) {
            return refuse("ERR_FS_CP_DIR_TO_NON_DIR", format!("Cannot overwrite non-directory {dest_name} with directory {src_name}"));
        }
        if !is_dir(&from) && is_dir(to) {
            return refuse("ERR_FS_CP_NON_DIR_TO_DIR", format!("Cannot overwrite directory {dest_name} with non-directory {src_name}"));
        }
    }
    // As Node has it: a folder is shown with a slash.
    let src_name = if is_dir(&from) && !src_name.ends_with('/') { src_name + "/" } else { src_name };
    if is_dir(&from) && inside(env, &dest, &src) {
        return refuse("ERR_FS_CP_EINVAL", format!("Cannot copy {src_name} to a subdirectory of self {dest_name}"));
    }
    if is_dir(&from) && !recursive {
        return refuse("ERR_FS_EISDIR", format!("Recursive option not enabled, cannot copy a directory: {src_name}"));
    }
    match from.mode & flags::S_IFMT {
        flags::S_IFSOCK => return refuse("ERR_FS_CP_SOCKET", format!("Cannot copy a socket file: {dest_name}")),
        flags::S_IFIFO => return refuse("ERR_FS_CP_FIFO_PIPE", format!("Cannot copy a FIFO pipe: {dest_name}")),
        _ => {}
    }
    if to.is_none() {
        let folder = parent(&dest);
        env.mkdir_all(folder, 0o777).map_err(|errno| Failure::at(errno, "mkdir", folder))?;
    }
    Ok(Answer::Nothing)
}

fn keep_times(env: &Env, src: &[u8], dest: &[u8]) -> Result<(), Trouble> {
    let from = env.stat(src, 0).map_err(|errno| Failure::at(errno, "stat", src))?.stat;
    env.utimes(dest, from.atime, from.mtime, 0).map_err(|errno| Failure::at(errno, "utime", dest))?;
    Ok(())
}

fn copy(env: &Env, src: &[u8], dest: &[u8], times: bool) -> Result<(), Trouble> {
    env.copy_file(src, dest, 0).map_err(|errno| Failure::between(errno, "cp", src, dest))?;
    if times { keep_times(env, src, dest) } else { Ok(()) }
}

/// `cpSyncOverrideFile(src, dest, mode, preserveTimestamps)`.
pub fn override_file(args: &Args<'_, '_>) -> Outcome {
    const COPYFILE_EXCL: u32 = 1;
    let env = args.env;
    let (src, dest) = (args.path(0)?, args.path(1)?);
    let mode = args.u32(2, 0)?;
    if mode & COPYFILE_EXCL != 0 {
        env.unlink(&dest).map_err(|errno| Failure::at(errno, "unlink", &dest))?;
    }
    copy(env, &src, &dest, args.flag(3))?;
    Ok(Answer::Nothing)
}

struct How {
    force: bool,
    dereference: bool,
    error_on_exist: bool,
    verbatim: bool,
    times: bool,
}

/// `cpSyncCopyDir(src, dest, force, dereference, errorOnExist, verbatimSymlinks, preserveTimestamps)`.
pub fn copy_dir(args: &Args<'_, '_>) -> Outcome {
    let how = How { force: args.flag(2), dereference: args.flag(3), error_on_exist: args.flag(4), verbatim: args.flag(5), times: args.flag(6) };
    copy_tree(args, &args.path(0)?, &args.path(1)?, &how)?;
    Ok(Answer::Nothing)
}

/// Copies what is in `src` into `dest`. Whatever fails is told of `dest`, as Node does.
fn copy_tree(args: &Args<'_, '_>, src: &[u8], dest: &[u8], how: &How) -> Result<(), Trouble> {
    let env = args.env;
    let told = |errno| Trouble::spoken(args.ctx, errno, "cp", failure::words(errno), dest);
    env.mkdir_all(dest, 0o777).map_err(told)?;
    for entry in env.entries(src).map_err(told)? {
        copy_entry(args, &join(src, &entry.name), &join(dest, &entry.name), how, &told)?;
    }
    Ok(())
}

fn copy_entry(args: &Args<'_, '_>, src: &[u8], dest: &[u8], how: &How, told: &dyn Fn(Errno) -> Trouble) -> Result<(), Trouble> {
    let env = args.env;
    let follow = if how.dereference { 0 } else { flags::NOFOLLOW };
    let from = env.stat(src, follow).map_err(told)?.stat;
    let to = known(env, dest, flags::NOFOLLOW).map_err(told)?;
    if is_dir(&from) {
        if to.as_ref().is_some_and(|to| !is_dir(to)) {
            let text = format!("Cannot overwrite non-directory {} with directory {}", shown(dest), shown(src));
            return Err(Trouble::coded(args.ctx, "ERR_FS_CP_DIR_TO_NON_DIR", &text));
        }
        return copy_tree(args, src, dest, how);
    }
    if is_link(&from) {
        return copy_link(args, src, dest, to.as_ref(), how, told);
    }
    match &to {
        Some(to) if is_dir(to) => {
            let text = format!("Cannot overwrite directory {} with non-directory {}", shown(dest), shown(src));
            Err(Trouble::coded(args.ctx, "ERR_FS_CP_NON_DIR_TO_DIR", &text))
        }
        Some(_) if !how.force && how.error_on_exist => Err(exists(args, dest)),
        Some(_) if !how.force => Ok(()),
        _ => {
            env.copy_file(src, dest, 0).map_err(told)?;
            if how.times { keep_times(env, src, dest) } else { Ok(()) }
        }
    }
}

fn copy_link(
    args: &Args<'_, '_>,
    src: &[u8],
    dest: &[u8],
    to: Option<&Stat>,
    how: &How,
    told: &dyn Fn(Errno) -> Trouble,
) -> Result<(), Trouble> {
    let env = args.env;
    let mut target = env.readlink(src).map_err(told)?.target;
    if !how.verbatim && !target.starts_with(b"/") {
        target = settled(env, &join(parent(src), &target));
    }
    if let Some(to) = to {
        if !is_link(to) && !how.force {
            return if how.error_on_exist { Err(exists(args, dest)) } else { Ok(()) };
        }
        env.unlink(dest).map_err(told)?;
    }
    env.symlink(&target, dest).map_err(told)?;
    Ok(())
}

/// The path without links, `.` and `..`, as far as it is there; what is not is taken by its words.
fn settled(env: &Env, path: &[u8]) -> Vec<u8> {
    let mut there = path;
    loop {
        if let Ok(reply) = env.realpath(there) {
            let mut whole = reply.path;
            for part in path.get(there.len()..).unwrap_or_default().split(|&b| b == b'/') {
                match part {
                    b"" | b"." => {}
                    b".." => whole = parent(&whole).to_vec(),
                    part => whole = join(&whole, part),
                }
            }
            return whole;
        }
        match parent(there) {
            shorter if shorter.len() < there.len() && there.starts_with(shorter) => there = shorter,
            _ => return path.to_vec(),
        }
    }
}

fn exists(args: &Args<'_, '_>, dest: &[u8]) -> Trouble {
    Trouble::coded(args.ctx, "ERR_FS_CP_EEXIST", &format!("[ERR_FS_CP_EEXIST]: Target already exists: cp returned EEXIST ({} already exists) {}", shown(dest), shown(dest)))
}

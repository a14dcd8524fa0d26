//! Calls on paths. Each says who asks ([`Machine::who`]) and leaves the rules to the file system, or to the tree into which the path leads.

use porthole_abi::flags::{NOFOLLOW, NOREPLACE, O_CREAT, O_DSYNC, O_EXCL, O_NOFOLLOW, R_OK, W_OK};
use porthole_abi::stat::{Dirent, Statfs};
use porthole_abi::syscall::TreeEntry;
use porthole_abi::wire::List;
use porthole_abi::{Errno, reply};

use super::file::MAX_DATA;
use super::file::stat_description;
pub use super::file::{fchmod, fchown, fstat, fsync, ftruncate, futimes, pread, read_description, seek, write_description};
use crate::descriptor::Description;
use crate::machine::Machine;
use crate::synthetic::refuse;
use crate::synthetic::site::{Reached, Site};
use crate::vfs::{Caller, ELSEWHERE, Links, Node, Vfs};

/// Linux's `PROC_SUPER_MAGIC`.
const TREE_KIND: u64 = 0x9fa0;

impl Machine {
    pub(crate) fn umask(&self, pid: i32) -> Result<u32, Errno> {
        Ok(self.state.processes.get(&pid).ok_or(Errno::ESRCH)?.umask)
    }
}

/// What to do with a link at the end of the path.
fn links(flags: u32) -> Links {
    if flags & NOFOLLOW == 0 { Links::Follow } else { Links::Keep }
}

pub fn open(machine: &mut Machine, pid: i32, path: &[u8], flags: u32, mode: u32) -> Result<reply::Open, Errno> {
    let fd = open_path(machine, pid, path, flags, mode)?;
    Ok(reply::Open { fd, stat: fstat(machine, pid, fd)?.stat })
}

pub fn open_path(machine: &mut Machine, pid: i32, path: &[u8], flags: u32, mode: u32) -> Result<i32, Errno> {
    machine.room_for(pid, 1)?;
    let umask = machine.umask(pid)?;
    let links = match (flags & O_CREAT != 0, flags & O_NOFOLLOW != 0 || flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL) {
        (false, false) => Links::Follow,
        (false, true) => Links::Keep,
        (true, false) => Links::Create,
        (true, true) => Links::Parent,
    };
    let opened = machine.reach_mut(
        pid,
        path,
        links,
        |vfs, who, path| Ok(Ok(vfs.open(who, path, flags, mode & 0o7777 & !umask)?)),
        |machine, who, site| Ok(Err(machine.open_site(pid, who, site, flags)?)),
    )?;
    let opened = match opened {
        Ok(opened) => opened,
        Err(fd) => return Ok(fd),
    };
    let (mount, ino) = (opened.mount, opened.ino);
    if let Node::Device { major, minor } = machine.state.vfs.inode(ino)?.node {
        machine.state.vfs.release(ino);
        return machine.open_device(pid, major, minor, flags);
    }
    machine.install(pid, Description::File { mount, ino, flags, offset: 0 })
}

pub fn stat(machine: &Machine, pid: i32, path: &[u8], flags: u32) -> Result<reply::Stat, Errno> {
    let stat = machine.reach(
        pid,
        path,
        links(flags),
        |vfs, who, path| vfs.stat(who, path, flags & NOFOLLOW == 0),
        |machine, _, site| match site {
            Site::Tree(entry) => machine.tree_stat(entry.mount, entry.found()?),
            Site::Description(id) => stat_description(machine, pid, id),
        },
    )?;
    Ok(reply::Stat { stat })
}

pub fn readdir(machine: &Machine, pid: i32, path: &[u8], skip: u32, limit: u32) -> Result<reply::Readdir, Errno> {
    let (skip, limit) = (skip as usize, limit as usize);
    let (entries, stat) = machine.reach(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| Ok((vfs.readdir(who, path, skip, limit)?, vfs.stat(who, path, true)?)),
        |machine, who, site| {
            let Site::Tree(entry) = site else { return Err(Errno::ENOTDIR) };
            let node = entry.found()?;
            if !node.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            machine.tree_may(who, node, R_OK)?;
            let dirent = |(name, node)| Dirent { ino: crate::synthetic::node::Node::shown(node), kind: (Machine::tree_kind(node) >> 12) as u8, name };
            let entries = machine.tree_children(node).into_iter().skip(skip).take(limit).map(dirent).collect();
            Ok((entries, machine.tree_stat(entry.mount, node)?))
        },
    )?;
    Ok(reply::Readdir { entries: List(entries), stat })
}

/// What must be opened to be read is `EINVAL`, in a tree as in the file system.
pub fn read_file(machine: &Machine, pid: i32, path: &[u8], limit: u32) -> Result<reply::ReadFile, Errno> {
    let limit = (limit as usize).min(MAX_DATA);
    let (data, stat) = machine.reach(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| Ok((vfs.read_file(who, path, limit)?, vfs.stat(who, path, true)?)),
        |machine, who, site| {
            let Site::Tree(entry) = site else { return Err(Errno::EINVAL) };
            let node = entry.found()?;
            if node.is_directory() {
                return Err(Errno::EISDIR);
            }
            machine.tree_may(who, node, R_OK)?;
            let text = Some(machine.tree_says(pid, node)?).filter(|text| text.len() <= limit).ok_or(Errno::EFBIG)?;
            Ok((text, machine.tree_stat(entry.mount, node)?))
        },
    )?;
    Ok(reply::ReadFile { data, stat })
}

/// A path to something else than a regular file is opened, written to and closed like any.
pub fn write_file(machine: &mut Machine, pid: i32, path: &[u8], data: &[u8], flags: u32, mode: u32) -> Result<reply::WriteFile, Errno> {
    let umask = machine.umask(pid)?;
    let who = machine.who(pid)?;
    let vfs = &mut machine.state.vfs;
    let is_file = match vfs.stat(&who, path, true) {
        Ok(stat) => stat.rdev == 0,
        Err(errno) => errno != ELSEWHERE,
    };
    if is_file {
        vfs.write_file(&who, path, data, flags, mode & 0o7777 & !umask)?;
        let stat = vfs.stat(&who, path, true)?;
        if flags & O_DSYNC != 0 {
            machine.await_durable();
        }
        return Ok(reply::WriteFile { stat });
    }
    let fd = open_path(machine, pid, path, flags, mode)?;
    let stat = fstat(machine, pid, fd)?.stat;
    let written = super::io::write(machine, pid, fd, data, -1);
    machine.close_descriptor(pid, fd)?;
    match written?.written as usize {
        all if all == data.len() => Ok(reply::WriteFile { stat }),
        _ => Err(Errno::EAGAIN),
    }
}

pub fn write_tree(machine: &mut Machine, pid: i32, base: &[u8], entries: List<TreeEntry>) -> Result<reply::WriteTree, Errno> {
    let umask = machine.umask(pid)?;
    machine.reach_mut(pid, base, Links::Follow, |vfs, who, base| vfs.write_tree(who, base, &entries.0, umask), |_, _, _| Err(Errno::EROFS))?;
    Ok(reply::WriteTree {})
}

/// Room for the rest of a reply around the entries of `read_tree`, and for an entry without content.
const TREE_MARGIN: usize = 8 << 10;
/// Contents in one answer of `survey`.
const SURVEY_MAX: usize = 1 << 20;

/// A foreign tree is none that could be written again.
pub fn read_tree(machine: &Machine, pid: i32, base: &[u8], after: &[u8], limit: u32) -> Result<reply::ReadTree, Errno> {
    let limit = (limit as usize).min(MAX_DATA - TREE_MARGIN);
    let page = machine.reach(
        pid,
        base,
        Links::Follow,
        |vfs, who, base| vfs.tree_page(who, base, after, limit),
        |_, _, site| Err(if matches!(site, Site::Tree(_)) { Errno::ENOTSUP } else { Errno::ENOTDIR }),
    )?;
    // All are tried before one fails: what is not in memory is then loaded at one go.
    let entries: Vec<_> = page.entries.iter().map(|entry| machine.state.vfs.tree_node(entry)).collect();
    Ok(reply::ReadTree { entries: List(entries.into_iter().collect::<Result<_, _>>()?), end: u8::from(page.end) })
}

/// Of a foreign tree nothing is to be remembered.
pub fn survey(machine: &Machine, pid: i32, path: &[u8], depth: u32, except: &[u8], limit: u32) -> Result<reply::Survey, Errno> {
    let limit = (limit as usize).min(SURVEY_MAX);
    let directories = machine.reach(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.survey(who, path, depth, except, limit),
        |_, _, site| Err(if matches!(site, Site::Tree(_)) { Errno::ENOTSUP } else { Errno::ENOTDIR }),
    )?;
    Ok(reply::Survey { directories: List(directories) })
}

pub fn mkdir(machine: &mut Machine, pid: i32, path: &[u8], mode: u32) -> Result<reply::Mkdir, Errno> {
    let umask = machine.umask(pid)?;
    machine.reach_mut(pid, path, Links::Parent, |vfs, who, path| vfs.mkdir(who, path, mode & !umask), |_, _, site| refuse::make(&site))?;
    Ok(reply::Mkdir {})
}

pub fn mkdir_all(machine: &mut Machine, pid: i32, path: &[u8], mode: u32) -> Result<reply::MkdirAll, Errno> {
    let umask = machine.umask(pid)?;
    let first = machine.reach_mut(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.mkdir_all(who, path, mode & !umask),
        |_, _, site| match &site {
            Site::Tree(entry) if entry.node.is_some_and(crate::synthetic::node::Node::is_directory) => Ok(None),
            site => refuse::make(site),
        },
    )?;
    Ok(reply::MkdirAll { first: first.unwrap_or_default() })
}

pub fn mkdtemp(machine: &mut Machine, pid: i32, prefix: &[u8]) -> Result<reply::Mkdtemp, Errno> {
    let who = machine.who(pid)?;
    let state = &mut machine.state;
    match state.vfs.mkdtemp(&who, prefix, &mut || state.random.next()) {
        // By way of a tree: its answer is in other words than the prefix.
        Err(ELSEWHERE) => refuse::make_where(machine.site(pid, &who, prefix, Links::Parent)?),
        made => Ok(reply::Mkdtemp { path: made? }),
    }
}

pub fn rmdir(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::Rmdir, Errno> {
    machine.reach_mut(
        pid,
        path,
        Links::Parent,
        |vfs, who, path| vfs.rmdir(who, path),
        |machine, who, site| refuse::remove(machine, who, &site, true),
    )?;
    Ok(reply::Rmdir {})
}

pub fn unlink(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::Unlink, Errno> {
    machine.reach_mut(
        pid,
        path,
        Links::Parent,
        |vfs, who, path| vfs.unlink(who, path),
        |machine, who, site| refuse::remove(machine, who, &site, false),
    )?;
    Ok(reply::Unlink {})
}

pub fn remove_tree(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::RemoveTree, Errno> {
    machine.reach_mut(
        pid,
        path,
        Links::Parent,
        |vfs, who, path| vfs.remove_tree(who, path),
        |machine, who, site| {
            let directory = matches!(&site, Site::Tree(entry) if entry.node.is_some_and(crate::synthetic::node::Node::is_directory));
            refuse::remove(machine, who, &site, directory)
        },
    )?;
    Ok(reply::RemoveTree {})
}

/// A call on two names, each of which may lead to the file system by way of a tree.
fn on_both(
    machine: &mut Machine,
    pid: i32,
    (from, from_links): (&[u8], Links),
    to: &[u8],
    mut files: impl FnMut(&mut Vfs, (&Caller, &[u8]), (&Caller, &[u8])) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let who = machine.who(pid)?;
    match files(&mut machine.state.vfs, (&who, from), (&who, to)) {
        Err(ELSEWHERE) => {}
        done => return done,
    }
    let (from, to) = (machine.site(pid, &who, from, from_links)?, machine.site(pid, &who, to, Links::Parent)?);
    match (&from, &to) {
        (Reached::Files(one, from), Reached::Files(other, to)) => files(&mut machine.state.vfs, (one, from), (other, to)),
        _ => refuse::rename(machine, &who, &from, &to),
    }
}

pub fn rename(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8], flags: u32) -> Result<reply::Rename, Errno> {
    if flags & !NOREPLACE != 0 {
        return Err(Errno::EINVAL);
    }
    let replace = flags & NOREPLACE == 0;
    on_both(machine, pid, (from, Links::Parent), to, |vfs, (who, from), (there, to)| vfs.rename(who, from, there, to, replace))?;
    Ok(reply::Rename {})
}

pub fn link(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8]) -> Result<reply::Link, Errno> {
    on_both(machine, pid, (from, Links::Keep), to, |vfs, (who, from), (there, to)| vfs.link(who, from, there, to))?;
    Ok(reply::Link {})
}

pub fn symlink(machine: &mut Machine, pid: i32, target: &[u8], path: &[u8]) -> Result<reply::Symlink, Errno> {
    machine.reach_mut(pid, path, Links::Parent, |vfs, who, path| vfs.symlink(who, target, path), |_, _, site| refuse::make(&site))?;
    Ok(reply::Symlink {})
}

pub fn readlink(machine: &Machine, pid: i32, path: &[u8]) -> Result<reply::Readlink, Errno> {
    let target = machine.reach(
        pid,
        path,
        Links::Keep,
        |vfs, who, path| vfs.readlink(who, path).map(<[u8]>::to_vec),
        |machine, _, site| match site {
            Site::Tree(entry) => machine.tree_link(pid, entry.found()?),
            Site::Description(_) => Err(Errno::EINVAL),
        },
    )?;
    Ok(reply::Readlink { target })
}

pub fn realpath(machine: &Machine, pid: i32, path: &[u8]) -> Result<reply::Realpath, Errno> {
    Ok(reply::Realpath { path: machine.realpath(pid, path)? })
}

pub fn access(machine: &Machine, pid: i32, path: &[u8], mode: u32) -> Result<reply::Access, Errno> {
    machine.reach(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.access(who, path, mode),
        |machine, who, site| match site {
            _ if mode & !7 != 0 => Err(Errno::EINVAL),
            Site::Tree(entry) => machine.tree_may(who, entry.found()?, mode),
            Site::Description(id) => match machine.state.descriptions.get(&id).map(|open| &open.what) {
                Some(Description::File { ino, .. }) => machine.state.vfs.access_of(who, *ino, mode),
                _ => Ok(()),
            },
        },
    )?;
    Ok(reply::Access {})
}

pub fn chmod(machine: &mut Machine, pid: i32, path: &[u8], mode: u32, flags: u32) -> Result<reply::Chmod, Errno> {
    let follow = flags & NOFOLLOW == 0;
    machine.reach_mut(pid, path, links(flags), |vfs, who, path| vfs.chmod(who, path, mode, follow), |_, _, site| refuse::change(&site))?;
    Ok(reply::Chmod {})
}

pub fn chown(machine: &mut Machine, pid: i32, path: &[u8], uid: u32, gid: u32, flags: u32) -> Result<reply::Chown, Errno> {
    let follow = flags & NOFOLLOW == 0;
    machine.reach_mut(pid, path, links(flags), |vfs, who, path| vfs.chown(who, path, uid, gid, follow), |_, _, site| refuse::change(&site))?;
    Ok(reply::Chown {})
}

pub fn utimes(machine: &mut Machine, pid: i32, path: &[u8], atime: i64, mtime: i64, flags: u32) -> Result<reply::Utimes, Errno> {
    let follow = flags & NOFOLLOW == 0;
    machine.reach_mut(pid, path, links(flags), |vfs, who, path| vfs.utimes(who, path, atime, mtime, follow), |_, _, site| refuse::change(&site))?;
    Ok(reply::Utimes {})
}

/// In a tree there is nothing to cut, for those who may write.
pub fn truncate(machine: &mut Machine, pid: i32, path: &[u8], len: u64) -> Result<reply::Truncate, Errno> {
    machine.reach_mut(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.truncate(who, path, len),
        |machine, who, site| {
            let Site::Tree(entry) = site else { return Err(Errno::EINVAL) };
            let node = entry.found()?;
            if node.is_directory() { Err(Errno::EISDIR) } else { machine.tree_may(who, node, W_OK) }
        },
    )?;
    Ok(reply::Truncate {})
}

/// A file of a tree is copied as it reads now.
pub fn copy_file(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8], flags: u32) -> Result<reply::CopyFile, Errno> {
    let replace = flags & 1 == 0;
    let source = machine.reach(
        pid,
        from,
        Links::Follow,
        |vfs, who, path| vfs.ino(who, path).map(Some),
        |_, _, site| if matches!(site, Site::Tree(_)) { Ok(None) } else { Err(Errno::EINVAL) },
    )?;
    let Some(source) = source else {
        let data = read_file(machine, pid, from, u32::MAX)?.data;
        let exclusive = if replace { 0 } else { O_EXCL };
        write_file(machine, pid, to, &data, porthole_abi::flags::O_WRONLY | O_CREAT | porthole_abi::flags::O_TRUNC | exclusive, 0o666)?;
        return Ok(reply::CopyFile {});
    };
    machine.reach_mut(
        pid,
        to,
        if replace { Links::Create } else { Links::Parent },
        |vfs, who, to| vfs.copy_file(who, source, to, replace),
        |_, _, site| match &site {
            Site::Tree(entry) if entry.node.is_some() && replace => Err(Errno::EACCES),
            site => refuse::make(site),
        },
    )?;
    Ok(reply::CopyFile {})
}

pub fn statfs(machine: &Machine, pid: i32, path: &[u8]) -> Result<reply::Statfs, Errno> {
    let statfs = machine.reach(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.statfs(who, path),
        |_, _, site| {
            if let Site::Tree(entry) = site {
                entry.found()?;
            }
            Ok(Statfs { kind: TREE_KIND, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0 })
        },
    )?;
    Ok(reply::Statfs { statfs })
}

/// What is computed when somebody looks tells nobody when it changes.
pub fn watch_path(machine: &mut Machine, pid: i32, path: &[u8], recursive: u8) -> Result<reply::WatchPath, Errno> {
    machine.room_for(pid, 1)?;
    let watch = machine.reach_mut(pid, path, Links::Follow, |vfs, who, path| vfs.watch(who, path, recursive != 0), |_, _, _| Err(Errno::ENOTSUP))?;
    Ok(reply::WatchPath { fd: machine.install_path_watch(pid, watch)? })
}

/// `read` of a descriptor from `watch_path`.
pub fn read_watch(machine: &mut Machine, pid: i32, fd: i32, len: usize) -> Result<Vec<u8>, Errno> {
    match machine.description(pid, fd)?.1 {
        Description::PathWatch { watch } => {
            let watch = *watch;
            machine.state.vfs.watch_read(watch, len)
        }
        _ => Err(Errno::EBADF),
    }
}

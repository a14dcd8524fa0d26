//! Linux's side: a thread in a directory of its own.

use std::ffi::CString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use porthole_abi::Errno;
use porthole_abi::flags::*;

use crate::plan::{self, MOUNTS, SLOTS, Step};
use crate::side::{Answer, Entry, Seen, Side, data, other_length, short};

/// The user of a container's processes.
const USER: u32 = 1000;

pub fn is_root() -> bool {
    unsafe { libc::geteuid() == 0 }
}

pub struct Host {
    slots: [Option<i32>; SLOTS],
}

/// A directory that goes away with its content.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

impl Host {
    /// Runs `test` as user 1000 in a thread whose root is a directory, empty but for what [`MOUNTS`] says where there shall be `mounts`.
    pub fn inside<T: Send + 'static>(seed: u64, mounts: bool, test: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, String> {
        // In memory where there is such a place: nothing here should wait for a disk.
        let shm = Path::new("/dev/shm");
        let base = if shm.is_dir() { shm.to_path_buf() } else { std::env::temp_dir() };
        let root = Temporary(base.join(format!("porthole-differential-{}-{seed}-{mounts}", std::process::id())));
        std::fs::create_dir(&root.0).map_err(|error| error.to_string())?;
        std::fs::set_permissions(&root.0, PermissionsExt::from_mode(0o755)).map_err(|error| error.to_string())?;
        std::os::unix::fs::chown(&root.0, Some(USER), Some(USER)).map_err(|error| error.to_string())?;
        for name in plan::NAMES.iter().filter(|_| mounts) {
            let path = root.0.join(std::ffi::OsStr::from_bytes(name));
            std::fs::create_dir(&path).map_err(|error| error.to_string())?;
            std::os::unix::fs::chown(&path, Some(USER), Some(USER)).map_err(|error| error.to_string())?;
        }
        let path = CString::new(root.0.as_os_str().as_bytes()).map_err(|error| error.to_string())?;
        let thread = std::thread::spawn(move || {
            // The bare system calls change this thread alone, the C library's would change all.
            let moved = unsafe {
                libc::unshare(libc::CLONE_FS | if mounts { libc::CLONE_NEWNS } else { 0 }) == 0
                    && (!mounts || mount_all(&path))
                    && libc::chroot(path.as_ptr()) == 0
                    && libc::chdir(c"/".as_ptr()) == 0
                    && libc::syscall(libc::SYS_setgroups, 0, std::ptr::null::<libc::gid_t>()) == 0
                    && libc::syscall(libc::SYS_setresgid, USER, USER, USER) == 0
                    && libc::syscall(libc::SYS_setresuid, USER, USER, USER) == 0
            };
            if !moved {
                return Err(format!("no place to run in: {}", std::io::Error::last_os_error()));
            }
            test()
        });
        thread.join().map_err(|_| format!("seed {seed} panicked"))?
    }

    pub fn new() -> Self {
        unsafe { libc::umask(0o022) };
        Self { slots: [None; SLOTS] }
    }

    fn fd(&self, slot: usize) -> Result<i32, Errno> {
        self.slots[slot].ok_or(Errno::EBADF)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        for fd in self.slots.into_iter().flatten() {
            unsafe { libc::close(fd) };
        }
    }
}

/// Mounts what [`MOUNTS`] says below a directory, for this thread's mount namespace alone, which ends with it.
fn mount_all(root: &CString) -> bool {
    let below = |name: &[u8]| CString::new([root.as_bytes(), b"/", name].concat()).expect("no zero bytes");
    let (none, bind, again) = (std::ptr::null(), libc::MS_BIND, libc::MS_BIND | libc::MS_REMOUNT | libc::MS_RDONLY);
    let private = unsafe { libc::mount(none, c"/".as_ptr(), none, libc::MS_REC | libc::MS_PRIVATE, none.cast()) == 0 };
    private
        && MOUNTS.iter().all(|(source, target, read_only)| {
            let (source, target) = (below(source), below(target));
            let mounted = unsafe { libc::mount(source.as_ptr(), target.as_ptr(), none, bind, none.cast()) == 0 };
            mounted && (!read_only || unsafe { libc::mount(none, target.as_ptr(), none, again, none.cast()) == 0 })
        })
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_number(error.raw_os_error().unwrap_or(5) as u16).unwrap_or(Errno::EIO)
}

fn last() -> Errno {
    errno(&std::io::Error::last_os_error())
}

fn done(result: libc::c_int) -> Result<Answer, Errno> {
    if result < 0 { Err(last()) } else { Ok(Answer::Nothing) }
}

fn number(result: i64) -> Result<Answer, Errno> {
    if result < 0 { Err(last()) } else { Ok(Answer::Number(result)) }
}

fn path_of(bytes: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(bytes))
}

fn seen(stat: &libc::stat) -> Seen {
    Seen::new(stat.st_mode, stat.st_nlink as u32, stat.st_size as u64, stat.st_mtime.saturating_mul(1_000_000_000) + stat.st_mtime_nsec)
}

fn stat_with(call: impl FnOnce(*mut libc::stat) -> libc::c_int) -> Result<libc::stat, Errno> {
    let mut stat = std::mem::MaybeUninit::<libc::stat>::zeroed();
    if call(stat.as_mut_ptr()) < 0 { Err(last()) } else { Ok(unsafe { stat.assume_init() }) }
}

fn time(nanos: i64) -> libc::timespec {
    libc::timespec { tv_sec: nanos / 1_000_000_000, tv_nsec: nanos % 1_000_000_000 }
}

fn kind(file: std::fs::FileType) -> u8 {
    match () {
        () if file.is_dir() => DT_DIR,
        () if file.is_symlink() => DT_LNK,
        () if file.is_fifo() => DT_FIFO,
        () => DT_REG,
    }
}

impl Side for Host {
    fn take(&mut self, step: &Step) -> Result<Answer, Errno> {
        let c = |path: &[u8]| CString::new(path).expect("the plan makes no zero bytes");
        match step {
            Step::Open { slot, path, flags, mode } => {
                let fd = unsafe { libc::open(c(path).as_ptr(), *flags as i32 | libc::O_CLOEXEC, *mode) };
                if fd < 0 {
                    return Err(last());
                }
                if let Some(old) = self.slots[*slot].replace(fd) {
                    unsafe { libc::close(old) };
                }
                Ok(Answer::Nothing)
            }
            Step::Close { slot } => {
                let fd = self.fd(*slot)?;
                self.slots[*slot] = None;
                done(unsafe { libc::close(fd) })
            }
            Step::Read { slot, len, position } => {
                let mut buffer = vec![0u8; *len as usize];
                let (fd, at) = (self.fd(*slot)?, buffer.as_mut_ptr().cast());
                let got = if *position < 0 {
                    unsafe { libc::read(fd, at, *len as usize) }
                } else {
                    unsafe { libc::pread(fd, at, *len as usize, *position) }
                };
                if got < 0 {
                    return Err(last());
                }
                Ok(data(&buffer[..got as usize]))
            }
            Step::Write { slot, data, position } => {
                let (fd, at) = (self.fd(*slot)?, data.as_ptr().cast());
                number(
                    if *position < 0 { unsafe { libc::write(fd, at, data.len()) } } else { unsafe { libc::pwrite(fd, at, data.len(), *position) } }
                        as i64,
                )
            }
            Step::Seek { slot, offset, whence } => {
                let fd = self.fd(*slot)?;
                let stat = stat_with(|stat| unsafe { libc::fstat(fd, stat) })?;
                if stat.st_mode & S_IFMT == S_IFDIR {
                    return Ok(Answer::Nothing);
                }
                // 3 is SEEK_DATA, which the container does not have.
                if *whence > 2 {
                    return Err(Errno::EINVAL);
                }
                number(unsafe { libc::lseek(fd, *offset, i32::from(*whence)) })
            }
            Step::Ftruncate { slot, len } => done(unsafe { libc::ftruncate(self.fd(*slot)?, *len as i64) }),
            Step::Fstat { slot } => {
                let fd = self.fd(*slot)?;
                Ok(Answer::File(seen(&stat_with(|stat| unsafe { libc::fstat(fd, stat) })?)))
            }
            Step::Fchmod { slot, mode } => done(unsafe { libc::fchmod(self.fd(*slot)?, *mode) }),
            Step::Stat { path, follow } => {
                let path = c(path);
                let call = |stat| unsafe { if *follow { libc::stat(path.as_ptr(), stat) } else { libc::lstat(path.as_ptr(), stat) } };
                Ok(Answer::File(seen(&stat_with(call)?)))
            }
            Step::Readdir { path } => {
                let mut names = Vec::new();
                for entry in std::fs::read_dir(path_of(path)).map_err(|error| errno(&error))? {
                    let entry = entry.map_err(|error| errno(&error))?;
                    names.push((entry.file_name().into_vec(), kind(entry.file_type().map_err(|error| errno(&error))?)));
                }
                names.sort();
                Ok(Answer::Names(names))
            }
            Step::Mkdir { path, mode } => done(unsafe { libc::mkdir(c(path).as_ptr(), *mode) }),
            Step::Rmdir { path } => done(unsafe { libc::rmdir(c(path).as_ptr()) }),
            Step::Unlink { path } => done(unsafe { libc::unlink(c(path).as_ptr()) }),
            Step::Rename { from, to, replace } => {
                let flags = if *replace { 0 } else { libc::RENAME_NOREPLACE };
                done(unsafe { libc::renameat2(libc::AT_FDCWD, c(from).as_ptr(), libc::AT_FDCWD, c(to).as_ptr(), flags) })
            }
            Step::Link { from, to } => done(unsafe { libc::link(c(from).as_ptr(), c(to).as_ptr()) }),
            Step::Symlink { target, path } => done(unsafe { libc::symlink(c(target).as_ptr(), c(path).as_ptr()) }),
            Step::Readlink { path } => Ok(data(std::fs::read_link(path_of(path)).map_err(|error| errno(&error))?.as_os_str().as_bytes())),
            // The C library's `realpath` takes `..` away without a look; what may be walked is for the kernel to say.
            Step::Realpath { path } if unsafe { libc::access(c(path).as_ptr(), libc::F_OK) } < 0 => Err(last()),
            Step::Realpath { path } => Ok(data(std::fs::canonicalize(path_of(path)).map_err(|error| errno(&error))?.as_os_str().as_bytes())),
            Step::Access { path, mode } => done(unsafe { libc::access(c(path).as_ptr(), *mode as i32) }),
            Step::Chmod { path, mode } => done(unsafe { libc::chmod(c(path).as_ptr(), *mode) }),
            Step::Utimes { path, atime, mtime, follow } => {
                let flags = if *follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
                done(unsafe { libc::utimensat(libc::AT_FDCWD, c(path).as_ptr(), [time(*atime), time(*mtime)].as_ptr(), flags) })
            }
            Step::Chdir { path } => done(unsafe { libc::chdir(c(path).as_ptr()) }),
            Step::Getcwd {} => Ok(data(std::env::current_dir().map_err(|error| errno(&error))?.as_os_str().as_bytes())),
            Step::Truncate { path, len } => {
                let path = c(path);
                let size = stat_with(|stat| unsafe { libc::stat(path.as_ptr(), stat) }).map_or(0, |stat| stat.st_size as u64);
                done(unsafe { libc::truncate(path.as_ptr(), other_length(size, *len) as i64) })
            }
        }
    }

    fn tree(&mut self) -> Vec<Entry> {
        let mut out = Vec::new();
        tree_below(Path::new("/"), &mut Vec::new(), &mut out);
        out
    }
}

fn tree_below(dir: &Path, first: &mut Vec<(u64, Vec<u8>)>, out: &mut Vec<Entry>) {
    let mode = std::fs::metadata(dir).unwrap().permissions();
    if let Err(refused) = std::fs::set_permissions(dir, PermissionsExt::from_mode(0o777)) {
        // What a read-only mount shows is listed where it may be changed.
        assert_eq!(errno(&refused), Errno::EROFS);
        return;
    }
    let mut names: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let path = dir.join(name);
        let stat = std::fs::symlink_metadata(&path).unwrap();
        let content = match stat.mode() & S_IFMT {
            S_IFLNK => std::fs::read_link(&path).unwrap().into_os_string().into_vec(),
            S_IFREG => {
                std::fs::set_permissions(&path, PermissionsExt::from_mode(0o777)).unwrap();
                short(&std::fs::read(&path).unwrap())
            }
            _ => Vec::new(),
        };
        let bytes = path.as_os_str().as_bytes().to_vec();
        let known = first.iter().find(|(ino, _)| *ino == stat.ino()).map(|(_, path)| path.clone());
        if known.is_none() {
            first.push((stat.ino(), bytes.clone()));
        }
        let mode = if known.is_some() { stat.mode() & S_IFMT } else { stat.mode() };
        out.push((
            bytes,
            Seen::new(mode, stat.nlink() as u32, stat.size(), stat.mtime() * 1_000_000_000 + stat.mtime_nsec()),
            content,
            known.unwrap_or_default(),
        ));
        if stat.is_dir() {
            tree_below(&path, first, out);
        }
    }
    std::fs::set_permissions(dir, mode).unwrap();
}

//! A stand-in for the kernel: one process over the real disk, read only. Good for starting programs, not for more.

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use porthole_abi::wire::{List, Wire};
use porthole_abi::{Call, Errno, Reply, Request, Stat, frame, reply};
use porthole_node::{Builtin, Host};

use crate::library;

pub struct Disk {
    argv: Vec<String>,
    born: Instant,
    files: RefCell<HashMap<i32, (Vec<u8>, usize, String)>>,
}

impl Disk {
    pub fn new(argv: Vec<String>) -> Self {
        Self { argv, born: Instant::now(), files: RefCell::default() }
    }

    fn answer(&self, call: Call<'_>, out: &mut Vec<u8>) -> Result<(), Errno> {
        let io = |error: std::io::Error| error.raw_os_error().map_or(Errno::EIO, |number| Errno::from_number(number as u16).unwrap_or(Errno::EIO));
        let path = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
        match call {
            Call::Start {} => reply::Start {
                pid: 2,
                ppid: 1,
                argv: List(self.argv.iter().map(|arg| arg.clone().into_bytes()).collect()),
                env: List(std::env::vars().map(|(name, value)| format!("{name}={value}").into_bytes()).collect()),
                cwd: std::env::current_dir().map_err(io)?.to_string_lossy().into_owned().into_bytes(),
                umask: 0o22,
                ..Default::default()
            }
            .put(out),
            Call::Exit { .. } | Call::Watch { .. } | Call::Sigaction { .. } => {}
            Call::Getcwd {} => reply::Getcwd { path: std::env::current_dir().map_err(io)?.to_string_lossy().into_owned().into_bytes() }.put(out),
            Call::Write { fd, data, .. } => {
                use std::io::Write;
                match fd {
                    1 => std::io::stdout().write_all(data).map_err(io)?,
                    2 => std::io::stderr().write_all(data).map_err(io)?,
                    _ => return Err(Errno::EBADF),
                }
                reply::Write { written: data.len() as u32 }.put(out);
            }
            Call::FdKind { fd } => reply::FdKind { kind: if fd < 3 { porthole_abi::flags::FD_FILE } else { porthole_abi::flags::FD_FILE } }.put(out),
            Call::Stat { path: at, flags } => {
                let at = path(at);
                let meta = if flags & 1 != 0 { std::fs::symlink_metadata(at) } else { std::fs::metadata(at) }.map_err(io)?;
                reply::Stat { stat: stat(&meta) }.put(out);
            }
            Call::ReadFile { path: at, .. } => reply::ReadFile { data: std::fs::read(path(at)).map_err(io)? }.put(out),
            Call::Realpath { path: at } => reply::Realpath { path: std::fs::canonicalize(path(at)).map_err(io)?.to_string_lossy().into_owned().into_bytes() }.put(out),
            Call::Readlink { path: at } => reply::Readlink { target: std::fs::read_link(path(at)).map_err(io)?.to_string_lossy().into_owned().into_bytes() }.put(out),
            Call::Open { path: at, .. } => {
                let mut data = Vec::new();
                std::fs::File::open(path(at)).and_then(|mut file| file.read_to_end(&mut data)).map_err(io)?;
                let mut files = self.files.borrow_mut();
                let fd = (3..).find(|fd| !files.contains_key(fd)).unwrap_or(3);
                files.insert(fd, (data, 0, path(at)));
                reply::Open { fd }.put(out);
            }
            Call::Close { fd } => {
                self.files.borrow_mut().remove(&fd).ok_or(Errno::EBADF)?;
            }
            Call::Fstat { fd } => {
                let files = self.files.borrow();
                let (_, _, at) = files.get(&fd).ok_or(Errno::EBADF)?;
                reply::Fstat { stat: stat(&std::fs::metadata(at).map_err(io)?) }.put(out);
            }
            Call::Read { fd, len, position } => {
                if fd == 0 {
                    let mut data = vec![0; len as usize];
                    let count = std::io::stdin().read(&mut data).map_err(io)?;
                    data.truncate(count);
                    reply::Read { data }.put(out);
                    return Ok(());
                }
                let mut files = self.files.borrow_mut();
                let (data, at, _) = files.get_mut(&fd).ok_or(Errno::EBADF)?;
                let from = if position >= 0 { position as usize } else { *at }.min(data.len());
                let to = (from + len as usize).min(data.len());
                if position < 0 {
                    *at = to;
                }
                reply::Read { data: data[from..to].to_vec() }.put(out);
            }
            _ => return Err(Errno::ENOSYS),
        }
        Ok(())
    }
}

fn stat(meta: &std::fs::Metadata) -> Stat {
    Stat {
        dev: meta.dev(),
        ino: meta.ino(),
        mode: meta.mode(),
        nlink: meta.nlink() as u32,
        uid: meta.uid(),
        gid: meta.gid(),
        rdev: meta.rdev(),
        size: meta.size(),
        blksize: meta.blksize() as u32,
        blocks: meta.blocks(),
        atime: meta.atime() * 1_000_000_000 + meta.atime_nsec(),
        mtime: meta.mtime() * 1_000_000_000 + meta.mtime_nsec(),
        ctime: meta.ctime() * 1_000_000_000 + meta.ctime_nsec(),
        birthtime: 0,
    }
}

impl Host for Disk {
    fn call(&self, request: &[u8], out: &mut Vec<u8>) {
        let Ok(request) = Request::get(request) else { return };
        let mut payload = Vec::new();
        let result = Call::get(request.number, request.args).and_then(|call| self.answer(call, &mut payload));
        Reply::begin(request.seq, result.err(), out);
        if result.is_ok() {
            out.extend_from_slice(&payload);
        }
        frame::finish(out);
    }

    fn poll(&self, timeout_ms: Option<u32>, events: &mut Vec<u8>) {
        events.clear();
        std::thread::sleep(std::time::Duration::from_millis(u64::from(timeout_ms.unwrap_or(1000))));
    }

    fn now_us(&self) -> f64 {
        self.born.elapsed().as_secs_f64() * 1e6 + 1e6
    }

    fn wall_ms(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
    }

    fn random(&self, bytes: &mut [u8]) {
        crate::random(bytes);
    }

    fn builtin(&self, id: &str) -> Option<Builtin> {
        library::builtin(id)
    }

    fn builtin_ids(&self) -> Vec<String> {
        library::ids()
    }

    fn log(&self, line: &str) {
        eprintln!("porthole: {line}");
    }
}

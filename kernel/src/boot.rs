//! What a new container holds, and one with files of a former life at least.
//!
//! All but the devices belong to the container's one user, who is alone here: a program may put files wherever the page's client may.

use porthole_abi::Errno;
use porthole_abi::flags::{O_CREAT, O_EXCL, O_WRONLY};

use crate::Effect;
use crate::descriptor::Device;
use crate::machine::Machine;
use crate::process::kinds::KINDS;

/// The machine's name, which `/etc/hostname` begins with.
pub(crate) const HOSTNAME: &str = "porthole";
use crate::process::{FIRST, Process};
use crate::random::Random;
use crate::vfs::{Caller, Limits, Node, Vfs};

const CREATE: u32 = O_WRONLY | O_CREAT | O_EXCL;

/// Directories with their modes, parents first.
const DIRECTORIES: &[(&str, u32)] = &[
    ("/bin", 0o755),
    ("/dev", 0o755),
    ("/etc", 0o755),
    ("/home", 0o755),
    ("/home/user", 0o755),
    ("/lib", 0o755),
    ("/dev/shm", 0o1777),
    ("/lib/node", 0o755),
    ("/lib/node/bin", 0o755),
    ("/lib/node/cache", 0o755),
    ("/lib/node/lib", 0o755),
    ("/opt", 0o755),
    ("/proc", 0o555),
    ("/root", 0o700),
    ("/run", 0o755),
    ("/task", 0o555),
    ("/tmp", 0o1777),
    ("/usr", 0o755),
    ("/usr/bin", 0o755),
    ("/usr/lib", 0o755),
    ("/usr/local", 0o755),
    ("/usr/local/bin", 0o755),
    ("/usr/local/lib", 0o755),
    ("/usr/local/lib/node_modules", 0o755),
    ("/usr/share", 0o755),
    ("/var", 0o755),
    ("/web", 0o555),
    ("/var/log", 0o755),
    ("/var/tmp", 0o1777),
];

const FILES: &[(&str, &str)] = &[
    ("/etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n"),
    ("/etc/resolv.conf", "nameserver 127.0.0.1\n"),
    ("/etc/nsswitch.conf", "hosts: files dns\n"),
    ("/etc/hostname", "porthole\n"),
    ("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n"),
    ("/etc/group", "root:x:0:\nuser:x:1000:\n"),
    ("/etc/shells", "/bin/sh\n"),
    ("/lib/node/lib/README", LIBRARY),
    ("/etc/os-release", "NAME=\"Porthole\"\nID=porthole\nPRETTY_NAME=\"Porthole\"\n"),
];

/// Node's library has no files here.
const LIBRARY: &str =
    "Node's own library is part of the process image, compiled: there are no files of it.\nIts modules: node -p 'module.builtinModules'\n";

/// Links with what they say.
const LINKS: &[(&str, &str)] = &[
    ("/dev/fd", "/proc/self/fd"),
    ("/dev/stdin", "/proc/self/fd/0"),
    ("/dev/stdout", "/proc/self/fd/1"),
    ("/dev/stderr", "/proc/self/fd/2"),
    ("/lib/node/global", "/usr/local/lib/node_modules"),
];

const DEVICES: &[(&str, Device, u32)] = &[
    ("/dev/null", Device::Null, 0o666),
    ("/dev/zero", Device::Zero, 0o666),
    ("/dev/full", Device::Full, 0o666),
    ("/dev/random", Device::Random, 0o666),
    ("/dev/urandom", Device::Urandom, 0o666),
    ("/dev/tty", Device::Tty, 0o666),
];

impl Machine {
    pub(crate) fn boot(&mut self, seed: u64) {
        if !self.state.processes.is_empty() {
            self.emit(Effect::Fault { message: "the container was booted a second time: ignored".into() });
            return;
        }
        self.state.begun = self.now();
        self.state.random = Random::new(seed);
        let first = Process::first(self.now());
        let furnished = if self.state.vfs.committed() > 0 {
            self.refurnish(&first);
            Ok(())
        } else {
            let limits = Limits { bytes: self.state.config.files_bytes, inodes: self.state.config.files };
            self.state.vfs = Vfs::new(self.nanos(), limits);
            self.furnish(&first)
        };
        self.mount_trees();
        if let Err(errno) = furnished.and_then(|()| self.state.vfs.hold_spot(first.cwd)) {
            self.emit(Effect::Fault { message: format!("the container's first files could not be made: {errno}") });
        }
        self.state.processes.insert(FIRST, first);
    }

    fn furnish(&mut self, user: &Process) -> Result<(), Errno> {
        let kernel = Caller::kernel(self.nanos());
        self.state.vfs.chown(&kernel, b"/", user.uid, user.gid, true)?;
        self.pieces(user, &mut |made| made)
    }

    /// Makes what is missing in the files of a former life. What is there is left alone, whatever became of it; what cannot be made is done without.
    fn refurnish(&mut self, user: &Process) {
        let _every_piece_is_tried = self.pieces(user, &mut |_| Ok(()));
    }

    /// Makes all pieces that are not there. `go_on` says what an error means.
    fn pieces(&mut self, user: &Process, go_on: &mut dyn FnMut(Result<(), Errno>) -> Result<(), Errno>) -> Result<(), Errno> {
        let kernel = Caller::kernel(self.nanos());
        let owner = Caller { uid: user.uid, gid: user.gid, ..kernel };
        let vfs = &mut self.state.vfs;
        for (path, mode) in DIRECTORIES {
            go_on(vfs.mkdir(&owner, path.as_bytes(), *mode))?;
        }
        for (path, content) in FILES {
            go_on(vfs.write_file(&owner, path.as_bytes(), content.as_bytes(), CREATE, 0o644))?;
        }
        for (path, target) in LINKS {
            go_on(vfs.symlink(&owner, target.as_bytes(), path.as_bytes()))?;
        }
        for kind in KINDS {
            go_on(vfs.write_file(&owner, kind.path.as_bytes(), &kind.file(), CREATE, 0o755))?;
            for link in kind.links {
                go_on(vfs.symlink(&owner, kind.path.as_bytes(), link.as_bytes()))?;
            }
        }
        for (path, device, mode) in DEVICES {
            let (major, minor) = device.number();
            go_on(vfs.mknod(&kernel, path.as_bytes(), Node::Device { major, minor }, *mode).map(drop))?;
        }
        Ok(())
    }
}

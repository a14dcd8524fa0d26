//! The files that a container begins with.
//!
//! All but the devices belong to the container's one user, who is alone here: a program may put files wherever the page's client may.

use porthole_abi::Errno;
use porthole_abi::flags::{O_CREAT, O_EXCL, O_WRONLY};

use crate::descriptor::Device;
use crate::machine::Machine;
use crate::process::FIRST;
use crate::process::kinds::KINDS;
use crate::vfs::{Caller, Limits, Node, ROOT, Vfs};

const DIRECTORIES: &[(&str, u32)] = &[
    ("/bin", 0o755),
    ("/dev", 0o755),
    ("/dev/shm", 0o1777),
    ("/etc", 0o755),
    ("/home", 0o755),
    ("/home/user", 0o755),
    ("/lib", 0o755),
    ("/opt", 0o755),
    ("/proc", 0o555),
    ("/root", 0o700),
    ("/tmp", 0o1777),
    ("/usr/bin", 0o755),
    ("/usr/lib", 0o755),
    ("/usr/local/bin", 0o755),
    ("/usr/local/lib/node_modules", 0o755),
    ("/usr/share", 0o755),
    ("/var/log", 0o755),
    ("/var/tmp", 0o1777),
];

const FILES: &[(&str, &str)] = &[
    ("/etc/group", "root:x:0:\nuser:x:1000:\n"),
    ("/etc/hostname", "porthole\n"),
    ("/etc/hosts", "127.0.0.1\tlocalhost porthole\n::1\tlocalhost\n"),
    ("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n"),
];

const DEVICES: &[(&str, Device)] = &[
    ("/dev/null", Device::Null),
    ("/dev/zero", Device::Zero),
    ("/dev/full", Device::Full),
    ("/dev/random", Device::Random),
    ("/dev/urandom", Device::Urandom),
    ("/dev/tty", Device::Tty),
];

impl Machine {
    pub(crate) fn make_root(&mut self) -> Result<(), Errno> {
        let now = self.nanos();
        let first = self.state.processes.get(&FIRST).ok_or(Errno::ESRCH)?;
        let (uid, gid) = (first.uid, first.gid);
        self.state.vfs = Vfs::new(now, Limits { bytes: self.state.config.files_bytes, inodes: self.state.config.files });
        let vfs = &mut self.state.vfs;
        let kernel = Caller::kernel(now);
        vfs.chown(&kernel, b"/", uid, gid, true)?;
        let user = Caller { uid, gid, cwd: ROOT, now };
        for (path, mode) in DIRECTORIES {
            vfs.mkdir_all(&user, path.as_bytes(), 0o755)?;
            vfs.chmod(&user, path.as_bytes(), *mode, true)?;
        }
        for (path, text) in FILES {
            vfs.write_file(&user, path.as_bytes(), text.as_bytes(), O_WRONLY | O_CREAT | O_EXCL, 0o644)?;
        }
        for kind in KINDS {
            let mut paths = kind.links.to_vec();
            paths.push(kind.path);
            for path in &paths {
                if let Some(at) = path.rfind('/').filter(|at| *at > 0) {
                    vfs.mkdir_all(&user, &path.as_bytes()[..at], 0o755)?;
                }
            }
            vfs.write_file(&user, kind.path.as_bytes(), &kind.file(), O_WRONLY | O_CREAT | O_EXCL, 0o755)?;
            for link in kind.links {
                vfs.symlink(&user, kind.path.as_bytes(), link.as_bytes())?;
            }
        }
        for (path, device) in DEVICES {
            let (major, minor) = ((device.rdev() >> 8) as u32, (device.rdev() & 0xff) as u32);
            vfs.mknod(&kernel, path.as_bytes(), Node::Device { major, minor }, 0o666)?;
        }
        Ok(())
    }
}

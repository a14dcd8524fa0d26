//! `porthole-native [--mount=PATH]… [node arguments]`: runs a guest program natively over the kernel.
//!
//! The folder of the program's first argument that is a file, and each `--mount`, are copied to the same paths in the container.

mod disk;
mod library;
mod world;

use std::io::Read;
use std::path::Path;

fn main() {
    let mut argv = vec!["node".to_owned()];
    let mut mounts = Vec::new();
    for arg in std::env::args().skip(1) {
        match arg.strip_prefix("--mount=") {
            Some(path) if argv.len() == 1 => mounts.push(path.to_owned()),
            _ => argv.push(arg),
        }
    }
    let code = if std::env::var_os("PORTHOLE_DISK").is_some() { on_disk(argv) } else { on_kernel(argv, mounts) };
    std::process::exit(code);
}

fn on_kernel(mut argv: Vec<String>, mounts: Vec<String>) -> i32 {
    let first = world::First::new(world::World::new());
    let mut cwd = "/home/user".to_owned();
    let mut mount = |path: &Path| {
        if let Err(error) = first.mount(path) {
            eprintln!("porthole-native: {error}");
        }
    };
    for path in &mounts {
        mount(Path::new(path));
    }
    if let Some(script) = argv.iter_mut().skip(1).find(|arg| Path::new(arg.as_str()).is_file()) {
        if let Ok(path) = std::fs::canonicalize(&*script) {
            let folder = path.parent().unwrap_or(Path::new("/")).to_path_buf();
            if !mounts.iter().any(|mounted| path.starts_with(mounted)) {
                mount(&path);
            }
            cwd = folder.to_string_lossy().into_owned();
            *script = path.to_string_lossy().into_owned();
        }
    }
    let env = ["PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/home/user", "USER=user"].map(str::to_owned);
    match first.run("node", &argv, &cwd, &env) {
        Ok(code) => code,
        Err(errno) => {
            eprintln!("porthole-native: node does not start: {errno}");
            127
        }
    }
}

fn on_disk(argv: Vec<String>) -> i32 {
    let program = std::thread::Builder::new()
        .name("guest".to_owned())
        .stack_size(64 << 20)
        .spawn(move || porthole_node::engine::run(Box::new(disk::Disk::new(argv))));
    match program.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => {
            eprintln!("porthole-native: the process image panicked");
            101
        }
        Err(error) => {
            eprintln!("porthole-native: no thread: {error}");
            101
        }
    }
}

/// Bytes from the system's generator.
fn random(bytes: &mut [u8]) {
    if let Ok(mut file) = std::fs::File::open("/dev/urandom") {
        let _ = file.read_exact(bytes);
    }
}

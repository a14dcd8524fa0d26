//! `porthole-native [node arguments]`: runs a guest program natively.

mod disk;
mod library;

use std::io::Read;

fn main() {
    let mut argv = vec!["node".to_owned()];
    argv.extend(std::env::args().skip(1));
    let program = std::thread::Builder::new()
        .name("guest".to_owned())
        .stack_size(64 << 20)
        .spawn(move || porthole_node::engine::run(Box::new(disk::Disk::new(argv))));
    let code = match program.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        Ok(Err(_)) => {
            eprintln!("porthole-native: the process image panicked");
            101
        }
        Err(error) => {
            eprintln!("porthole-native: no thread: {error}");
            101
        }
    };
    std::process::exit(code);
}

/// Bytes from the system's generator.
fn random(bytes: &mut [u8]) {
    if let Ok(mut file) = std::fs::File::open("/dev/urandom") {
        let _ = file.read_exact(bytes);
    }
}

//! `porthole-native [--mount HOSTDIR:/guest]… [--cwd DIR] [--] [node arguments]`: runs a program under a kernel of its own, natively.
//!
//! Without `--mount` the working directory is there under its own path.

mod kernel;
mod library;
mod mount;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::time::Instant;

use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Event, Reply, Syscalls, event, flags};

use kernel::{Client, Heard, Kernel};

fn main() {
    match run() {
        Ok(code) => std::process::exit(code),
        Err(problem) => {
            eprintln!("porthole-native: {problem}");
            std::process::exit(101);
        }
    }
}

struct Options {
    mounts: Vec<(PathBuf, String)>,
    cwd: String,
    time: bool,
    command: Vec<String>,
}

fn options() -> Result<Options, String> {
    let here = std::env::current_dir().map_err(|error| format!("no working directory: {error}"))?;
    let mut options = Options { mounts: Vec::new(), cwd: here.to_string_lossy().into_owned(), time: false, command: vec!["node".to_owned()] };
    let mut words = std::env::args().skip(1).peekable();
    while let Some(word) = words.peek() {
        match word.as_str() {
            "--mount" => {
                words.next();
                let pair = words.next().unwrap_or_default();
                let (host, guest) = pair.rsplit_once(':').ok_or_else(|| format!("--mount wants HOSTDIR:/guest, not '{pair}'"))?;
                options.mounts.push((PathBuf::from(host), guest.to_owned()));
            }
            "--cwd" => {
                words.next();
                options.cwd = words.next().unwrap_or_default();
            }
            // How long the program took, from its start to its end.
            "--time" => {
                words.next();
                options.time = true;
            }
            "--" => {
                words.next();
                break;
            }
            _ => break,
        }
    }
    options.command.extend(words);
    if options.mounts.is_empty() {
        options.mounts.push((here, options.cwd.clone()));
    }
    Ok(options)
}

fn run() -> Result<i32, String> {
    let options = options()?;
    let kernel = Kernel::boot();
    let client = Client::new(kernel.clone());
    for (from, to) in &options.mounts {
        mount::mount(&client, from, to)?;
    }
    let failed = |what: &'static str| move |errno: Errno| format!("{what}: {errno}");
    let begun = Instant::now();
    let stdin = client.pipe().map_err(failed("pipe"))?;
    let stdout = client.pipe().map_err(failed("pipe"))?;
    let stderr = client.pipe().map_err(failed("pipe"))?;
    let fds = [(0, stdin.reader), (1, stdout.writer), (2, stderr.writer)].map(|(child, parent)| Inherit { child, parent }).to_vec();
    let env = std::env::vars()
        .filter(|(name, _)| {
            name.starts_with("NODE_") || name.starts_with("PORTHOLE_TEST") || matches!(name.as_str(), "TZ" | "FORCE_COLOR" | "NO_COLOR")
        })
        .chain([("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned()), ("HOME".to_owned(), "/home/user".to_owned())])
        .map(|(name, value)| format!("{name}={value}").into_bytes())
        .collect();
    let argv = options.command.iter().map(|word| word.clone().into_bytes()).collect();
    let pid = client.spawn(b"node", List(argv), List(env), options.cwd.as_bytes(), List(fds), 0).map_err(failed("spawn"))?.pid;
    for fd in [stdin.reader, stdout.writer, stderr.writer] {
        client.close(fd).map_err(failed("close"))?;
    }
    for fd in [stdout.reader, stderr.reader] {
        client.watch(fd, flags::READABLE).map_err(failed("watch"))?;
    }
    let typist = kernel.clone();
    std::thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        loop {
            let count = std::io::stdin().read(&mut bytes).unwrap_or(0);
            typist.typed(bytes[..count].to_vec());
            if count == 0 {
                return;
            }
        }
    });

    let code = serve(&client, pid, stdin.writer, stdout.reader, stderr.reader)?;
    if options.time {
        eprintln!("porthole-native: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(code)
}

/// Carries the program's input and output until it ends.
fn serve(client: &Client, pid: i32, stdin: i32, stdout: i32, stderr: i32) -> Result<i32, String> {
    let mut typed: Vec<u8> = Vec::new();
    let mut typing = true;
    loop {
        match client.kernel.wait(1, None) {
            Heard::Typed(bytes) if bytes.is_empty() => typing = false,
            Heard::Typed(bytes) => typed.extend_from_slice(&bytes),
            Heard::Events(notice) => {
                let batch = Reply::get(&notice).ok().and_then(|notice| event::get_batch(notice.result.ok()?).ok());
                let (first, events) = batch.ok_or("a batch of events cannot be read")?;
                let skip = client.heard.get().saturating_sub(first) as usize;
                client.heard.set(client.heard.get().max(first + events.len() as u32));
                for event in events.into_iter().skip(skip) {
                    match event {
                        Event::Ready { fd, .. } if fd == stdout => copy(client, fd, &mut std::io::stdout()),
                        Event::Ready { fd, .. } if fd == stderr => copy(client, fd, &mut std::io::stderr()),
                        Event::ChildExit { pid: ended, code, signal } if ended == pid => {
                            copy(client, stdout, &mut std::io::stdout());
                            copy(client, stderr, &mut std::io::stderr());
                            return Ok(if signal == 0 { code } else { 128 + i32::from(signal) });
                        }
                        _ => {}
                    }
                }
            }
            Heard::Nothing | Heard::Ended => {}
        }
        while !typed.is_empty() {
            match client.write(stdin, &typed[..typed.len().min(1 << 16)], -1) {
                Ok(reply) => drop(typed.drain(..reply.written as usize)),
                Err(Errno::EAGAIN) => {
                    let _ = Syscalls::watch(client, stdin, flags::WRITABLE);
                    break;
                }
                Err(_) => typed.clear(),
            }
        }
        if !typing && typed.is_empty() {
            let _ = client.close(stdin);
            typing = true;
        }
    }
}

/// All that can be read now.
fn copy(client: &Client, fd: i32, to: &mut dyn Write) {
    loop {
        match client.read(fd, 1 << 16, -1) {
            Ok(reply) if reply.data.is_empty() => {
                let _ = Syscalls::watch(client, fd, 0);
                break;
            }
            Ok(reply) => {
                let _ = to.write_all(&reply.data);
            }
            Err(_) => break,
        }
    }
    let _ = to.flush();
}

/// Bytes from the system's generator.
pub fn random(bytes: &mut [u8]) {
    if let Ok(mut file) = std::fs::File::open("/dev/urandom") {
        let _ = file.read_exact(bytes);
    }
}

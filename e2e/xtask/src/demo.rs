//! `cargo xtask demo`.

use crate::{dist, shell};

pub const HELP: &str = "
usage: cargo xtask demo [--port N] [--dev]

Builds dist/ and serves it on this machine, as any static web server would, until interrupted.

  --port N   the port (default 8080; the next free one when it is taken)
  --dev      build as `dist --dev` does
";

pub fn run(arguments: &[String]) -> shell::Outcome {
    let mut port = "8080".to_owned();
    let mut quick = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--dev" => quick = true,
            "--port" => port = words.next().filter(|port| port.parse::<u16>().is_ok()).ok_or("--port needs a number up to 65535")?.clone(),
            other => return Err(format!("unknown argument '{other}' (see --help)")),
        }
    }
    dist::build(quick)?;
    shell::pass_on(shell::command("node").args(["e2e/driver/serve.mjs", "--port", &port, "dist"]))
}

//! `/web`: what the page sees of the container.

use porthole_abi::Errno;

use super::node::Node;
use super::process_text::{cwd, short_name};
use super::quoted;
use super::tree::{At, Is, Leads, Owner, Row, Tree, directory, link, text};
use crate::machine::Machine;
use crate::net::endpoint::Endpoint;
use crate::net::listener::Listener;
use crate::process::FIRST;
use crate::vfs::Shows;

pub const TREE: Tree = Tree {
    kind: "web",
    at: "/web",
    owner: Owner::User,
    rows: &[
        directory("", 0o555),
        directory("container", 0o555),
        directory("container/<container>", 0o555),
        Row { path: "container/<container>/ctl", mode: 0o644, is: Is::Orders(super::container::VERBS) },
        link("container/<container>/mount", mount),
        text("container/<container>/mounts", 0o444, mounts),
        directory("container/<container>/ports", 0o555),
        text("container/<container>/ports/<port>", 0o444, port),
        directory("container/<container>/processes", 0o555),
        link("container/<container>/processes/<pid>", |_, at| Ok(Leads::Path(format!("/task/{}", at.pid()).into_bytes()))),
        directory("container/<container>/snapshots", 0o555),
        text("container/<container>/status", 0o444, status),
        directory("sw", 0o555),
        text("sw/routes", 0o444, routes),
    ],
};

/// The directory on which the snapshots are mounted, where the tree is this one.
pub fn snapshots(machine: &Machine, tree: u8) -> Option<Node> {
    let path: [&[u8]; 3] = [b"container", machine.state.config.name.as_bytes(), b"snapshots"];
    std::ptr::eq(*super::TREES.get(usize::from(tree))?, &TREE).then_some(())?;
    path.iter().try_fold(Node::root(tree), |at, name| machine.tree_child(at, name))
}

/// Where relative paths of the page start, and where it mounts what it brings.
fn mount(machine: &Machine, at: At) -> Result<Leads, Errno> {
    cwd(machine, At { node: Node { subject: FIRST as u32, ..at.node }, ..at })
}

/// What is mounted where, oldest first: kind, source, mount point, `ro` or `rw`, and behind a colon what last went wrong with it.
fn mounts(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let vfs = &machine.state.vfs;
    let mut out = Vec::new();
    for (_, mount) in vfs.mounts() {
        // One whose mount point hides below another mount has no path.
        let Ok(at) = machine.path_of(mount.at) else { continue };
        let mode: &[u8] = if mount.read_only { b"ro" } else { b"rw" };
        out.extend(quoted::line(&[mount.kind.to_vec(), mount.source.to_vec(), at, mode.to_vec()]));
        if let Shows::Directory(root) = mount.shows
            && let Some(image) = vfs.image_of(root).filter(|image| !image.trouble.is_empty())
        {
            out.extend([b": ", &*image.trouble].concat());
        }
        out.push(b'\n');
    }
    Ok(out)
}

/// The listeners of a port.
fn listeners(machine: &Machine, port: u16) -> impl Iterator<Item = &Listener> {
    machine.state.listeners.values().filter(move |listener| !matches!(listener.local, Endpoint::Path(_)) && listener.local.port() == port)
}

/// The lowest process that has a listener.
fn holder(machine: &Machine, listener: &Listener) -> Option<i32> {
    let has = |process: &crate::process::Process| process.descriptors.table.values().any(|fd| fd.description == listener.description);
    machine.state.processes.iter().find(|(_, process)| has(process)).map(|(pid, _)| *pid)
}

fn address(machine: &Machine, port: u16) -> String {
    format!("~/{}/{port}/", machine.state.config.name)
}

/// Its address below the folder of the service worker's script, and who listens.
fn port(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    let port = at.node.subject as u16;
    let mut out = format!("url {}\n", address(machine, port));
    for listener in listeners(machine, port) {
        let host = String::from_utf8_lossy(&listener.local.to_abi().host).into_owned();
        out.push_str(&format!("listener {host} {}\n", holder(machine, listener).unwrap_or_default()));
    }
    Ok(out.into_bytes())
}

fn status(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let state = &machine.state;
    let mut out = format!("name {}\nuptime_ms {}\n", state.config.name, machine.now().saturating_sub(state.begun));
    out.push_str(&format!("processes {}\nports {}\n", state.processes.len(), state.ports.list().count()));
    out.push_str(&format!("bytes {} of {}\n", state.vfs.bytes(), state.config.files_bytes));
    out.push_str(&format!("files {} of {}\n", state.vfs.files(), state.config.files));
    Ok(out.into_bytes())
}

/// The addresses that lead to ports: one a line, with the port and the process that listens.
fn routes(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let mut out = String::new();
    for port in machine.state.ports.list() {
        let process = listeners(machine, port).find_map(|listener| holder(machine, listener));
        let name = process.and_then(|pid| machine.state.processes.get(&pid)).map(short_name).unwrap_or_default();
        out.push_str(&format!("{} {port} {} {name}\n", address(machine, port), process.unwrap_or_default()));
    }
    Ok(out.into_bytes())
}

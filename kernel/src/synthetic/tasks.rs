//! Programs that are started by files alone.
//!
//! Opening `/task/new` makes a task: a number, which will be its pid, and three pipes. What it shall be is written to the files of its directory, and
//! `start` to its `ctl` makes a process of it. Its far ends of the pipes (`stdio/0` to write to, `stdio/1` and `stdio/2` to read from) are the system's until
//! somebody opens them, so that what was written before that is not lost. A task belongs to the container, not to the process that made it, which may be a
//! `cat` that ended long ago: it stays with its exit code until `remove`, or until the process table needs its place.

use porthole_abi::{Errno, flags};
use rkyv::{Archive, Deserialize, Serialize};

use super::node::Node;
use super::orders::Refusal;
use super::tree::Is;
use crate::Effect;
use crate::descriptor::{Description, DescriptionId, Open};
use crate::machine::Machine;
use crate::map::Set;
use crate::net::pipe::Pipe;
use crate::process::spawn::Order;
use crate::process::{FIRST, Process, program};
use crate::vfs::chunks::ChunkId;
use crate::vfs::{Caller, Spot};

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Task {
    /// What it shall be; `None` since its start.
    pub draft: Option<Draft>,
    /// What its descriptors 0, 1 and 2 will stand for. Held until the start.
    near: [Option<DescriptionId>; 3],
    /// The other ends. Held until `close`, or as long as the task is there.
    far: [Option<DescriptionId>; 3],
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Draft {
    uid: u32,
    gid: u32,
    umask: u32,
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    /// Held.
    pub cwd: Spot,
    /// The class that its program must be of; empty: any.
    pub class: String,
}

impl Machine {
    /// Makes a task for whoever asks, with the asker's environment and working directory.
    ///
    /// # Errors
    /// `EAGAIN`: too many tasks and processes; `ENFILE`.
    pub(crate) fn new_task(&mut self, pid: i32) -> Result<i32, Errno> {
        let drafts = self.state.synthetic.tasks.values().filter(|task| task.draft.is_some()).count();
        if self.state.processes.len() + drafts >= self.state.config.processes as usize && !self.forget_an_ended_task() {
            return Err(Errno::EAGAIN);
        }
        if self.state.descriptions.len() + 6 > self.state.config.descriptions as usize {
            return Err(Errno::ENFILE);
        }
        let maker = self.state.processes.get(&pid).ok_or(Errno::ESRCH)?;
        let draft = Draft {
            uid: maker.uid,
            gid: maker.gid,
            umask: maker.umask,
            argv: Vec::new(),
            env: maker.env.clone(),
            cwd: maker.cwd,
            class: String::new(),
        };
        self.state.vfs.hold_spot(draft.cwd)?;
        let [input, output, errors] = [(); 3].map(|()| self.loose_pipe());
        let task =
            Task { draft: Some(draft), near: [Some(input.0), Some(output.1), Some(errors.1)], far: [Some(input.1), Some(output.0), Some(errors.0)] };
        let id = self.take_pid();
        self.state.synthetic.tasks.insert(id, task);
        Ok(id)
    }

    /// A pipe whose ends (to read from, to write to) are no process's.
    fn loose_pipe(&mut self) -> (DescriptionId, DescriptionId) {
        let id = self.new_object();
        let mut pipe = Pipe::new(self.state.config.pipe_bytes);
        let (reader, writer) = (self.loose(Description::PipeReader { pipe: id }), self.loose(Description::PipeWriter { pipe: id }));
        (pipe.reader, pipe.writer) = (Some(reader), Some(writer));
        self.state.pipes.insert(id, pipe);
        (reader, writer)
    }

    fn loose(&mut self, what: Description) -> DescriptionId {
        let id = self.state.next_description;
        self.state.next_description = id.wrapping_add(1);
        self.state.descriptions.insert(id, Open { what, holders: 1, watchers: Set::new() });
        id
    }

    /// What `stdio/N` of a task or a process stands for: the far end of a task's pipe, or the process's own descriptor.
    pub(crate) fn stdio_of(&self, pid: i32, fd: i32) -> Option<DescriptionId> {
        let far = self.state.synthetic.tasks.get(&pid).and_then(|task| task.far.get(usize::try_from(fd).ok()?).copied().flatten());
        far.or_else(|| self.descriptor(pid, fd).ok().map(|descriptor| descriptor.description))
    }

    /// What a task shall be.
    ///
    /// # Errors
    /// `EBUSY`: it has begun.
    pub(crate) fn draft_mut(&mut self, id: i32) -> Result<&mut Draft, Errno> {
        self.state.synthetic.tasks.get_mut(&id).and_then(|task| task.draft.as_mut()).ok_or(Errno::EBUSY)
    }

    pub(crate) fn draft(&self, id: i32) -> Option<&Draft> {
        self.state.synthetic.tasks.get(&id)?.draft.as_ref()
    }

    /// Makes a process of a task.
    pub(crate) fn start_task(&mut self, id: i32) -> Result<(), Refusal> {
        let Some(draft) = self.draft(id).cloned() else { return Err(Refusal::new(Errno::EBUSY, format!("process {id} has begun already"))) };
        let Some(file) = draft.argv.first().cloned() else {
            return Err(Refusal::new(Errno::EINVAL, format!("write to /task/{id}/cmd or /task/{id}/argv first what shall run")));
        };
        if self.state.processes.len() >= self.state.config.processes as usize && !self.forget_an_ended_task() {
            return Err(Refusal::new(Errno::EAGAIN, "too many processes"));
        }
        let size: usize = draft.argv.iter().chain(&draft.env).map(|word| word.len() + 1).sum();
        if size > self.state.config.argument_bytes as usize {
            return Err(Errno::E2BIG.into());
        }
        let (who, order) = self.order_of(&draft, &file);
        let program = program::find(self, &who, FIRST, &order)
            .map_err(|errno| Refusal::new(errno, format!("{}: {}", super::orders::shown(&file), errno.text())))?;
        if !draft.class.is_empty() && draft.class != program.kind.class {
            let words = format!("{} is of type {}, not {}", super::orders::shown(&file), program.kind.class, draft.class);
            return Err(Refusal::new(Errno::ENOEXEC, words));
        }
        let mut process = self.state.processes.get(&FIRST).ok_or(Errno::ESRCH)?.child(FIRST, self.now());
        process.dispositions.clear();
        // Nobody's child: nobody is told of its end, and nobody waits for it.
        process.orphan = true;
        (process.sid, process.pgid) = (id, id);
        (process.uid, process.gid, process.umask, process.cwd) = (draft.uid, draft.gid, draft.umask, draft.cwd);
        process.exe = program.kind.path.as_bytes().to_vec();
        (process.argv, process.env) = (program.argv, program.env);
        self.state.processes.insert(id, process);
        let Some(task) = self.state.synthetic.tasks.get_mut(&id) else { return Err(Errno::ESRCH.into()) };
        task.draft = None;
        let near = std::mem::take(&mut task.near);
        for (fd, description) in (0..).zip(near) {
            if let Some(description) = description {
                self.share_as(id, description, fd)?;
                self.let_go(description);
            }
        }
        self.emit(Effect::Spawn { pid: id });
        Ok(())
    }

    /// What `spawn` would be asked for, and for whom, standing in the task's directory.
    fn order_of<'a>(&self, draft: &Draft, file: &'a [u8]) -> (Caller, Order<'a>) {
        let who = Caller { uid: draft.uid, gid: draft.gid, cwd: draft.cwd, now: self.nanos() };
        (who, Order { file, argv: draft.argv.clone(), env: draft.env.clone(), cwd: b"", fds: &[], flags: flags::SPAWN_DETACHED })
    }

    /// Which contents of files are missing to carry out what is written to a `ctl` file: those of a program that is to start, or of an image.
    pub(crate) fn missing_to_order(&self, pid: i32, node: Node, data: &[u8]) -> Vec<ChunkId> {
        if node.row().is_some_and(|row| matches!(row.is, Is::Orders(verbs) if verbs.iter().any(|verb| verb.name == "mount"))) {
            return super::container::missing_to_mount(self, pid, data);
        }
        let Some(draft) = self.draft(node.pid()) else { return Vec::new() };
        let starts = data.split(|byte| *byte == b'\n').any(|line| line.trim_ascii() == b"start");
        match draft.argv.first() {
            Some(file) if starts && matches!(node.row().map(|row| row.is), Some(Is::Orders(_))) => {
                let (who, order) = self.order_of(draft, file);
                self.missing_to_find(&who, FIRST, &order)
            }
            _ => Vec::new(),
        }
    }

    /// Has a descriptor of a task stand for a file: 0 to read, 1 and 2 to write at its end.
    pub(crate) fn redirect_task(&mut self, caller: i32, id: i32, fd: i32, path: &[u8]) -> Result<(), Refusal> {
        let at = usize::try_from(fd).ok().filter(|at| *at < 3).ok_or_else(|| Refusal::new(Errno::EINVAL, format!("{fd} is not 0, 1 or 2")))?;
        self.draft_mut(id).map_err(|errno| Refusal::new(errno, format!("process {id} has begun already")))?;
        let how = if fd == 0 { flags::O_RDONLY } else { flags::O_WRONLY | flags::O_CREAT | flags::O_APPEND };
        let opened = crate::syscalls::open(self, caller, path, how, 0o666)
            .map_err(|errno| Refusal::new(errno, format!("{}: {}", super::orders::shown(path), errno.text())))?;
        let description = self.descriptor(caller, opened)?.description;
        // One more holder before the caller's descriptor goes.
        if let Some(open) = self.state.descriptions.get_mut(&description) {
            open.holders += 1;
        }
        self.close_descriptor(caller, opened)?;
        let Some(task) = self.state.synthetic.tasks.get_mut(&id) else { return Err(Errno::ESRCH.into()) };
        let old = [task.near.get_mut(at).and_then(|near| near.replace(description)), task.far.get_mut(at).and_then(Option::take)];
        old.into_iter().flatten().for_each(|old| self.let_go(old));
        Ok(())
    }

    /// Lets go of the far end of one of a task's pipes: after `close 0` it reads the end of its input.
    pub(crate) fn close_task_stdio(&mut self, id: i32, fd: i32) -> Result<(), Refusal> {
        let far = self.state.synthetic.tasks.get_mut(&id).and_then(|task| task.far.get_mut(usize::try_from(fd).ok()?)?.take());
        match far {
            Some(description) => self.let_go(description),
            None => return Err(Refusal::new(Errno::EINVAL, format!("task {id} has no pipe {fd} that is open"))),
        }
        Ok(())
    }

    /// Removes a task that has not begun or has ended, with what it printed.
    pub(crate) fn forget_task(&mut self, id: i32) -> Result<(), Refusal> {
        if self.state.processes.get(&id).is_some_and(Process::is_live) {
            return Err(Refusal::new(Errno::EBUSY, format!("process {id} runs: kill it first")));
        }
        let task =
            self.state.synthetic.tasks.remove(&id).ok_or_else(|| Refusal::new(Errno::EPERM, format!("process {id} is its parent's to wait for")))?;
        task.near.into_iter().chain(task.far).flatten().for_each(|description| self.let_go(description));
        if let Some(draft) = task.draft {
            self.state.vfs.release_spot(draft.cwd);
        }
        self.state.processes.remove(&id);
        Ok(())
    }

    /// Removes the task that ended with the lowest number. Whether there was one.
    pub(crate) fn forget_an_ended_task(&mut self) -> bool {
        let ended = |id: &i32| self.state.processes.get(id).is_some_and(|process| !process.is_live());
        let Some(id) = self.state.synthetic.tasks.keys().copied().find(ended) else { return false };
        self.forget_task(id).is_ok()
    }
}

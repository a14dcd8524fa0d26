//! `internalBinding('os')`: the machine, as far as there is one.

use porthole_abi::{Errno, Syscalls};
use rquickjs::function::Opt;
use rquickjs::{Array, Ctx, Object, Result, TypedArray, Value};

use super::buffer::Encoding;
use super::fs::name;
use super::method;
use crate::Env;
use crate::handles::uv;

/// All that a wasm program can address.
const MEMORY: f64 = (4u64 << 30) as f64;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    machine(&binding)?;
    user(&binding)?;
    binding.set("isBigEndian", cfg!(target_endian = "big"))?;
    Ok(binding)
}

fn machine<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "getHostname", |ctx: Ctx<'js>| -> Result<String> { Ok(hostname(&*Env::of(&ctx)?)) })?;
    method(binding, "getOSInformation", || vec!["Linux", "#1 Porthole", "6.1.0-porthole", "wasm32"])?;
    // The load of the machine that the browser runs on is not known.
    method(binding, "getLoadAvg", |array: TypedArray<'js, f64>| -> Result<()> {
        let array = array.into_value();
        let Some(array) = array.as_object() else { return Ok(()) };
        (0..3u32).try_for_each(|at| array.set(at, 0.0))
    })?;
    method(binding, "getUptime", |ctx: Ctx<'js>| -> Result<f64> {
        let env = Env::of(&ctx)?;
        Ok(env.sysinfo().map_or(env.uptime_ms(), |info| info.uptime_ms as f64) / 1000.0)
    })?;
    method(binding, "getTotalMem", || MEMORY)?;
    method(binding, "getFreeMem", |ctx: Ctx<'js>| -> Result<f64> {
        Ok(MEMORY - Env::of(&ctx)?.sysinfo().map_or(0.0, |info| info.files_bytes as f64).min(MEMORY))
    })?;
    // A process is one thread on one processor.
    method(binding, "getAvailableParallelism", || 1)?;
    method(binding, "getCPUs", |ctx: Ctx<'js>| -> Result<Array<'js>> {
        let list = Array::new(ctx)?;
        list.set(0, "wasm32")?;
        (1..7).try_for_each(|at| list.set(at, 0))?;
        Ok(list)
    })?;
    method(binding, "getInterfaceAddresses", |ctx: Ctx<'js>| -> Result<Array<'js>> {
        let list = Array::new(ctx)?;
        let rows = [("127.0.0.1", "255.0.0.0", "IPv4", -1), ("::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "IPv6", 0)];
        for (row, (address, netmask, family, scope)) in rows.into_iter().enumerate() {
            let at = row * 7;
            list.set(at, "lo")?;
            list.set(at + 1, address)?;
            list.set(at + 2, netmask)?;
            list.set(at + 3, family)?;
            list.set(at + 4, "00:00:00:00:00:00")?;
            list.set(at + 5, true)?;
            list.set(at + 6, scope)?;
        }
        Ok(list)
    })?;
    // There is nothing to schedule by: a process remembers what it was given.
    method(binding, "getPriority", |ctx: Ctx<'js>, pid: i32, report: Opt<Object<'js>>| -> Result<i32> {
        let env = Env::of(&ctx)?;
        if is_own(&env, pid) {
            return Ok(env.priority.get());
        }
        match (env.kill(pid, 0), report.0) {
            (Err(errno), Some(report)) => {
                describe(&report, errno, "uv_os_getpriority")?;
                Ok(uv(errno))
            }
            _ => Ok(0),
        }
    })?;
    method(binding, "setPriority", |ctx: Ctx<'js>, pid: i32, priority: i32, report: Opt<Object<'js>>| -> Result<i32> {
        let env = Env::of(&ctx)?;
        if is_own(&env, pid) {
            env.priority.set(priority);
            return Ok(0);
        }
        if priority == 0 {
            return Ok(0);
        }
        if let Some(report) = report.0 {
            describe(&report, Errno::ENOSYS, "uv_os_setpriority")?;
        }
        Ok(uv(Errno::ENOSYS))
    })
}

fn is_own(env: &Env, pid: i32) -> bool {
    pid == 0 || pid == env.start.borrow().pid
}

fn describe(report: &Object<'_>, errno: Errno, syscall: &str) -> Result<()> {
    report.set("errno", uv(errno))?;
    report.set("code", errno.name())?;
    report.set("message", errno.text())?;
    report.set("syscall", syscall)
}

/// What `/etc/hostname` says.
pub fn hostname(env: &Env) -> String {
    let name = env.read_file(b"/etc/hostname", 4096).map(|reply| String::from_utf8_lossy(&reply.data).trim().to_owned()).unwrap_or_default();
    if name.is_empty() { "porthole".to_owned() } else { name }
}

fn user<'js>(binding: &Object<'js>) -> Result<()> {
    method(binding, "getHomeDirectory", |ctx: Ctx<'js>, _report: Opt<Object<'js>>| -> Result<String> {
        let env = Env::of(&ctx)?;
        match variable(&ctx, &env, "HOME").filter(|home| !home.is_empty()) {
            Some(home) => Ok(home),
            None => Ok(account(&env).home),
        }
    })?;
    method(binding, "getUserInfo", |ctx: Ctx<'js>, options: Opt<Value<'js>>, _report: Opt<Object<'js>>| -> Result<Object<'js>> {
        let env = Env::of(&ctx)?;
        let encoding = options.0.as_ref().and_then(Value::as_object).map(|options| options.get::<_, Value>("encoding")).transpose()?;
        let encoding = Encoding::parse(encoding.as_ref().filter(|value| value.is_string()), Encoding::Utf8);
        let account = account(&env);
        let info = Object::new(ctx.clone())?;
        info.set("uid", account.uid)?;
        info.set("gid", account.gid)?;
        for (key, text) in [("username", &account.name), ("homedir", &account.home), ("shell", &account.shell)] {
            info.set(key, name(&ctx, text.as_bytes(), encoding)?)?;
        }
        Ok(info)
    })
}

/// A variable of `process.env` as it is now.
fn variable(ctx: &Ctx<'_>, env: &Env, name: &str) -> Option<String> {
    let process = env.process_object(ctx)?;
    let variables: Object = process.get("env").ok()?;
    variables.get::<_, Option<String>>(name).ok().flatten()
}

struct Account {
    name: String,
    uid: u32,
    gid: u32,
    home: String,
    shell: String,
}

/// The caller's line of `/etc/passwd`, or what is usual.
fn account(env: &Env) -> Account {
    let (uid, gid) = {
        let start = env.start.borrow();
        (start.uid, start.gid)
    };
    let passwd = env.read_file(b"/etc/passwd", 1 << 16).map(|reply| String::from_utf8_lossy(&reply.data).into_owned()).unwrap_or_default();
    for line in passwd.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        if let [name, _, number, _, _, home, shell] = fields[..]
            && number.parse() == Ok(uid)
        {
            return Account { name: name.into(), uid, gid, home: home.into(), shell: shell.into() };
        }
    }
    let name = if uid == 0 { "root" } else { "user" };
    let home = if uid == 0 { "/root" } else { "/home/user" };
    Account { name: name.into(), uid, gid, home: home.into(), shell: "/bin/sh".into() }
}

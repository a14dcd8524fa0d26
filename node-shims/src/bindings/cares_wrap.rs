//! `internalBinding('cares_wrap')`: names of the loopback and of `/etc/hosts`. There is no name server to ask.

use std::net::{IpAddr, Ipv6Addr};

use porthole_abi::Syscalls;
use rquickjs::function::Rest;
use rquickjs::{Ctx, Object, Persistent, Result, Value};

use super::fs::buffer;
use super::{method, os, script};
use crate::Env;
use crate::continuation::Frame;
use crate::handles::{callback};

const UV_EAI_NONAME: i32 = -3008;
const DNS_ORDER_IPV6_FIRST: i32 = 2;

pub fn create<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let binding = Object::new(ctx.clone())?;
    for (name, value) in [
        ("AF_INET", 2),
        ("AF_INET6", 10),
        ("AF_UNSPEC", 0),
        ("AI_ADDRCONFIG", 32),
        ("AI_ALL", 16),
        ("AI_V4MAPPED", 8),
        ("DNS_ORDER_VERBATIM", 0),
        ("DNS_ORDER_IPV4_FIRST", 1),
        ("DNS_ORDER_IPV6_FIRST", DNS_ORDER_IPV6_FIRST),
    ] {
        binding.set(name, value)?;
    }
    // getaddrinfo(req, hostname, family, hints, order)
    method(&binding, "getaddrinfo", |ctx: Ctx<'js>, req: Object<'js>, host: String, family: u8, _hints: i32, order: i32| -> Result<i32> {
        let addresses = resolve(&*Env::of(&ctx)?, &host, family, order);
        later(&ctx, req, move |ctx, env, frame, req| {
            if addresses.is_empty() {
                callback(ctx, env, frame, req, "oncomplete", (UV_EAI_NONAME,));
            } else {
                let addresses: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
                callback(ctx, env, frame, req, "oncomplete", (Value::new_null(ctx.clone()), addresses));
            }
        })
    })?;
    method(&binding, "getnameinfo", |ctx: Ctx<'js>, req: Object<'js>, host: String, port: u16| -> Result<i32> {
        let name = name_of(&*Env::of(&ctx)?, &host);
        later(&ctx, req, move |ctx, env, frame, req| {
            callback(ctx, env, frame, req, "oncomplete", (Value::new_null(ctx.clone()), name.as_str(), service(port)));
        })
    })?;
    // complete(req, ...values): calls `oncomplete` in a later phase.
    method(&binding, "complete", |ctx: Ctx<'js>, req: Object<'js>, values: Rest<Value<'js>>| -> Result<i32> {
        let values: Vec<_> = values.0.into_iter().map(|value| Persistent::save(&ctx, value)).collect();
        later(&ctx, req, move |ctx, env, frame, req| {
            let values: Vec<Value> = values.into_iter().filter_map(|value| value.restore(ctx).ok()).collect();
            callback(ctx, env, frame, req, "oncomplete", (Rest(values),));
        })
    })?;
    method(&binding, "canonicalizeIP", |text: String| -> Option<String> {
        let bare = text.split('%').next().unwrap_or("");
        bare.parse::<IpAddr>().ok().map(|address| address.to_string())
    })?;
    method(&binding, "convertIpv6StringToBuffer", |ctx: Ctx<'js>, text: String| -> Result<Value<'js>> {
        match text.parse::<Ipv6Addr>() {
            Ok(address) => buffer(&ctx, address.octets().to_vec()),
            Err(_) => Ok(Value::new_undefined(ctx)),
        }
    })?;
    script(ctx, "cares_wrap", &binding)?;
    Ok(binding)
}

/// Calls `done` in a later phase; keeps the loop alive until then.
fn later<'js>(
    ctx: &Ctx<'js>,
    request: Object<'js>,
    done: impl for<'to> FnOnce(&Ctx<'to>, &Env, &Frame, &Object<'to>) + 'static,
) -> Result<i32> {
    let env = Env::of(ctx)?;
    let frame = Frame::now(ctx);
    let request = Persistent::save(ctx, request);
    env.event_loop.complete(move |ctx| {
        let (Ok(env), Ok(request)) = (Env::of(ctx), request.restore(ctx)) else { return };
        done(ctx, &env, &frame, &request);
    });
    Ok(0)
}

/// Lines of `/etc/hosts`: an address and its names.
fn hosts(env: &Env) -> Vec<(IpAddr, Vec<String>)> {
    let text = env.read_file(b"/etc/hosts", 1 << 20).map(|reply| String::from_utf8_lossy(&reply.data).into_owned()).unwrap_or_default();
    parse_hosts(&text)
}

fn parse_hosts(text: &str) -> Vec<(IpAddr, Vec<String>)> {
    text.lines()
        .filter_map(|line| {
            let mut words = line.split('#').next()?.split_whitespace();
            let address = words.next()?.parse().ok()?;
            Some((address, words.map(str::to_ascii_lowercase).collect()))
        })
        .collect()
}

/// The addresses of a name. `family`: 4, 6, or 0 for both.
fn resolve(env: &Env, host: &str, family: u8, order: i32) -> Vec<IpAddr> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let fits = |address: &IpAddr| family == 0 || address.is_ipv4() == (family == 4);
    if let Ok(address) = name.parse::<IpAddr>() {
        return Some(address).into_iter().filter(fits).collect();
    }
    let mut found: Vec<IpAddr> = Vec::new();
    for (address, names) in hosts(env) {
        if names.contains(&name) && !found.contains(&address) {
            found.push(address);
        }
    }
    let local = name == "localhost" || name.ends_with(".localhost");
    if local || (found.is_empty() && name == os::hostname(env).to_ascii_lowercase()) {
        for address in [IpAddr::from([127, 0, 0, 1]), IpAddr::from(Ipv6Addr::LOCALHOST)] {
            if !found.contains(&address) {
                found.push(address);
            }
        }
    }
    found.retain(fits);
    // The loopback's older family first, unless the newer was asked for.
    found.sort_by_key(|address| address.is_ipv4() == (order == DNS_ORDER_IPV6_FIRST));
    found
}

fn name_of(env: &Env, host: &str) -> String {
    let Ok(address) = host.parse::<IpAddr>() else { return host.to_owned() };
    let listed = hosts(env).into_iter().find(|(known, _)| *known == address).and_then(|(_, names)| names.into_iter().next());
    listed.unwrap_or_else(|| if address.is_loopback() { "localhost".to_owned() } else { host.to_owned() })
}

/// The best-known names of `/etc/services`.
fn service(port: u16) -> String {
    match port {
        21 => "ftp",
        22 => "ssh",
        23 => "telnet",
        25 => "smtp",
        53 => "domain",
        80 => "http",
        110 => "pop3",
        143 => "imap2",
        443 => "https",
        3306 => "mysql",
        5432 => "postgresql",
        other => return other.to_string(),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_by_line() {
        let hosts = parse_hosts("127.0.0.1 localhost Mine # comment\nnonsense\n::1\tlocalhost\n");
        assert_eq!(hosts.len(), 2);
        assert_eq!(hosts[0].1, ["localhost", "mine"]);
    }
}

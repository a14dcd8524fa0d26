//! The same words for TypeScript, printed from the same tables.
//!
//! `cargo run -p porthole-abi --example typescript` prints what stands in `sw/src/generated/abi.ts`.

use std::fmt::Write;

use crate::syscall::{Kind, TABLE};
use crate::{Errno, address, frame, signal, stat, syscall};

type Fields = &'static [(&'static str, &'static str, bool)];

/// The records that stand in calls and replies.
const RECORDS: &[(&str, &str, Fields)] = &[
    ("Stat", "What is known of a file. Times are nanoseconds since 1970.", stat::Stat::FIELDS),
    ("Dirent", "One name of a directory. `kind` is one of `DT_*`.", stat::Dirent::FIELDS),
    ("Statfs", "Room in a file system, in blocks of `bsize` bytes.", stat::Statfs::FIELDS),
    ("Address", "A socket's address. `family` is 4 (IPv4), 6 (IPv6) or 1 (a path).", address::Address::FIELDS),
    ("Inherit", "A descriptor that a child starts with, and the parent's that it shares.", syscall::Inherit::FIELDS),
    ("Descriptor", "A descriptor and what it is (`FD_*`).", syscall::Descriptor::FIELDS),
    ("TreeEntry", "One entry for `write_tree`. `mode` carries the kind; `data` is the content or the link's target.", syscall::TreeEntry::FIELDS),
    ("TreeNode", "One entry from `read_tree`. Where `data` is shorter than `size`, the content is to be read by itself.", syscall::TreeNode::FIELDS),
    ("Seen", "An entry of a directory from `survey`. `data` is all of a file's content if `whole` is 1.", syscall::Seen::FIELDS),
    ("Surveyed", "A directory from `survey`, by its path below the one that was asked for.", syscall::Surveyed::FIELDS),
    ("Header", "A header of a request or an answer.", syscall::Header::FIELDS),
    ("ProcessInfo", "A row of `processes`.", syscall::ProcessInfo::FIELDS),
];

/// Events: number, name, fields. The test below holds them to [`crate::Event`].
const EVENTS: &[(u8, &str, Fields)] = &[
    (1, "ready", &[("fd", "i32", false), ("mask", "u8", false)]),
    (2, "signal", &[("signal", "u8", false)]),
    (3, "child_exit", &[("pid", "i32", false), ("code", "i32", false), ("signal", "u8", false)]),
    (4, "port", &[("port", "u16", false), ("open", "u8", false)]),
];

/// Every constant of `flags.rs`. Rust's octal and decimal numbers are TypeScript's too, so the source is the table.
const FLAGS: &str = include_str!("flags.rs");

const WIRE: &str = r#"
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Text as the kernel's bytes. */
export const bytes = (text: string): Uint8Array => encoder.encode(text);
/** The kernel's bytes as text. */
export const text = (from: Uint8Array): string => decoder.decode(from);

/** The bytes are not what they should be. */
export class Malformed extends Error {}

/** Builds a frame. */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;
  constructor(room = 256) {
    this.#bytes = new Uint8Array(room);
    this.#view = new DataView(this.#bytes.buffer);
  }
  get length(): number { return this.#at; }
  #take(size: number): number {
    const at = this.#at;
    const end = at + size;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#at = end;
    return at;
  }
  u8(value: number): void { const at = this.#take(1); this.#view.setUint8(at, value); }
  u16(value: number): void { const at = this.#take(2); this.#view.setUint16(at, value, true); }
  u32(value: number): void { const at = this.#take(4); this.#view.setUint32(at, value, true); }
  i32(value: number): void { const at = this.#take(4); this.#view.setInt32(at, value, true); }
  u64(value: bigint): void { const at = this.#take(8); this.#view.setBigUint64(at, value, true); }
  i64(value: bigint): void { const at = this.#take(8); this.#view.setBigInt64(at, value, true); }
  bytes(value: Uint8Array): void {
    this.u32(value.length);
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
  }
  list<T>(items: readonly T[], put: (item: T) => void): void {
    this.u32(items.length);
    for (const item of items) put(item);
  }
  /** Writes a number over an earlier one. */
  patch32(at: number, value: number): void { this.#view.setUint32(at, value, true); }
  /** What was written. The writer is not used after this. */
  done(): Uint8Array<ArrayBuffer> { return this.#at === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#at); }
}

/** Reads a frame. */
export class Reader {
  #view: DataView;
  #at = 0;
  constructor(readonly source: Uint8Array) {
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }
  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.source.length) throw new Malformed(`the frame ends at ${this.source.length}, wanted ${at + size}`);
    this.#at = at + size;
    return at;
  }
  get remaining(): number { return this.source.length - this.#at; }
  u8(): number { return this.#view.getUint8(this.#take(1)); }
  u16(): number { return this.#view.getUint16(this.#take(2), true); }
  u32(): number { return this.#view.getUint32(this.#take(4), true); }
  i32(): number { return this.#view.getInt32(this.#take(4), true); }
  u64(): bigint { return this.#view.getBigUint64(this.#take(8), true); }
  i64(): bigint { return this.#view.getBigInt64(this.#take(8), true); }
  /** A view into the frame, not a copy. */
  bytes(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return this.source.subarray(at, at + length);
  }
  list<T>(get: () => T): T[] {
    const count = this.u32();
    if (count > this.remaining) throw new Malformed(`a list of ${count} in ${this.remaining} bytes`);
    return Array.from({ length: count }, get);
  }
  rest(): Uint8Array {
    const at = this.#take(this.remaining);
    return this.source.subarray(at);
  }
}
"#;

const FRAMES: &str = r#"
/** A request frame. `args` is what `calls[name].put` writes. */
export function request<N extends CallName>(name: N, args: Calls[N]["args"], seq: number, ack: number, heard: number): Uint8Array<ArrayBuffer> {
  const codec: Codec<N> = calls[name];
  const out = new Writer();
  out.u32(0);
  out.u16(codec.number);
  out.u16(0);
  out.u32(seq);
  out.u32(ack);
  out.u32(heard);
  codec.put(out, args);
  out.patch32(0, out.length - 4);
  return out.done();
}

/** What a frame from the kernel says. `seq` 0 is a notification, `errno` 0 success. `foreign` counts others' changes of the file system. */
export interface Reply { errno: number; marks: number; seq: number; foreign: number; payload: Uint8Array }

/** Takes a frame from the kernel apart. */
export function reply(frame: Uint8Array): Reply {
  const from = new Reader(frame);
  const length = from.u32();
  if (length !== from.remaining) throw new Malformed(`a frame of ${from.remaining} bytes says ${length}`);
  const errno = from.u16();
  return { errno, marks: from.u16(), seq: from.u32(), foreign: from.u32(), payload: from.rest() };
}
"#;

/// The whole of `abi.ts`.
pub fn print() -> String {
    let mut out = String::new();
    out.push_str("// Printed from kernel/abi by `cargo run -p porthole-abi --example typescript`. Changes here are lost.\n\n");
    let _ = writeln!(out, "/** Version of the words. A service worker and a process image of different versions do not talk. */");
    let _ = writeln!(out, "export const VERSION = {};", crate::VERSION);
    let _ = writeln!(out, "export const REQUEST_HEADER = {};", frame::REQUEST_HEADER);
    let _ = writeln!(out, "export const REPLY_HEADER = {};", frame::REPLY_HEADER);
    let _ = writeln!(out, "/** The largest frame that the kernel reads, in bytes. */\nexport const MAX_FRAME = {};", frame::MAX_FRAME);
    out.push_str(WIRE);
    records(&mut out);
    events(&mut out);
    calls(&mut out);
    out.push_str(FRAMES);
    numbers(&mut out);
    out
}

fn records(out: &mut String) {
    for (name, doc, fields) in RECORDS {
        let _ = writeln!(out, "\n/** {doc} */\nexport interface {name} {}", shape(fields));
        let _ = writeln!(out, "export const put{name} = (out: Writer, value: {name}): void => {{ {}}};", put_fields(fields, "value"));
        let _ = writeln!(out, "export const get{name} = (from: Reader): {name} => ({});", get_fields(fields));
    }
}

fn events(out: &mut String) {
    let shapes: Vec<_> = EVENTS.iter().map(|(_, name, fields)| format!("\n  | {{ type: \"{name}\"; {} }}", members(fields))).collect();
    let _ = writeln!(out, "\n/** What a process hears without having asked. */\nexport type Event ={};", shapes.concat());
    out.push_str("\n/** Reads one event. */\nexport function getEvent(from: Reader): Event {\n  const kind = from.u8();\n  switch (kind) {\n");
    for (number, name, fields) in EVENTS {
        let inner: Vec<_> = fields.iter().map(|(field, ty, list)| format!("{field}: {}", get_value(ty, *list))).collect();
        let _ = writeln!(out, "    case {number}: return {{ type: \"{name}\", {} }};", inner.join(", "));
    }
    out.push_str("    default: throw new Malformed(`no event has the number ${kind}`);\n  }\n}\n");
    out.push_str(
        "\n/** Reads a batch: the number of the first event, and the events in order. */\nexport function getBatch(from: Reader): { first: number; events: Event[] } {\n  \
         const first = from.u32();\n  const events: Event[] = [];\n  while (from.remaining > 0) events.push(getEvent(from));\n  return { first, events };\n}\n",
    );
}

fn calls(out: &mut String) {
    out.push_str("\n/** Arguments and reply of every call. */\nexport interface Calls {\n");
    for row in TABLE {
        let doc = row.doc.lines().map(str::trim).collect::<Vec<_>>().join(" ").replace("*/", "*\\/");
        let _ = writeln!(out, "  /** {} */\n  {}: {{ args: {}; reply: {} }};", doc.trim(), row.name, shape(row.args), shape(row.reply));
    }
    out.push_str("}\n\nexport type CallName = keyof Calls;\n\n/** How a call is written and its reply read. `pure` calls change nothing. */\n");
    out.push_str("export interface Codec<N extends CallName> {\n  readonly number: number;\n  readonly pure: boolean;\n  put(out: Writer, args: Calls[N][\"args\"]): void;\n  get(from: Reader): Calls[N][\"reply\"];\n}\n");
    out.push_str("\nexport const calls: { readonly [N in CallName]: Codec<N> } = {\n");
    for row in TABLE {
        let put = if row.args.is_empty() { "put() {}".to_owned() } else { format!("put(out, args) {{ {}}}", put_fields(row.args, "args")) };
        let get = if row.reply.is_empty() { "get() { return {}; }".to_owned() } else { format!("get(from) {{ return {}; }}", get_fields(row.reply)) };
        let _ = writeln!(out, "  {}: {{ number: {}, pure: {}, {put}, {get} }},", row.name, row.number, row.kind == Kind::Pure);
    }
    out.push_str("};\n");
}

fn numbers(out: &mut String) {
    out.push_str("\n/** Errnos by number. */\nexport const errnos: ReadonlyMap<number, { name: string; text: string }> = new Map([\n");
    for errno in Errno::ALL {
        let _ = writeln!(out, "  [{}, {{ name: \"{}\", text: \"{}\" }}],", errno.number(), errno.name(), errno.text());
    }
    out.push_str("]);\n\n/** Signals by name. */\nexport const signals: Readonly<Record<string, number>> = {\n");
    for (name, number) in signal::SIGNALS {
        let _ = writeln!(out, "  {name}: {number},");
    }
    out.push_str("};\n\n");
    for (name, value) in flags() {
        let _ = writeln!(out, "export const {name} = {value};");
    }
    for (name, value) in [("INET", address::INET), ("INET6", address::INET6), ("UNIX", address::UNIX)] {
        let _ = writeln!(out, "export const {name} = {value};");
    }
}

fn flags() -> impl Iterator<Item = (&'static str, &'static str)> {
    FLAGS.lines().filter_map(|line| {
        let (name, rest) = line.strip_prefix("pub const ")?.split_once(':')?;
        let (_, value) = rest.split_once('=')?;
        Some((name, value.trim().trim_end_matches(';')))
    })
}

fn shape(fields: Fields) -> String {
    if fields.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", members(fields)) }
}

fn members(fields: Fields) -> String {
    fields.iter().map(|(name, ty, list)| format!("{name}: {}{}", type_of(ty), if *list { "[]" } else { "" })).collect::<Vec<_>>().join("; ")
}

fn type_of(ty: &'static str) -> &'static str {
    match ty {
        "u8" | "u16" | "u32" | "i32" => "number",
        "u64" | "i64" => "bigint",
        "bytes" => "Uint8Array",
        record => record,
    }
}

fn is_primitive(ty: &str) -> bool {
    matches!(ty, "u8" | "u16" | "u32" | "i32" | "u64" | "i64" | "bytes")
}

fn put_value(ty: &str, value: &str) -> String {
    if is_primitive(ty) { format!("out.{ty}({value})") } else { format!("put{ty}(out, {value})") }
}

fn get_value(ty: &str, list: bool) -> String {
    let one = if is_primitive(ty) { format!("from.{ty}()") } else { format!("get{ty}(from)") };
    if list { format!("from.list(() => {one})") } else { one }
}

fn put_fields(fields: Fields, of: &str) -> String {
    fields.iter().fold(String::new(), |mut out, (name, ty, list)| {
        let _ = if *list {
            write!(out, "out.list({of}.{name}, (item) => {}); ", put_value(ty, "item"))
        } else {
            write!(out, "{}; ", put_value(ty, &format!("{of}.{name}")))
        };
        out
    })
}

fn get_fields(fields: Fields) -> String {
    let inner: Vec<_> = fields.iter().map(|(name, ty, list)| format!("{name}: {}", get_value(ty, *list))).collect();
    format!("{{ {} }}", inner.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    #[test]
    fn every_type_of_the_table_is_known() {
        let all = TABLE.iter().flat_map(|row| row.args.iter().chain(row.reply)).chain(RECORDS.iter().flat_map(|(_, _, fields)| fields.iter()));
        for (name, ty, _) in all {
            assert!(is_primitive(ty) || RECORDS.iter().any(|(record, ..)| record == ty), "{name}: {ty}");
        }
    }

    #[test]
    fn events_are_as_long_as_their_fields() {
        let samples = [
            Event::Ready { fd: 1, mask: 2 },
            Event::Signal { signal: 3 },
            Event::ChildExit { pid: 4, code: 5, signal: 6 },
            Event::Port { port: 7, open: 1 },
        ];
        for event in samples {
            let mut bytes = Vec::new();
            event.put(&mut bytes);
            let (_, name, fields) = EVENTS.iter().find(|(number, ..)| *number == bytes[0]).unwrap();
            let size: usize = fields
                .iter()
                .map(|(_, ty, _)| match *ty {
                    "u8" => 1,
                    "u16" => 2,
                    _ => 4,
                })
                .sum();
            assert_eq!(bytes.len(), 1 + size, "{name}");
        }
    }

    #[test]
    fn flags_are_found_in_their_source() {
        let all: Vec<_> = flags().collect();
        assert!(all.contains(&("O_CREAT", "0o100")) && all.contains(&("ANY_CHILD", "-1")) && all.contains(&("READABLE", "1")));
        assert_eq!(all.len(), FLAGS.matches("pub const ").count());
    }

    #[test]
    fn the_committed_file_is_what_is_printed() {
        let committed = include_str!("../../../sw/src/generated/abi.ts");
        assert!(committed == print(), "run: cargo run -p porthole-abi --example typescript > sw/src/generated/abi.ts");
    }
}

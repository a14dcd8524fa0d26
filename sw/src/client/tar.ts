// Reading tar archives: ustar, pax and GNU's long names.

import { text } from "../generated/abi.ts";
import { PortholeError } from "./errors.ts";
import { directoryEntry, type Entry, fileEntry, linkEntry } from "./tree.ts";

const BLOCK = 512;

export const isTar = (data: Uint8Array): boolean => data.length >= BLOCK && text(data.subarray(257, 262)) === "ustar";

export function* readTar(data: Uint8Array): Generator<Entry> {
  /** What pax headers say of the next entry, and of all. */
  let next = new Map<string, string>();
  const all = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= data.length; ) {
    const head = data.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) return;
    if (checksum(head) !== octal(head, 148, 8)) throw broken(`its header at byte ${at} has a wrong checksum`);
    const size = Number(next.get("size") ?? all.get("size") ?? octal(head, 124, 12));
    const body = data.subarray(at + BLOCK, at + BLOCK + size);
    if (body.length < size) throw broken("it ends in the middle of a file");
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const kind = String.fromCharCode(head[156] ?? 0);
    if (kind === "x") next = new Map([...next, ...pax(body)]);
    else if (kind === "g") for (const [key, value] of pax(body)) all.set(key, value);
    else if (kind === "L") next.set("path", string(body, 0, body.length));
    else if (kind === "K") next.set("linkpath", string(body, 0, body.length));
    else {
      const said = (key: string) => next.get(key) ?? all.get(key);
      const prefix = text(head.subarray(257, 263)) === "ustar\0" ? string(head, 345, 155) : "";
      const path = clean(said("path") ?? (prefix === "" ? string(head, 0, 100) : `${prefix}/${string(head, 0, 100)}`));
      const target = said("linkpath") ?? string(head, 157, 100);
      const mode = octal(head, 100, 8);
      const mtimeMs = said("mtime") === undefined ? octal(head, 136, 12) * 1000 : Number(said("mtime")) * 1000;
      next = new Map();
      if (path === "") continue;
      if (kind === "5") yield directoryEntry(path, mode, mtimeMs);
      else if (kind === "2") yield linkEntry(path, target, mtimeMs);
      else if (kind === "1") {
        const known = files.get(clean(target));
        if (known === undefined) throw broken(`${path} is a link to ${target}, which is not before it`);
        yield fileEntry(path, known, mode, mtimeMs);
      } else if (kind === "0" || kind === "\0" || kind === "7") {
        files.set(path, body);
        yield fileEntry(path, body, mode, mtimeMs);
      }
      // Devices and pipes have no content to bring.
    }
  }
}

const broken = (why: string): PortholeError => new PortholeError("ERR_ARCHIVE", `the tar archive cannot be read: ${why}`);

const clean = (path: string): string =>
  path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");

function string(from: Uint8Array, at: number, length: number): string {
  const field = from.subarray(at, at + length);
  const end = field.indexOf(0);
  return text(end < 0 ? field : field.subarray(0, end));
}

function octal(from: Uint8Array, at: number, length: number): number {
  // GNU writes large numbers in base 256, with the first bit set.
  if (((from[at] ?? 0) & 0x80) !== 0) return from.subarray(at + 1, at + length).reduce((value, byte) => value * 256 + byte, 0);
  return Number.parseInt(string(from, at, length).trim(), 8) || 0;
}

function checksum(head: Uint8Array): number {
  return head.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0);
}

/** Records `length key=value\n`. */
function pax(body: Uint8Array): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const length = Number(text(body.subarray(at, space)));
    if (space < 0 || !(length > 0)) throw broken("a pax header is malformed");
    const record = text(body.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    found.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return found;
}

// Paths in archives: bytes, as the kernel's are, with a key that tells equal ones.

import { bytes } from "../../generated/abi.ts";
import { unsafe } from "./refuse.ts";

/** A path below the place where the archive goes: names with `/` between them, no `.`, no `..`, nothing empty. The archive's own root is the empty path. */
export interface Path {
  readonly bytes: Uint8Array;
  /** Equal for equal paths and no others. The path itself where it is UTF-8; a name that is not begins with a zero and has a letter a byte. */
  readonly key: string;
}

const NAME_MAX = 255;
const PATH_MAX = 4095;
const SLASH = 47;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes as text, or undefined when they are not UTF-8. A byte order mark is kept. */
export function utf8(from: Uint8Array): string | undefined {
  try {
    return strict.decode(from);
  } catch {
    return undefined;
  }
}

/** A path of an archive, in its simplest form. Throws when it leads elsewhere or no file can have it. */
export function pathOf(raw: Uint8Array): Path {
  if (raw.length > 2 * PATH_MAX) throw unsafe(keyOf(raw.subarray(0, PATH_MAX)), `its path has ${raw.length} bytes`);
  const key = keyOf(raw);
  if (raw.includes(0)) throw unsafe(key, "its name has a null byte");
  if (raw[0] === SLASH) throw unsafe(key, "its path is absolute");
  const names = key.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw unsafe(key, "its path has `..`");
  const clean = names.join("/");
  if (/^[a-z]:[\\/]/i.test(clean) || /^[a-z]:$/i.test(names[0] ?? "")) throw unsafe(key, "its path begins with a drive");
  // A backslash is a letter like any other here. A name that climbs where it is none is meant to.
  if (clean.includes("\\") && (clean.startsWith("\\") || clean.split(/[\\/]/).includes(".."))) throw unsafe(key, "its path leads elsewhere where \\ separates names");
  const path = clean === key ? { bytes: raw, key } : { bytes: bytesOf(clean), key: clean };
  if (path.bytes.length > PATH_MAX) throw unsafe(key, `its path has more than ${PATH_MAX} bytes`);
  if (raw.length > NAME_MAX && names.some((name) => bytesOf(name).length > NAME_MAX)) throw unsafe(key, `a name in its path has more than ${NAME_MAX} bytes`);
  return path;
}

/** The earlier name that a hard link stands for, checked as any other. */
export function linkTarget(key: string, target: Uint8Array): Path {
  try {
    return pathOf(target);
  } catch (error) {
    throw unsafe(key, `it is another name for an earlier file, and ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A path that is known to be clean: from the kernel. */
export const knownPath = (raw: Uint8Array): Path => ({ bytes: raw, key: keyOf(raw) });

/** The bytes that a key stands for. */
export function bytesOf(key: string): Uint8Array {
  if (!key.includes("\0")) return bytes(key);
  const all: number[] = [];
  for (const [at, name] of key.split("/").entries()) {
    if (at > 0) all.push(SLASH);
    if (name.startsWith("\0")) for (let letter = 1; letter < name.length; letter += 1) all.push(name.charCodeAt(letter));
    else all.push(...bytes(name));
  }
  return Uint8Array.from(all);
}

/** The keys of all directories above a path, the nearest first. */
export function* above(key: string): Generator<string> {
  for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) yield key.slice(0, end);
}

function keyOf(raw: Uint8Array): string {
  return utf8(raw) ?? split(raw).map((name) => utf8(name) ?? `\0${String.fromCharCode(...name)}`).join("/");
}

function split(raw: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  let start = 0;
  for (let end = raw.indexOf(SLASH); end >= 0; end = raw.indexOf(SLASH, start)) {
    names.push(raw.subarray(start, end));
    start = end + 1;
  }
  return [...names, raw.subarray(start)];
}

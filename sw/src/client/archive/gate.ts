// What every entry of an archive must be before anything is written.

import type { Archive, Entry } from "./entry.ts";
import { above, utf8 } from "./path.ts";
import { shown, tooMuch, unsafe } from "./refuse.ts";

/** How much an archive may bring. More is refused with `ERR_LIMIT` before anything is written. */
export interface MountLimits {
  /** Bytes of all files together: 1 GiB if not given. */
  bytes?: number;
  /** Files, directories and links: 500,000 if not given. */
  entries?: number;
  /** How many times its own size an archive may unpack to, once that is more than 64 MiB: 100 if not given. */
  ratio?: number;
}

export interface Policy {
  /** Where the archive goes, absolute. */
  base: string;
  /** Symbolic links must stay below `base`, or may lead anywhere. */
  links: "inside" | "any";
  limits: MountLimits;
}

/** Below this size nothing is a bomb. */
const RATIO_FLOOR = 64 << 20;
/** What an entry of tar takes beside its content, headers for long names included. */
const ENTRY_BYTES = 2048;
const TARGET_MAX = 4095;

type Kind = "directory" | "file" | "symlink";

/** Looks at the entries of one archive, one after the other. */
export class Gate {
  /** Everything that there would be so far, directories that are only implied too. */
  readonly #known = new Map<string, Kind>();
  readonly #bytesMax: number;
  readonly #entriesMax: number;
  readonly #ratioMax: number;
  #entries = 0;
  #bytes = 0;
  #unpacked = 0;

  constructor(
    readonly archive: Archive,
    readonly policy: Policy,
  ) {
    const { bytes = 1 << 30, entries = 500_000, ratio = 100 } = policy.limits;
    this.#bytesMax = bytes;
    this.#entriesMax = entries;
    this.#ratioMax = ratio;
  }

  /** Throws a `PortholeError` that names the entry and what is wrong with it. */
  enter(entry: Entry): void {
    const { key } = entry.path;
    this.#entries += 1;
    if (this.#entries > this.#entriesMax) throw tooMuch(`the ${this.archive.format} has more than ${this.#entriesMax} entries`);
    if (key === "") {
      // The archive's own root: the place that it goes to is what it is.
      if (entry.kind === "directory") return;
      throw unsafe(key, "it has no name");
    }
    this.#descend(key);
    const before = this.#known.get(key);
    if (before !== undefined && (before === "directory") !== (entry.kind === "directory")) throw unsafe(key, "it is a directory and something else too");
    if (before !== undefined && before !== "directory" && this.archive.duplicates === "refuse") throw unsafe(key, `the ${this.archive.format} has it twice`);
    if (entry.kind === "file") this.#more(entry.size, key);
    if (entry.kind === "symlink") this.#target(key, entry.target);
    this.#known.set(key, entry.kind === "hardlink" ? this.#linked(key, entry.target.key) : entry.kind);
  }

  /** Hears of bytes that came out of a packed archive. */
  unpacked(count: number): void {
    this.#unpacked += count;
    if (this.#unpacked > this.#bytesMax + this.#entriesMax * ENTRY_BYTES) throw tooMuch(`the ${this.archive.format} unpacks to more than ${this.#unpacked} bytes`);
    this.#ratio(this.#unpacked, "");
  }

  #more(size: number, key: string): void {
    this.#bytes += size;
    const at = ` (up to ${shown(key)})`;
    if (this.#bytes > this.#bytesMax) throw tooMuch(`the files of the ${this.archive.format} have more than ${this.#bytesMax} bytes${at}`);
    this.#ratio(this.#bytes, at);
  }

  #ratio(size: number, at: string): void {
    const { packed, format } = this.archive;
    if (packed === 0 || size <= RATIO_FLOOR || size <= packed * this.#ratioMax) return;
    throw tooMuch(`the ${format} of ${packed} bytes unpacks to ${size} bytes or more${at}: at most ${this.#ratioMax} times its size is taken`);
  }

  /** The directories above must be directories. */
  #descend(key: string): void {
    for (const parent of above(key)) {
      const kind = this.#known.get(parent);
      if (kind === "symlink") throw unsafe(key, `it lies behind the link ${shown(parent)}`);
      if (kind === "file") throw unsafe(key, `${shown(parent)} is a file`);
      if (kind === "directory") return;
      this.#known.set(parent, "directory");
    }
  }

  #linked(key: string, target: string): Kind {
    const kind = this.#known.get(target);
    if (kind === undefined || target === key) throw unsafe(key, `it is another name for ${shown(target)}, which is not before it`);
    if (kind === "directory") throw unsafe(key, `it is another name for the directory ${shown(target)}`);
    return kind;
  }

  #target(key: string, target: Uint8Array): void {
    if (target.length === 0 || target.length > TARGET_MAX || target.includes(0)) throw unsafe(key, "it is a link that says nothing, too much, or a null byte");
    if (this.policy.links === "any") return;
    const why = outward(key, utf8(target) ?? String.fromCharCode(...target), this.policy.base);
    if (why !== undefined) throw unsafe(key, `${why} (mount with \`links: "any"\` takes it)`);
  }
}

/**
 * Why a link might lead out of `base`. After all its `..` a target may only go down: then it stays inside by its words alone, and so does every path through
 * several such links, whatever each of them says.
 */
function outward(key: string, target: string, base: string): string | undefined {
  const names = target.split("/").filter((name) => name !== "" && name !== ".");
  let climbed = 0;
  if (target.startsWith("/")) {
    for (const name of base.split("/").filter((part) => part !== "")) if (names.shift() !== name) return `it is a link to ${shown(target)}, outside of ${base}`;
  } else while (names[climbed] === "..") climbed += 1;
  const deep = key.split("/").length - 1;
  if (climbed > deep) return `it is a link to ${shown(target)}, outside of what is mounted`;
  if (names.indexOf("..", climbed) >= 0) return `it is a link to ${shown(target)}, which goes down and up again`;
  return undefined;
}

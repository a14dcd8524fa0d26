// What archives hold, whatever their format.

import type { Path } from "./path.ts";

interface Attributes {
  path: Path;
  /** Permission bits. */
  mode: number;
  /** Nanoseconds since 1970. */
  mtime: bigint;
}

export type DirectoryEntry = Attributes & { kind: "directory" };
export type FileEntry = Attributes & {
  kind: "file";
  /** Bytes of its content. */
  size: number;
  /** The content in pieces. To be asked for once, and before the next entry. */
  content: () => Iterable<Uint8Array>;
};
export type SymlinkEntry = Attributes & { kind: "symlink"; target: Uint8Array };
/** Another name for the file of an earlier entry. */
export type HardlinkEntry = Attributes & { kind: "hardlink"; target: Path };

export type Entry = DirectoryEntry | FileEntry | SymlinkEntry | HardlinkEntry;

/** An archive that can be gone through, more than once. */
export interface Archive {
  /** Its format, as messages name it. */
  format: string;
  /** Its bytes as it came, or 0 where there is nothing that could be packed. */
  packed: number;
  /** What a second entry of one name means: it replaces the first, or the archive is refused. */
  duplicates: "replace" | "refuse";
  /** All entries. `unpacked` hears how many bytes had to be unpacked for them, and throws when they are too many. Throws a `PortholeError` where it is damaged. */
  entries: (unpacked: (bytes: number) => void) => Iterable<Entry>;
}

/** A content that is in memory. */
export const inMemory = (data: Uint8Array) => (): Iterable<Uint8Array> => [data];

export const SECOND = 1_000_000_000n;
const LATEST = (1n << 63n) - 1n;

/** A time as the kernel can hold it: between 1677 and 2262. */
export const clamped = (time: bigint): bigint => (time > LATEST ? LATEST : time < -LATEST ? -LATEST : time);

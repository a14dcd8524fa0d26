// Figures of files, as Node's `fs.Stats` has them.

import * as abi from "../generated/abi.ts";

const KINDS = {
  isFile: abi.S_IFREG,
  isDirectory: abi.S_IFDIR,
  isSymbolicLink: abi.S_IFLNK,
  isFIFO: abi.S_IFIFO,
  isSocket: abi.S_IFSOCK,
  isCharacterDevice: abi.S_IFCHR,
  isBlockDevice: abi.S_IFBLK,
};

const milliseconds = (nanoseconds: bigint): number => Number(nanoseconds) / 1e6;

/** What is known of a file. Times in milliseconds since 1970, and as `Date`. */
export class Stats {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly size: number;
  readonly blksize: number;
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;

  /** @internal */
  constructor(stat: abi.Stat) {
    this.dev = Number(stat.dev);
    this.ino = Number(stat.ino);
    this.mode = stat.mode;
    this.nlink = stat.nlink;
    this.uid = stat.uid;
    this.gid = stat.gid;
    this.rdev = Number(stat.rdev);
    this.size = Number(stat.size);
    this.blksize = stat.blksize;
    this.blocks = Number(stat.blocks);
    this.atimeMs = milliseconds(stat.atime);
    this.mtimeMs = milliseconds(stat.mtime);
    this.ctimeMs = milliseconds(stat.ctime);
    this.birthtimeMs = milliseconds(stat.birthtime);
  }

  get atime(): Date { return new Date(this.atimeMs); }
  get mtime(): Date { return new Date(this.mtimeMs); }
  get ctime(): Date { return new Date(this.ctimeMs); }
  get birthtime(): Date { return new Date(this.birthtimeMs); }

  isFile(): boolean { return this.#is("isFile"); }
  isDirectory(): boolean { return this.#is("isDirectory"); }
  isSymbolicLink(): boolean { return this.#is("isSymbolicLink"); }
  isFIFO(): boolean { return this.#is("isFIFO"); }
  isSocket(): boolean { return this.#is("isSocket"); }
  isCharacterDevice(): boolean { return this.#is("isCharacterDevice"); }
  isBlockDevice(): boolean { return this.#is("isBlockDevice"); }

  #is(kind: keyof typeof KINDS): boolean {
    return (this.mode & abi.S_IFMT) === KINDS[kind];
  }
}

/** An entry of a directory. */
export class Dirent {
  /** @internal */
  constructor(
    readonly name: string,
    /** Directory that it is in. */
    readonly parentPath: string,
    readonly kind: number,
  ) {}

  isFile(): boolean { return this.kind === abi.DT_REG; }
  isDirectory(): boolean { return this.kind === abi.DT_DIR; }
  isSymbolicLink(): boolean { return this.kind === abi.DT_LNK; }
  isFIFO(): boolean { return this.kind === abi.DT_FIFO; }
  isSocket(): boolean { return this.kind === abi.DT_SOCK; }
  isCharacterDevice(): boolean { return this.kind === abi.DT_CHR; }
  isBlockDevice(): boolean { return this.kind === abi.DT_BLK; }
}

// What can go wrong, told as Node tells it: an Error with a `code`.

import { type CallName, errnos } from "../generated/abi.ts";

/** Codes of {@link PortholeError}. */
export type PortholeErrorCode =
  | "ERR_NO_SERVICE_WORKER"
  | "ERR_SCRIPT"
  | "ERR_STORAGE_BLOCKED"
  | "ERR_ALREADY_BOOTED"
  | "ERR_FILES_DAMAGED"
  | "ERR_FILES_EXIST"
  | "ERR_FILES_IN_USE"
  | "ERR_VERSION"
  | "ERR_KERNEL"
  | "ERR_TORN_DOWN"
  | "ERR_ARCHIVE"
  | "ERR_UNSAFE_ENTRY"
  | "ERR_LIMIT"
  | "ERR_REFUSED"
  | "ERR_INVALID_ARG";

/** A failure of the container itself, not of a file or a program in it. */
export class PortholeError extends Error {
  override readonly name = "PortholeError";

  constructor(
    readonly code: PortholeErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A refused operation, shaped as Node's file system errors: `ENOENT: no such file or directory, open '/x'`. */
export class SystemError extends Error {
  /** Name of the errno, as `ENOENT`. */
  readonly code: string;
  /** The errno's number, negative as in Node. */
  readonly errno: number;

  constructor(
    errno: number,
    /** The operation that was refused. */
    readonly syscall: string,
    /** The path that it was about, if any. */
    readonly path?: string,
    /** The second path of `rename`, `link`, `copyfile` and `symlink`. */
    readonly dest?: string,
  ) {
    const known = errnos.get(errno) ?? { name: "EIO", text: "i/o error" };
    super(`${known.name}: ${known.text}, ${syscall}${path === undefined ? "" : ` '${path}'`}${dest === undefined ? "" : ` -> '${dest}'`}`);
    this.code = known.name;
    this.errno = -errno;
  }
}

/** The errno's number of a failed call, or undefined for any other error. */
export const errnoOf = (error: unknown): number | undefined => (error instanceof SystemError ? -error.errno : undefined);

/** Number of an errno by its name. */
export function errno(name: string): number {
  for (const [number, known] of errnos) if (known.name === name) return number;
  return 0;
}

/** A call's failure with no more context than its name. */
export const callFailed = (number: number, name: CallName): SystemError => new SystemError(number, name);

/** The words that go with a failure, for people. */
export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

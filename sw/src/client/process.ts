// A program that runs in the container.

import { signals } from "../generated/abi.ts";
import { PortholeError } from "./errors.ts";
import type { Spool } from "./spool.ts";

/** Size of a terminal, in characters. */
export interface TerminalSize {
  cols: number;
  rows: number;
}

/** Options of {@link Container.spawn}. */
export interface SpawnOptions {
  /** Working directory. Relative paths start at the container's `workdir`, which is the default. */
  cwd?: string;
  /** Environment variables beside the default ones (`HOME`, `PATH`, `PWD`, `TERM`, `USER`, …). Undefined takes a default one away. */
  env?: Record<string, string | number | boolean | undefined>;
  /** What the program reads from its standard input: all of it, at once. Without it the program reads what is written to `stdin`. */
  stdin?: string | Uint8Array;
  /** False: what the program prints is not kept for `output`, `stdout` and `stderr`, which are then empty. */
  output?: boolean;
  /** Gives the program a terminal. Its output, errors included, then comes from `output` and `stdout`; `stderr` stays empty. */
  terminal?: TerminalSize;
}

/** How a program ended. */
export interface Exited {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  /** Name of the signal that ended it; null when it exited by itself. */
  signal: string | null;
}

export interface ProcessParts {
  pid: number;
  input: WritableStream<Uint8Array>;
  stdout: Spool;
  stderr: Spool | undefined;
  exited: Promise<Exited>;
  kill: (signal: number) => void;
  resize: (size: TerminalSize) => void;
}

/** A program that runs in the container. */
export class ContainerProcess {
  /** Its number in the container. */
  readonly pid: number;
  /** Resolves with the exit code when the program has ended: 128 plus the signal's number when a signal ended it. */
  readonly exit: Promise<number>;
  /** Resolves when the program has ended. */
  readonly exited: Promise<Exited>;
  readonly #parts: ProcessParts;
  #output: ReadableStream<string> | undefined;
  #input: WritableStream<string> | undefined;

  /** @internal */
  constructor(parts: ProcessParts) {
    this.#parts = parts;
    this.pid = parts.pid;
    this.exited = parts.exited;
    this.exit = parts.exited.then(({ code, signal }) => code ?? 128 + (signals[signal ?? ""] ?? 0));
    // Whoever does not ask how it ended is not told by an unhandled rejection when the container is torn down.
    this.exit.catch(() => undefined);
  }

  /** Bytes for the program's standard input. Close it to tell the program that nothing follows. */
  get stdin(): WritableStream<Uint8Array> {
    return this.#parts.input;
  }

  /** Text for the program's standard input, as in WebContainers. Shares `stdin`: write to one of the two. */
  get input(): WritableStream<string> {
    if (this.#input === undefined) {
      const encoder = new TextEncoder();
      let writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
      const sink = () => (writer ??= this.stdin.getWriter());
      this.#input = new WritableStream<string>({
        write: (text) => sink().write(encoder.encode(text)),
        close: () => sink().close(),
        abort: (reason) => sink().abort(reason),
      });
    }
    return this.#input;
  }

  /** The bytes of the program's standard output. Unread output is kept up to 8 MiB. */
  get stdout(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#parts.stdout.stream;
  }

  /** The bytes of the program's standard error. Empty when it has a terminal. */
  get stderr(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#parts.stderr?.stream ?? empty();
  }

  /** Text of standard output and error as they come, as in WebContainers. Takes over `stdout` and `stderr`: read this or those. */
  get output(): ReadableStream<string> {
    this.#output ??= merge([this.#parts.stdout, this.#parts.stderr].flatMap((spool) => (spool === undefined ? [] : [spool.stream])));
    return this.#output;
  }

  /** Sends a signal, `SIGTERM` if none is named. A program that has ended already is left in peace. */
  kill(signal: string | number = "SIGTERM"): void {
    const number = typeof signal === "number" ? signal : signals[signal];
    if (number === undefined) throw new PortholeError("ERR_INVALID_ARG", `there is no signal ${signal}`);
    this.#parts.kill(number);
  }

  /** Tells the program's terminal its new size. Without a terminal nothing happens. */
  resize(size: TerminalSize): void {
    this.#parts.resize(size);
  }
}

const empty = (): ReadableStream<Uint8Array<ArrayBuffer>> => new ReadableStream({ start: (controller) => controller.close() });

/** Text of several byte streams in the order in which it comes. */
function merge(sources: ReadableStream<Uint8Array<ArrayBuffer>>[]): ReadableStream<string> {
  const readers = sources.map((source) => source.getReader());
  type Part = { at: number; result: ReadableStreamReadResult<Uint8Array<ArrayBuffer>> };
  const next = (at: number): Promise<Part> | undefined => readers[at]?.read().then((result) => ({ at, result }));
  const decoders = sources.map(() => new TextDecoder());
  const waiting = new Map<number, Promise<Part>>();
  for (const at of readers.keys()) {
    const first = next(at);
    if (first !== undefined) waiting.set(at, first);
  }
  return new ReadableStream<string>(
    {
      async pull(controller) {
        while (waiting.size > 0) {
          const { at, result } = await Promise.race(waiting.values());
          const text = result.done ? decoders[at]?.decode() : decoders[at]?.decode(result.value, { stream: true });
          const following = result.done ? undefined : next(at);
          if (following === undefined) waiting.delete(at);
          else waiting.set(at, following);
          if (text) return controller.enqueue(text);
        }
        controller.close();
      },
      cancel: (reason) => Promise.all(readers.map((reader) => reader.cancel(reason))).then(() => undefined),
    },
    { highWaterMark: 0 },
  );
}

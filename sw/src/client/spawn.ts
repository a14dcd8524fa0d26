// Starting a program: its descriptors, its environment, its end.

import { bytes, SPAWN_NEW_GROUP, signals, SPAWN_DETACHED } from "../generated/abi.ts";
import { readDescriptor, writeDescriptor } from "./descriptor.ts";
import { errno, errnoOf, PortholeError, SystemError } from "./errors.ts";
import type { Link } from "./link.ts";
import { ContainerProcess, type Exited, type SpawnOptions } from "./process.ts";
import { Spool } from "./spool.ts";
import type { Watches } from "./watches.ts";

const EPIPE = errno("EPIPE");

/** What a program starts in. */
export interface Surroundings {
  link: Link;
  watches: Watches;
  workdir: string;
  /** Resolves when the child has ended and was waited for. Called once, as soon as the pid is known. */
  exit: (pid: number) => Promise<Exited>;
}

const signalNames = new Map(Object.entries(signals).map(([name, number]) => [number, name]));
export const signalName = (number: number): string | null => (number === 0 ? null : (signalNames.get(number) ?? `signal ${number}`));

export async function spawn(around: Surroundings, command: string, args: readonly string[], options: SpawnOptions): Promise<ContainerProcess> {
  if (command === "") throw new PortholeError("ERR_INVALID_ARG", "spawn needs the name or the path of a program");
  const plumbing = options.terminal === undefined ? await pipes(around.link) : await terminal(around.link, options.terminal);
  const cwd = absolute(around.workdir, options.cwd ?? ".");
  try {
    const { pid } = await around.link.call("spawn", {
      file: argument(command),
      argv: [command, ...args].map(argument),
      env: environment(options, cwd),
      cwd: bytes(cwd),
      fds: plumbing.child.map((parent, child) => ({ child, parent })),
      flags: options.terminal === undefined ? SPAWN_NEW_GROUP : SPAWN_DETACHED,
    });
    const exited = around.exit(pid);
    if (options.terminal !== undefined) await around.link.call("tty_set_group", { fd: plumbing.input, pgid: pid });
    return attach(around, plumbing, pid, exited, options);
  } catch (error) {
    for (const fd of [plumbing.input, ...plumbing.outputs]) void around.link.call("close", { fd }).catch(() => undefined);
    throw await explain(around.link, error, command, cwd);
  } finally {
    for (const fd of new Set(plumbing.child)) void around.link.call("close", { fd }).catch(() => undefined);
  }
}

interface Plumbing {
  /** Ours: what we write to, and what we read from. */
  input: number;
  outputs: number[];
  /** The child's 0, 1 and 2. */
  child: [number, number, number];
}

async function pipes(link: Link): Promise<Plumbing> {
  const [stdin, stdout, stderr] = await Promise.all([link.call("pipe", {}), link.call("pipe", {}), link.call("pipe", {})]);
  return { input: stdin.writer, outputs: [stdout.reader, stderr.reader], child: [stdin.reader, stdout.writer, stderr.writer] };
}

async function terminal(link: Link, { cols, rows }: { cols: number; rows: number }): Promise<Plumbing> {
  const { master, slave } = await link.call("openpty", { columns: cols, rows });
  return { input: master, outputs: [master], child: [slave, slave, slave] };
}

function attach({ link, watches }: Surroundings, plumbing: Plumbing, pid: number, exited: Promise<Exited>, options: SpawnOptions): ContainerProcess {
  const shared = options.terminal !== undefined;
  /** Whether `plumbing.input` is ours no more: its number may be another's. */
  let closed = false;
  const close = async () => {
    if (closed || shared) return;
    closed = true;
    watches.wake(plumbing.input);
    await link.call("close", { fd: plumbing.input }).catch(() => undefined);
  };
  const closing = () => {
    closed ||= shared;
  };
  const write = (data: Uint8Array) => (closed ? Promise.reject(new SystemError(EPIPE, "write")) : writeDescriptor(link, watches, plumbing.input, data, () => closed));
  const spools = plumbing.outputs.map((fd) => new Spool(readDescriptor(link, watches, fd, { closing })));
  if (options.output === false) for (const spool of spools) void spool.stream.cancel();
  const [stdout, stderr] = spools as [Spool, Spool | undefined];
  const input = new WritableStream<Uint8Array>({
    write,
    // A terminal's end of input is what ^D says.
    close: () => (shared ? write(new Uint8Array([4])).catch(() => undefined) : close()),
    abort: close,
  });
  void exited.then(close);
  if (options.stdin !== undefined) {
    const writer = input.getWriter();
    void writer.write(typeof options.stdin === "string" ? bytes(options.stdin) : options.stdin).catch(() => undefined);
    void writer.close().catch(() => undefined);
  }
  return new ContainerProcess({
    pid,
    input,
    stdout,
    stderr,
    exited,
    // A process that is gone is no error: it was to end.
    kill: (signal) => void link.call("kill", { pid, signal }).catch(() => undefined),
    resize: ({ cols, rows }) => {
      if (shared && !closed) void link.call("tty_resize", { fd: plumbing.input, columns: cols, rows }).catch(() => undefined);
    },
  });
}

function environment(options: SpawnOptions, cwd: string): Uint8Array[] {
  const all: Record<string, string | number | boolean | undefined> = {
    HOME: "/home/user",
    LANG: "C.UTF-8",
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    PWD: cwd,
    SHELL: "/bin/sh",
    TMPDIR: "/tmp",
    USER: "user",
    ...(options.terminal === undefined ? {} : { COLORTERM: "truecolor", TERM: "xterm-256color" }),
    ...options.env,
  };
  return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [argument(`${name}=${value}`)]));
}

function argument(text: string): Uint8Array {
  if (text.includes("\0")) throw new PortholeError("ERR_INVALID_ARG", "arguments and environment must not contain null bytes");
  return bytes(text);
}

/** A path as the kernel wants it: absolute, from `base` where it is relative. */
export function absolute(base: string, path: string): string {
  if (path.includes("\0")) throw new PortholeError("ERR_INVALID_ARG", "a path must not contain null bytes");
  const from = path.startsWith("/") ? [] : base.split("/");
  const parts: string[] = [];
  for (const part of [...from, ...path.split("/")]) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** Programs that people look for and that are not there. */
const ABSENT: Record<string, string> = {
  ...Object.fromEntries(["npm", "npx", "pnpm", "yarn", "bun", "deno"].map((name) => [name, "no package manager runs here: mount `node_modules` with the project"])),
  ...Object.fromEntries(["jsh", "bash", "zsh"].map((name) => [name, "the shell here is `sh`"])),
};

const EXPLANATIONS: Record<string, (command: string) => string> = {
  ENOENT: (command) => (command.includes("/") ? `there is no file ${command}, or no interpreter for it` : `command not found: ${command}${ABSENT[command] === undefined ? "" : ` (${ABSENT[command]})`}`),
  EACCES: (command) => `${command} is not executable`,
  EAGAIN: () => "too many processes run in this container",
  EMFILE: () => "too many descriptors are open in this container",
  E2BIG: () => "arguments and environment are too long",
};

async function explain(link: Link, error: unknown, command: string, cwd: string): Promise<unknown> {
  if (!(error instanceof SystemError)) return error;
  const told = new SystemError(errnoOf(error) ?? 0, `spawn ${command}`, command);
  // The kernel says the same of a directory that is not there.
  const lost = told.code === "ENOENT" && (await link.call("access", { path: bytes(cwd), mode: 0 }).then(() => false, () => true));
  const why = lost ? `there is no directory ${cwd} to start it in` : EXPLANATIONS[told.code]?.(command);
  if (why !== undefined) told.message = `${told.message}: ${why}`;
  return told;
}

// The page that runs jobs for the host: a user of the public client like any other.
import { Container, type BootOptions } from 'porthole';
import { decode, encode } from './frame.mjs';
import { fetchFromFrame, type Target } from './fetch.ts';
import { Meter } from './meter.ts';
import { sendTree } from './tree.ts';

interface Job {
  id: number;
  command: string[];
  cwd?: string;
  env?: Record<string, string>;
  get: Target[];
  out: string[];
  stdin: boolean;
  /** Whether its files shall be there for the next job. */
  keep?: boolean;
  /** Milliseconds between looks at what the container uses. */
  meter?: number;
}

type Process = Awaited<ReturnType<Container['spawn']>>;

const parameters = new URLSearchParams(location.search);
const wishes = { transport: parameters.get('transport') ?? undefined, storage: parameters.get('storage') ?? undefined } as BootOptions;
const every = Number(parameters.get('watch') ?? 0);

const link = new WebSocket(`ws://127.0.0.1:${parameters.get('link')}`);
link.binaryType = 'arraybuffer';
const say = (head: Record<string, unknown>, bytes?: Uint8Array) => link.send(encode(head, bytes));

let mounts: { path: string; archive: Uint8Array<ArrayBuffer> }[] = [];
let stop: (() => void) | undefined;
let tellStats: (() => Promise<void>) | undefined;
let input: WritableStreamDefaultWriter<Uint8Array> | undefined;
let waitingInput: (Uint8Array | undefined)[] = [];

link.onopen = () => say({ type: 'ready', userAgent: navigator.userAgent });
link.onmessage = (message) => {
  const { head, bytes } = decode(new Uint8Array(message.data as ArrayBuffer));
  if (head.type === 'mount') mounts.push({ path: head.path, archive: bytes });
  else if (head.type === 'stdin') feed(bytes);
  else if (head.type === 'stdin-end') feed(undefined);
  else if (head.type === 'stop') stop?.();
  else if (head.type === 'stats') void tellStats?.();
  else if (head.type === 'job') void work(head.job);
  else if (head.type === 'reload') location.reload();
};
addEventListener('error', (event) => say({ type: 'fault', message: `${event.message} (${event.filename}:${event.lineno})` }));
addEventListener('unhandledrejection', (event) => say({ type: 'fault', message: `unhandled rejection: ${describe(event.reason)}` }));

async function work(job: Job) {
  const { id } = job;
  const taken = mounts;
  mounts = [];
  let container: Container | undefined;
  let unwatch = () => {};
  try {
    const started = performance.now();
    const booted = await Container.boot(wishes);
    container = booted;
    const boot = performance.now() - started;
    tellStats = async () => say({ type: 'stats', id, stats: await booted.stats() });
    const meter = new Meter(container);
    const stops = { last: Number.NEGATIVE_INFINITY };
    if (every > 0) unwatch = meter.watch(20, stopKernelEvery(every, stops));
    else if (job.meter) unwatch = meter.watch(job.meter);
    // The user's own folder: its links are meant.
    for (const { path, archive } of taken) await container.mount(archive, { path, links: 'any' });

    const [command, ...args] = job.command;
    if (command === undefined) throw new Error('the job has no command');
    const ports = new Map<number, () => void>();
    const open = new Set<number>();
    container.on('port', (port, kind) => {
      if (kind === 'open') open.add(port);
      else open.delete(port);
      if (kind === 'open') ports.get(port)?.();
    });
    const portOpen = (port: number) => (open.has(port) ? Promise.resolve() : new Promise<void>((resolve) => ports.set(port, resolve)));

    const before = performance.now();
    const child = await container.spawn(command, args, { cwd: job.cwd, env: job.env });
    const spawned = performance.now() - before;
    let exited: number | undefined;
    const exit = child.exited.then((end) => ((exited = performance.now() - before), end));
    stop = () => child.kill('SIGKILL');
    takeInput(child, job.stdin);
    const outputs = [pump(child.stdout, (bytes) => say({ type: 'stdout', id }, bytes)), pump(child.stderr, (bytes) => say({ type: 'stderr', id }, bytes))];

    let answered = 0;
    for (const target of job.get) {
      const there = target.wait === false || (await Promise.race([portOpen(target.port).then(() => true), exit.then(() => false)]));
      if (!there) break;
      const url = container.url(target.port);
      const got = await Promise.race([patiently(stops, () => fetchFromFrame(url, target)), exit.then(() => undefined)]);
      if (!got) break;
      const { body, ...head } = got;
      say({ type: 'got', id, ...head }, body);
      answered += 1;
    }
    // Asked only for answers: the guest has done what it was for.
    if (job.get.length > 0 && answered === job.get.length) await end(child, exit);

    const { code, signal } = await exit;
    await Promise.all(outputs);
    for (const path of job.out) await sendTree(container, path, (head, bytes) => say({ type: 'out', id, root: path, ...head }, bytes));
    await meter.read();
    const { syscalls, peakMemory, rebirths } = meter;
    say({ type: 'exit', id, code, signal, answered, timings: { boot, spawn: spawned, exit: exited }, used: { syscalls, peakMemory, rebirths } });
  } catch (error) {
    const { code, syscall } = error as { code?: string; syscall?: string };
    say({ type: 'failed', id, message: syscall === undefined ? describe(error) : (error as Error).message, code, syscall });
  } finally {
    unwatch();
    stop = undefined;
    tellStats = undefined;
    input = undefined;
    waitingInput = [];
    await container?.teardown({ keep: job.keep });
    say({ type: 'done', id });
  }
}

/** First politely; a guest that ignores it is killed. */
async function end(child: Process, exit: Promise<unknown>) {
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 2000);
  await exit;
  clearTimeout(patience);
}

function takeInput(child: Process, wanted: boolean) {
  input = child.stdin.getWriter();
  const early = waitingInput;
  waitingInput = [];
  if (!wanted) feed(undefined);
  else for (const bytes of early) feed(bytes);
}

/** Input may come before the process is there. Writing to a process that is gone is no fault of the job. */
function feed(bytes: Uint8Array | undefined) {
  if (!input) waitingInput.push(bytes);
  else if (bytes) input.write(bytes).catch(() => {});
  else input.close().catch(() => {});
}

async function pump(stream: ReadableStream<Uint8Array>, take: (bytes: Uint8Array) => void) {
  const reader = stream.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value);
}

/**
 * The browser fails a request whose service worker is stopped under it: no kernel can answer that one. A person would load the page again, and so
 * does this, but only after a stop of our own, which takes a moment; any other failure is one.
 */
async function patiently<T>(stops: { last: number }, ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // The frame's `TypeError` is not this page's.
      if ((error as Error | undefined)?.name !== 'TypeError' || performance.now() - stops.last > 3000) throw error;
    }
  }
}

/** Has the host stop the service worker whenever so many further calls were made. */
function stopKernelEvery(calls: number, stops: { last: number }) {
  let next = calls;
  return ({ syscalls }: Meter) => {
    if (syscalls < next) return;
    next = syscalls + calls;
    stops.last = performance.now();
    say({ type: 'stop-kernel', syscalls });
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

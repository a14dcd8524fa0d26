// Runs jobs one after the other, in one browser as long as that lives.
import { chmod, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { open } from './lab.mjs';
import { readMemory } from './memory.mjs';
import { Usage } from './options.mjs';
import { pack, unpack } from './tar.mjs';

export const timedOut = 124;
export const harnessFailed = 125;

/** How long the page may take to clear up after a job whose time ran out. */
const patience = 5000;

export class Session {
  #settings;
  #lab;
  #current;
  #last = 0;
  #tellStats;

  constructor(settings) {
    this.#settings = settings;
  }

  /**
   * Runs one job. `sinks.stdout`, `.stderr`, `.got` hear of things as they happen; `sinks.input`, an async iterable of bytes, becomes the guest's stdin.
   * Resolves to the result, also when the harness failed: then `error` says why and `code` is 125.
   */
  async run(job, sinks = {}) {
    const result = { id: job.id, command: job.command, code: harnessFailed, signal: null, timedOut: false, get: [], timings: {}, used: {} };
    let mounts;
    try {
      mounts = await packMounts(job.mount);
      this.#lab ??= await this.#open();
    } catch (error) {
      return { ...result, error: error instanceof Usage ? error.message : (error.stack ?? String(error)) };
    }
    this.#last += 1;
    const key = this.#last;
    const files = [];
    const finished = new Promise((resolve) => {
      this.#current = { key, result, sinks, files, resolve };
    });

    const limit = job.timeout ?? 60;
    const timer = setTimeout(() => {
      result.timedOut = true;
      this.#lab?.send({ type: 'stop' });
      setTimeout(() => this.#lose(key, undefined), patience).unref();
    }, limit * 1000);
    for (const { guest, archive } of mounts) this.#lab.send({ type: 'mount', path: guest }, archive);
    const { command, cwd, env, get, keep } = job;
    const input = job.stdin === undefined ? sinks.input : [Buffer.from(job.stdin)];
    this.#lab.send({ type: 'job', job: { id: key, command, cwd, env, get, keep, out: job.out.map(({ guest }) => guest), stdin: input !== undefined, meter: this.#settings.meter } });
    if (input) void this.#feed(key, input);
    await finished;
    clearTimeout(timer);
    this.#current = undefined;
    await writeTrees(files, job.out);
    return conclude(result, job);
  }

  /** Opens the browser with its page, before the first job does. */
  async open() {
    this.#lab ??= await this.#open();
  }

  /** Kills the guest of the job that runs. */
  stop() {
    this.#lab?.send({ type: 'stop' });
  }

  /** What the container of the job that runs says of itself: the client's `ContainerStats`. */
  stats() {
    return new Promise((resolve) => {
      this.#tellStats = resolve;
      this.#lab.send({ type: 'stats' });
    });
  }

  /** What the browser's page costs in memory: see memory.mjs. The session must have been made with `debug`. */
  memory() {
    return readMemory(this.#lab.profile, this.#lab.origin);
  }

  async close() {
    await this.#lab?.close();
    this.#lab = undefined;
  }

  /** Loads the page anew in the same browser: what it finds there is a later visit. */
  async revisit() {
    await this.#lab?.reload();
  }

  #open() {
    const onLost = (reason) => this.#lose(this.#current?.key, reason);
    const onConsole = this.#settings.console ? (line) => process.stderr.write(`${line}\n`) : undefined;
    return open({ ...this.#settings, onFrame: (head, bytes) => this.#hear(head, bytes), onLost, onConsole });
  }

  /** The browser is of no further use: the job ends with what is known, the next one gets a new browser. */
  #lose(key, reason) {
    const current = this.#current;
    if (current === undefined || current.key !== key) return;
    if (reason) current.result.error ??= reason;
    const lab = this.#lab;
    this.#lab = undefined;
    void lab?.close().then(() => current.resolve());
    if (!lab) current.resolve();
  }

  async #feed(key, input) {
    for await (const bytes of input) {
      if (this.#current?.key !== key) return;
      this.#lab?.send({ type: 'stdin' }, bytes);
    }
    if (this.#current?.key === key) this.#lab?.send({ type: 'stdin-end' });
  }

  #hear(head, bytes) {
    const current = this.#current;
    if (head.type === 'fault') {
      process.stderr.write(`harness page: ${head.message}\n`);
      return;
    }
    if (!current || head.id !== current.key) return;
    const { result, sinks, files, resolve } = current;
    if (head.type === 'stdout' || head.type === 'stderr') {
      sinks[head.type]?.(bytes);
    } else if (head.type === 'got') {
      const { type: _, id: __, ...answer } = head;
      result.get.push({ ...answer, body: bytes });
      sinks.got?.(result.get.at(-1));
    } else if (head.type === 'out') {
      files.push({ ...head, bytes });
    } else if (head.type === 'stats') {
      this.#tellStats?.(head.stats);
    } else if (head.type === 'exit') {
      Object.assign(result, { code: head.code, signal: head.signal ?? null, answered: head.answered, timings: head.timings, used: head.used });
    } else if (head.type === 'failed') {
      result.error = head.message;
      result.refused = head.syscall?.startsWith('spawn') ? head.code : undefined;
    } else if (head.type === 'done') {
      resolve();
    }
  }
}

/** The job's exit code, from what the guest did and what was asked of it. */
function conclude(result, job) {
  if (result.timedOut) return { ...result, code: timedOut, error: result.error ?? `time ran out after ${job.timeout ?? 60} s` };
  // As shells do for commands that are not there, or not to be executed.
  if (result.refused === 'ENOENT') return { ...result, code: 127 };
  if (result.refused === 'EACCES') return { ...result, code: 126 };
  if (result.error) return { ...result, code: harnessFailed };
  const signalled = result.signal === null ? undefined : 128 + (os.constants.signals[result.signal] ?? 0);
  let code = signalled ?? result.code;
  if (job.get.length > 0) {
    const unanswered = job.get[result.answered];
    // Once all was answered the harness itself ended the guest: how that went says nothing.
    if (!unanswered) code = 0;
    else result.error = `the guest ended (${result.signal ?? result.code}) before ${unanswered.port}${unanswered.path} was answered`;
    if (unanswered && code === 0) code = 1;
  }
  return { ...result, code };
}

async function packMounts(mounts) {
  return Promise.all(
    mounts.map(async ({ host, guest }) => {
      const info = await stat(host).catch(() => undefined);
      if (!info?.isDirectory()) throw new Usage(`--mount ${host}: no such folder`);
      return { guest, archive: await pack(host) };
    }),
  );
}

/** Puts what the page read from the guest into the folders of the host: one file or link, or the pieces of an archive. */
async function writeTrees(files, outs) {
  for (const { guest, host } of outs) {
    const parts = files.filter((one) => one.root === guest);
    const [first] = parts;
    if (first === undefined) continue;
    if (first.kind === 'tar') {
      await mkdir(host, { recursive: true });
      await unpack(Buffer.concat(parts.map(({ bytes }) => bytes)), host);
      continue;
    }
    await mkdir(path.dirname(host), { recursive: true });
    await rm(host, { force: true });
    if (first.kind === 'link') await symlink(Buffer.from(first.bytes).toString(), host);
    else await writeFile(host, first.bytes).then(() => chmod(host, first.mode));
  }
}

// The supervisor: one for each tab. Keeps the containers' logs, runs their process workers, sees the kernel die and hands everything to the next one.

import { run, shelf } from "../kernel-image.ts";
import { ENDPOINTS, type FromKernel, type FromSupervisor, hostLock, nameLock, type ToSupervisor, type SupervisorStats } from "../messages.ts";
import { Container } from "./container.ts";
import { heartbeat } from "./heartbeat.ts";
import { loadImage } from "./image.ts";
import { Link } from "./link.ts";
import { holdFirstFree, holdForLife } from "./locks.ts";
import { Fork } from "./store/fork.ts";
import { openStore } from "./store/open.ts";
import { forget } from "./store/place.ts";
import type { FileStore } from "./store/store.ts";
import { chooseTransport } from "./transport.ts";
import { Workers } from "./workers.ts";

declare const self: DedicatedWorkerGlobalScope;

const say = (message: FromSupervisor, transfer: Transferable[] = []) => self.postMessage(message, transfer);
const complain = (error: unknown) => console.error("porthole:", error);

/** The name of an error tells whether the files are damaged. */
function fail(id: number, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  say({ type: "failed", id, name, message });
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function start({ base, host, transport: asked }: ToSupervisor & { type: "start" }): (message: ToSupervisor) => void {
  const transport = chooseTransport(asked);
  const push = transport === "jspi";
  const endpoints = new URL(ENDPOINTS, base).href;
  const containers = new Map<string, Container>();
  let claim = () => {};
  const claimed = new Promise<void>((resolve) => (claim = resolve));
  const workers = new Workers(new URL("process.js" + self.location.search, base), loadImage(base), transport, endpoints, claimed);
  /** Questions for figures whose answers have not come. */
  const unanswered = new Set<number>();
  /** The kernel's image in this worker, for stores that are made of it. */
  let image: Promise<unknown> | undefined;
  const runImage = () => (image ??= run(shelf(base)));
  let rebirths = -1;
  let rebirthMs = 0;

  const link = new Link(
    (port) => say({ type: "attach", port }, [port]),
    () => {
      rebirths += 1;
      claim();
      for (const container of containers.values()) handOver(container);
      for (const id of unanswered) link.tell({ type: "stats", id });
      if (rebirths > 0) rebirthMs = performance.now() - link.died;
      else say({ type: "started", transport });
    },
    (reason) => say({ type: "fault", name: "", message: reason, fatal: true }),
    hear,
  );

  function handOver(container: Container): void {
    const { message, transfer } = container.handOver(push, (port) => say({ type: "port", name: container.name, port }, [port]));
    link.tell(message, transfer);
  }

  function hear(message: FromKernel): void {
    if (message.type === "stats") return sendStats(message);
    if (!("container" in message)) return;
    const container = containers.get(message.container);
    if (container === undefined) return;
    switch (message.type) {
      case "log":
        return container.append(message);
      case "commit":
        return container.commit(message);
      case "load":
        return void container.load(message);
      case "forked":
        return container.forked(message);
      case "checkpoint":
        return container.checkpoint(message);
      case "spawn":
        return container.spawn(message);
      case "terminate":
        return container.terminate(message.pid);
      case "fault":
        if (message.fatal) void drop(container.name, false).catch(complain);
        say({ type: "fault", name: container.name, message: message.message, fatal: message.fatal });
    }
  }

  async function boot({ id, name: wanted, former, seed, wish, fork }: ToSupervisor & { type: "boot" }): Promise<void> {
    const { name, release } = await holdFirstFree(wanted, former, (name) => nameLock(base, name));
    if (fork !== undefined && name !== wanted) {
      release();
      throw named("InUse", `container ${wanted} runs in another tab`);
    }
    const trouble = (message: string) => say({ type: "fault", name, message, fatal: false });
    const container = new Container(name, seed, workers, release, (message) => link.tell(message), trouble);
    try {
      await container.open(async (keeping) => {
        const store = await openStore({ base, name }, wish, keeping, runImage);
        return fork === undefined ? store : forkOf(fork, store);
      });
    } catch (error) {
      await container.close();
      throw error;
    }
    containers.set(name, container);
    say({ type: "booted", id, name, storage: container.storage });
    // Without a kernel now, the next one is told with all the others.
    if (link.epoch !== undefined) handOver(container);
  }

  /** A store that is empty becomes that of a copy. */
  async function forkOf(name: string, own: FileStore): Promise<FileStore> {
    try {
      if (own.files().lastCommit > 0) throw named("Exists", "there are files of a container of that name: delete them first (Container.forget), or take another name");
      const container = containers.get(name);
      if (container === undefined) throw new Error(`container ${name} has ended`);
      return new Fork(own, await container.fork());
    } catch (error) {
      await own.close();
      throw error;
    }
  }

  async function drop(name: string, forgetFiles: boolean): Promise<void> {
    link.tell({ type: "drop", container: name });
    const container = containers.get(name);
    containers.delete(name);
    await container?.close(forgetFiles && container.storage !== "memory" ? () => forget({ base, name }) : undefined);
  }

  function sendStats({ id, stats }: FromKernel & { type: "stats" }): void {
    unanswered.delete(id);
    const logs: SupervisorStats["logs"] = {};
    const memory: SupervisorStats["memory"] = {};
    let running = 0;
    for (const container of containers.values()) {
      logs[container.name] = container.sizes;
      running += container.processes.size;
      for (const [pid, process] of container.processes) memory[`${container.name}/${pid}`] = process.memory;
    }
    say({ type: "stats", id, stats: { transport, rebirths, rebirthMs, workers: running, memory, logs, kernel: stats } });
  }

  heartbeat(
    new URL("heartbeat", endpoints),
    () => [...containers.values()].some((container) => container.processes.size > 0),
    (epoch) => link.suspect(epoch),
  );
  // The kernel asks for the lock as soon as it is attached: it must be held before.
  void holdForLife(hostLock(host)).then(() => link.attach());

  return (message) => {
    switch (message.type) {
      case "boot":
        return void boot(message).catch((error: unknown) => fail(message.id, error));
      case "drop":
        return void drop(message.name, message.forget).then(
          () => say({ type: "dropped", id: message.id }),
          (error: unknown) => fail(message.id, error),
        );
      case "stats":
        unanswered.add(message.id);
        return link.tell({ type: "stats", id: message.id });
    }
  };
}

let hearPage: ((message: ToSupervisor) => void) | undefined;

self.onmessage = ({ data }: MessageEvent<ToSupervisor>) => {
  if (data.type !== "start") return hearPage?.(data);
  try {
    hearPage = start(data);
  } catch (error) {
    say({ type: "fault", name: "", message: error instanceof Error ? error.message : String(error), fatal: true });
  }
};

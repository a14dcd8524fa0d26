// A tab's supervisor at the other end of a port: it boots, restores and drops containers.

import { manifest } from "porthole:manifest";
import { hostLock, PROTOCOL, type Attach, type FromKernel, type KernelStats, type ToKernel } from "../messages.ts";
import { Container } from "./container.ts";
import type { Containers } from "./containers.ts";
import { epoch, held } from "./epoch.ts";
import { kernel } from "./kernel.ts";

declare const self: ServiceWorkerGlobalScope;

/** Takes a tab in. Refuses it, with the reason, when the two were built too far apart. */
export async function attach(containers: Containers, message: Attach, port: MessagePort): Promise<void> {
  const send = (message: FromKernel) => port.postMessage(message);
  if (message.protocol !== PROTOCOL || message.abi !== manifest.abi) {
    send({ type: "refused", reason: "another tab of this site still runs an older version: close it, then reload this page" });
    return;
  }
  try {
    // A page that was reloaded by force is uncontrolled until it is claimed, and so are its workers.
    await Promise.all([kernel(), held, self.clients.claim()]);
  } catch (error) {
    send({ type: "refused", reason: `the kernel could not be started: ${String(error)}` });
    return;
  }
  watch(containers, message.host);
  port.onmessage = ({ data }: MessageEvent<ToKernel>) => {
    try {
      hear(containers, message.host, port, data);
    } catch (error) {
      fault(port, "container" in data ? data.container : "", error, data.type === "boot");
    }
  };
  send({ type: "welcome", epoch, build: manifest.build });
}

function hear(containers: Containers, host: string, port: MessagePort, message: ToKernel): void {
  if (message.type === "stats") {
    void stats(containers).then((stats) => port.postMessage({ type: "stats", id: message.id, stats } satisfies FromKernel));
    return;
  }
  const name = message.container;
  switch (message.type) {
    case "boot": {
      const container = new Container(name, host, message.push, port);
      container.boot(message.seed, message.files, message.port);
      container.safety(message.safety);
      return containers.add(container);
    }
    case "restore":
      return void restore(containers, host, port, message);
    case "lost":
      return containers.addressee(name)?.lost(message.pid, message.reason);
    case "loaded":
      return containers.addressee(name)?.loaded(message.chunks);
    case "safety":
      return containers.addressee(name)?.safety(message.safety);
    case "fork":
      return containers.addressee(name)?.fork();
    case "checkpoint":
      return containers.addressee(name)?.checkpoint(message.snapshot);
    case "drop":
      return containers.remove(name);
  }
}

async function restore(containers: Containers, host: string, port: MessagePort, message: ToKernel & { type: "restore" }): Promise<void> {
  const container = new Container(message.container, host, message.push, port);
  containers.expect(container);
  try {
    const restored = container.restore(message);
    container.safety(message.safety);
    if (await restored) containers.add(container);
  } catch (error) {
    // Unless another has taken its place meanwhile.
    if (containers.addressee(container.name) === container) containers.remove(container.name);
    fault(port, container.name, error, true);
  }
}

function fault(port: MessagePort, container: string, error: unknown, fatal: boolean): void {
  console.error("porthole:", error);
  port.postMessage({ type: "fault", container, message: String(error), fatal } satisfies FromKernel);
}

const watched = new Set<string>();

/** Getting the tab's lock means that the tab is gone, and its process workers with it. */
function watch(containers: Containers, host: string): void {
  if (watched.has(host)) return;
  watched.add(host);
  void navigator.locks.request(hostLock(host), () => {
    watched.delete(host);
    containers.removeHost(host);
  });
}

export async function stats(containers: Containers): Promise<KernelStats> {
  const { memory, startMs } = await kernel();
  const all: KernelStats["containers"] = {};
  for (const { name, frames, processes, replayed, replayMs } of containers.all()) all[name] = { frames, processes: processes.size, replayed, replayMs };
  return { epoch, build: manifest.build, memory: memory.buffer.byteLength, startMs, containers: all };
}


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
      const container = "container" in data ? data.container : "";
      console.error("porthole:", error);
      send({ type: "fault", container, message: String(error), fatal: data.type === "boot" || data.type === "restore" });
    }
  };
  send({ type: "welcome", epoch, build: manifest.build });
}

function hear(containers: Containers, host: string, port: MessagePort, message: ToKernel): void {
  switch (message.type) {
    case "boot":
      return containers.add(Container.boot(message.container, host, message.push, port, message.seed, message.port));
    case "restore":
      return containers.add(Container.restore(message.container, host, message.push, port, message));
    case "lost":
      return containers.get(message.container)?.lost(message.pid, message.reason);
    case "checkpoint":
      return containers.get(message.container)?.checkpoint();
    case "drop":
      return containers.remove(message.container);
    case "stats":
      void stats(containers).then((stats) => port.postMessage({ type: "stats", id: message.id, stats } satisfies FromKernel));
  }
}

const watched = new Set<string>();

/** Getting the tab's lock means that the tab is gone, and its process workers with it. */
function watch(containers: Containers, host: string): void {
  if (watched.has(host)) return;
  watched.add(host);
  void navigator.locks.request(hostLock(host), () => {
    watched.delete(host);
    for (const container of [...containers.all()]) if (container.host === host) containers.remove(container.name);
  });
}

export async function stats(containers: Containers): Promise<KernelStats> {
  const { memory, startMs } = await kernel();
  const all: KernelStats["containers"] = {};
  for (const { name, frames, processes, replayed, replayMs } of containers.all()) all[name] = { frames, processes: processes.size, replayed, replayMs };
  return { epoch, build: manifest.build, memory: memory.buffer.byteLength, startMs, containers: all };
}


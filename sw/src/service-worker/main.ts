// The service worker. Every listener is added in this first turn; the kernel starts beside.

import { late } from "porthole:late";
import { manifest } from "porthole:manifest";
import { attach } from "./attach.ts";
import { isEndpoint, isHost } from "./clients.ts";
import { Containers } from "./containers.ts";
import { endpoint } from "./endpoints.ts";
import { forgetOthers, keep, kernel } from "./kernel.ts";
import { handleFetch, handleMessage } from "../fetch/index.ts";
import type { Attach, TakeOver } from "../messages.ts";

declare const self: ServiceWorkerGlobalScope;

const containers = new Containers();
/**
 * What a process loads while it waits. Who asks for it is never to be found out: Firefox asks a worker itself who it is, and this one would not answer before it has what it waits for.
 */
const waitedFor = new Set(
  [`later.js?${manifest.build}`, late.rest?.file ?? "", ...Object.values(late.extensions).map(({ file }) => file)].map((file) => new URL(file, self.location.href).href),
);

self.addEventListener("install", (event) => {
  // A new version waits until the old kernel has no container: a page says when (`TakeOver`), or the last page has gone.
  event.waitUntil(keep().then(warm));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([forgetOthers(), self.clients.claim()]));
});

self.addEventListener("message", (event) => {
  if (handleMessage(event, containers)) return;
  const message: Attach | TakeOver | undefined = event.data;
  const sender = event.source;
  if (message === undefined || !(sender instanceof Client)) return;
  if (message.type === "porthole:attach") {
    const port = event.ports[0];
    event.waitUntil(isHost(sender.id).then((allowed) => (allowed && port !== undefined ? attach(containers, message, port) : undefined)));
  } else if (message.type === "porthole:take-over") {
    event.waitUntil(isHost(sender.id).then((allowed) => (allowed ? self.skipWaiting() : undefined)));
  }
});

self.addEventListener("fetch", (event) => {
  const { url } = event.request;
  if (isEndpoint(new URL(url))) event.respondWith(endpoint(containers, event));
  else if (!waitedFor.has(url)) handleFetch(event, containers);
});

/** Starts the kernel ahead of its first use. A failure shows again, and is told, at the first event that needs it. */
function warm(): void {
  kernel().catch(() => undefined);
}

if (self.registration.active !== null) warm();

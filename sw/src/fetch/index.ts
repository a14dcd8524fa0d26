// Answers the fetches that belong to previews. In the service worker:
//
//   self.addEventListener("fetch", (event) => { if (isEndpoint(…)) event.respondWith(…); else handleFetch(event, containers); });
//   self.addEventListener("message", (event) => { handleMessage(event, containers); … });
//
// Endpoints (`~k/*`) are not answered here.

import { previewScript } from "porthole:preview";
import { Previews } from "./handle.ts";
import type { Kernel } from "./kernel.ts";
import type { ToPreview } from "./messages.ts";

export type { Exchange, Kernel, Machine, Route } from "./kernel.ts";

declare const self: ServiceWorkerGlobalScope;

/** How long an answer with new cookies waits for the page to have them. */
const ACKNOWLEDGE_MS = 200;

const previews = new Previews({
  scope: self.registration.scope,
  clients: self.clients,
  script: previewScript,
  languages: self.navigator.languages,
  userAgent: self.navigator.userAgent,
  fetch: (request) => fetch(request),
  tell: async (message, wanted, asker) => {
    const taken: Promise<void>[] = [];
    for (const client of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      if (!wanted(client.url)) continue;
      if (client.id === asker) taken.push(acknowledged(client, message));
      else client.postMessage(message);
    }
    await Promise.all(taken);
  },
  nonce: () => crypto.randomUUID(),
});

previews.attribution.prime().catch(() => undefined);

/** Resolves when the page says that it has read the message; a page that is busy, or waits synchronously for the answer itself, is not waited for. */
function acknowledged(client: Client, message: ToPreview): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  client.postMessage(message, [port2]);
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(late);
      port1.close();
      resolve();
    };
    const late = setTimeout(done, ACKNOWLEDGE_MS);
    port1.onmessage = done;
  });
}

/** Answers the event if it is a guest's; whether it did. Must be called in the turn in which the event came. */
export function handleFetch(event: FetchEvent, kernel: Kernel): boolean {
  return previews.fetch(event, kernel);
}

/** Takes a message of a preview's page; whether it was one. */
export function handleMessage(event: ExtendableMessageEvent, kernel: Kernel): boolean {
  if (!(event.source instanceof Client)) return false;
  const heard = previews.message(event.data, event.source, kernel);
  if (heard === false) return false;
  event.waitUntil(heard);
  return true;
}

// Answers the fetches that belong to previews. In the service worker:
//
//   self.addEventListener("fetch", (event) => { if (isEndpoint(…)) event.respondWith(…); else handleFetch(event, containers); });
//   self.addEventListener("message", (event) => { handleMessage(event, containers); … });
//
// Endpoints (`~k/*`) are not answered here.

import { previewScript } from "porthole:preview";
import { Previews } from "./handle.ts";
import type { Kernel } from "./kernel.ts";

export type { Exchange, Kernel, Machine } from "./kernel.ts";

declare const self: ServiceWorkerGlobalScope;

const previews = new Previews({
  scope: self.registration.scope,
  clients: self.clients,
  script: previewScript,
  languages: self.navigator.languages,
  userAgent: self.navigator.userAgent,
  fetch: (request) => fetch(request),
  tell: async (message, wanted) => {
    for (const client of await self.clients.matchAll({ type: "window", includeUncontrolled: true })) {
      if (wanted(client.url)) client.postMessage(message);
    }
  },
  nonce: () => crypto.randomUUID(),
});

previews.attribution.prime().catch(() => undefined);

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

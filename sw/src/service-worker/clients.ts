// Whom the service worker serves: pages and workers of the site itself, or previews, which are guests' code.

import { ENDPOINTS, PORTS } from "../messages.ts";

declare const self: ServiceWorkerGlobalScope;

/** Whether an address is a preview's: below `<scope>~/`. A client's `url` is that of its creation, which no script can change. */
export function isPreview(url: string): boolean {
  return url.startsWith(new URL(PORTS, self.registration.scope).href);
}

export const isEndpoint = (url: URL): boolean => url.href.startsWith(new URL(ENDPOINTS, self.registration.scope).href);

/** Whether a client may manage containers: a page or worker of the site, not of a preview. What has no client id is nobody's. */
export async function isHost(clientId: string): Promise<boolean> {
  const client = clientId === "" ? undefined : await self.clients.get(clientId);
  return client !== undefined && client.url.startsWith(self.location.origin) && !isPreview(client.url);
}

// Runs first in every document of a preview, before any script of the guest's. A preview is of the same origin as the site around it: nothing here is a wall, it only
// makes a site that believes to be at `http://localhost:3000/` work below a prefix.

import type { FromPreview, ToPreview } from "../fetch/messages.ts";
import type { Primed } from "../fetch/preview.ts";
import { Mirror } from "./cookies.ts";
import { loadBelow } from "./loading.ts";
import { guide } from "./navigation.ts";
import { spelling } from "./spelling.ts";
import { refuseSockets } from "./websocket.ts";

const home = window as { __porthole?: Primed };
const primed = home.__porthole;
delete home.__porthole;
if (primed !== undefined) begin(primed);

function begin({ prefix, cookies }: Primed): void {
  const names = spelling(prefix, location.origin);
  const workers = navigator.serviceWorker;
  const controller = Object.getOwnPropertyDescriptor(ServiceWorkerContainer.prototype, "controller")?.get;
  const tell = (message: FromPreview): void => (controller?.call(workers) as ServiceWorker | null | undefined)?.postMessage(message);

  const mirror = new Mirror();
  mirror.load(cookies);
  workers.addEventListener("message", (event: MessageEvent<ToPreview | undefined>) => {
    if (event.data?.type !== "porthole:cookies") return;
    // The guest's own listeners have no service worker to hear from.
    event.stopImmediatePropagation();
    mirror.load(event.data.cookies);
    // The answer that brought them waits for this, so that a script that awaits it finds them here.
    event.ports[0]?.postMessage(null);
  });
  workers.startMessages();
  Object.defineProperty(Document.prototype, "cookie", {
    configurable: true,
    enumerable: true,
    get: () => mirror.read(names.guest(location.pathname), Date.now()),
    set: (assigned: unknown) => {
      // Scripts take paths from `location`, which has the prefix.
      const line = String(assigned).replace(/(;\s*path\s*=\s*)([^;]*)/i, (_, before: string, path: string) => before + names.guest(path.trim()));
      const target = names.guest(location.pathname);
      mirror.write(line, target, Date.now());
      tell({ type: "porthole:cookie", line, target });
    },
  });
  // It would show the cookies of the site around.
  if ("cookieStore" in window) Object.defineProperty(window, "cookieStore", { configurable: true, value: undefined });

  guide(names, () => {
    if (names.guest(location.pathname) === location.pathname) tell({ type: "porthole:path", path: location.pathname });
  });
  loadBelow(names, prefix);
  refuseSockets(names);
  hideServiceWorker();
}

/** The guest can neither have a service worker of its own here, nor unregister the one that serves it. */
function hideServiceWorker(): void {
  const replace = (name: string, descriptor: PropertyDescriptor): void => void Object.defineProperty(ServiceWorkerContainer.prototype, name, { configurable: true, enumerable: true, ...descriptor });
  const refusal = "Porthole: a preview cannot register a service worker, because Porthole's own serves it";
  replace("register", { writable: true, value: () => Promise.reject(new DOMException(refusal, "NotSupportedError")) });
  replace("getRegistration", { writable: true, value: () => Promise.resolve(undefined) });
  replace("getRegistrations", { writable: true, value: () => Promise.resolve([]) });
  replace("controller", { get: () => null });
  const never = new Promise<never>(() => undefined);
  replace("ready", { get: () => never });
}

// Getting a service worker to run, or saying why there is none.

import { manifest } from "porthole:manifest";
import { PROTOCOL, type Attach, type TakeOver } from "../messages.ts";
import { PortholeError, words } from "./errors.ts";

/** Throws when no service worker can run in this page, whatever the scripts. */
export function checkPage(base: URL): void {
  if (base.origin !== location.origin) {
    throw new PortholeError("ERR_SCRIPT", `sw.js must come from this page's origin: ${base.href} is not on ${location.origin}. Copy the files there and give their folder as \`workerBase\``);
  }
  if (!isSecureContext) {
    throw new PortholeError("ERR_NO_SERVICE_WORKER", `service workers need https, or http on localhost: this page is served from ${location.origin}`);
  }
  if (!("serviceWorker" in navigator)) {
    throw new PortholeError("ERR_NO_SERVICE_WORKER", "this browser offers no service worker here: a private window may switch them off, and so may the browser's settings");
  }
  if (!("locks" in navigator)) throw new PortholeError("ERR_NO_SERVICE_WORKER", "this browser has no Web Locks: it is too old");
}

/** A registration whose worker can be spoken to. */
export async function register(base: URL): Promise<ServiceWorkerRegistration> {
  const script = new URL("sw.js", base);
  const registration: ServiceWorkerRegistration | undefined = await navigator.serviceWorker.register(script, { scope: base.pathname }).catch((error: unknown) => refuse(error, script));
  // Where service workers are blocked, some tools have `register` succeed with nothing.
  if (registration === undefined) throw blocked();
  await active(registration, script);
  await replaceIdle(registration);
  return registration;
}

/** Brings a supervisor's port to the service worker, and starts it if it does not run. */
export function attach(registration: ServiceWorkerRegistration, host: string, port: MessagePort): void {
  const message: Attach = { type: "porthole:attach", host, protocol: PROTOCOL, abi: manifest.abi };
  registration.active?.postMessage(message, [port]);
}

async function refuse(error: unknown, script: URL): Promise<never> {
  const response = await fetch(script, { cache: "no-store" }).catch(() => undefined);
  const type = response?.headers.get("content-type") ?? "none";
  if (response === undefined) throw new PortholeError("ERR_SCRIPT", `${script.href} cannot be fetched: ${words(error)}`, { cause: error });
  if (!response.ok) throw new PortholeError("ERR_SCRIPT", `${script.href} answered ${response.status}: sw.js must lie beside the script, or in the folder given as \`workerBase\``, { cause: error });
  if (!/(java|ecma)script/i.test(type)) {
    throw new PortholeError("ERR_SCRIPT", `${script.href} is served with Content-Type ${type}; it must be text/javascript (a site that answers every address with its page does so where sw.js is missing)`, { cause: error });
  }
  if (error instanceof DOMException && error.name === "SecurityError") {
    throw new PortholeError("ERR_NO_SERVICE_WORKER", `the browser refuses the service worker ${script.href}: ${error.message} (are cookies and site data blocked?)`, { cause: error });
  }
  throw new PortholeError("ERR_NO_SERVICE_WORKER", `the service worker ${script.href} cannot be registered: ${words(error)}`, { cause: error });
}

const blocked = (): PortholeError => new PortholeError("ERR_NO_SERVICE_WORKER", "the browser registered the service worker and did not start it: service workers are blocked here");

/** How long an installation may take, in milliseconds: it fetches the kernel. */
const INSTALL_MS = 60_000;

function active(registration: ServiceWorkerRegistration, script: URL): Promise<void> {
  if (registration.active !== null) return Promise.resolve();
  const worker = registration.installing ?? registration.waiting;
  if (worker === null) {
    return Promise.reject(blocked());
  }
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new PortholeError("ERR_NO_SERVICE_WORKER", `the service worker ${script.href} was not installed within ${INSTALL_MS / 1000} s`)), INSTALL_MS);
    const look = () => {
      if (registration.active !== null) {
        clearTimeout(late);
        resolve();
      } else if (worker.state === "redundant") {
        clearTimeout(late);
        reject(new PortholeError("ERR_STORAGE_BLOCKED", `the service worker ${script.href} could not be installed: its files are not beside it, or the browser lets this site keep nothing (blocked or full storage)`));
      }
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** A new version waits until no container lives under the old one. If that is so now, it takes over. */
async function replaceIdle(registration: ServiceWorkerRegistration): Promise<void> {
  const { waiting } = registration;
  if (waiting === null || (await anyContainer())) return;
  const activated = new Promise<void>((resolve) => {
    waiting.addEventListener("statechange", () => (waiting.state === "activating" || waiting.state === "activated" ? resolve() : undefined));
    setTimeout(resolve, 3000);
  });
  const message: TakeOver = { type: "porthole:take-over" };
  waiting.postMessage(message);
  await activated;
}

/** Whether any tab of the site holds a container: each holds a lock. */
async function anyContainer(): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name?.startsWith("porthole-container:"));
}

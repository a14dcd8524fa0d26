// Addresses of ports, and their two spellings: the page's (`https://site/sub/~/main/3000/a`) and the guest's (`http://localhost:3000/a`).
// Read in the same turn in which a request arrives, before any wasm runs; the kernel's `route.rs` is held to the same table (test/addresses.txt).

import { ENDPOINTS, PORTS } from "../messages.ts";

/** A port of a container. */
export interface Place {
  readonly container: string;
  readonly port: number;
}

/** Where an address leads. `path` and what follows are without query. */
export type Address =
  | { readonly kind: "port"; readonly place: Place; readonly path: string }
  /** The slash is missing that relative links need. */
  | { readonly kind: "bare"; readonly place: Place }
  /** The kernel's own endpoints. */
  | { readonly kind: "kernel" }
  | { readonly kind: "wrong"; readonly reason: string }
  /** Neither below `~/` nor below `~k/`. */
  | { readonly kind: "other" };

const MAX_NAME = 63;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** The addresses below one scope. */
export class Addresses {
  /** Ends with a slash. */
  readonly scope: string;
  readonly origin: string;
  readonly #path: string;

  constructor(scope: string) {
    const url = new URL(scope);
    this.scope = url.href;
    this.origin = url.origin;
    this.#path = url.pathname;
  }

  /** Where a URL leads. Those of other origins lead elsewhere. */
  find(url: URL): Address {
    if (url.origin !== this.origin || !url.pathname.startsWith(this.#path)) return { kind: "other" };
    const path = url.pathname.slice(this.#path.length);
    if (path.startsWith(ENDPOINTS)) return { kind: "kernel" };
    if (!path.startsWith(PORTS)) return { kind: "other" };
    const below = path.slice(PORTS.length);
    const [container = "", port] = below.split("/", 2);
    if (below === "") return wrong("This address names neither a container nor a port. Try ~/main/3000/.");
    if (!NAME.test(container) || container.length > MAX_NAME) {
      return wrong(`“${shortened(container)}” is no container's name: those have 1 to ${MAX_NAME} letters, digits, dots, dashes and underscores.`);
    }
    if (port === undefined || (port === "" && below === `${container}/`)) {
      return wrong(`This address names the container ${container} but no port. Try ~/${container}/3000/ for port 3000.`);
    }
    const number = /^[1-9][0-9]{0,4}$/.test(port) ? Number(port) : 0;
    if (number < 1 || number > 65535) return wrong(`“${shortened(port)}” is no port: ports are the numbers 1 to 65535.`);
    const place = { container, port: number };
    const rest = below.slice(container.length + 1 + port.length);
    return rest === "" ? { kind: "bare", place } : { kind: "port", place, path: rest };
  }

  /** The place of a preview's address. */
  placeOf(url: string): Place | undefined {
    const address = parsed(url);
    if (address === undefined) return undefined;
    const found = this.find(address);
    return found.kind === "port" || found.kind === "bare" ? found.place : undefined;
  }

  /** `/sub/~/main/3000`, without the slash after it. */
  prefix({ container, port }: Place): string {
    return `${this.#path}${PORTS}${container}/${port}`;
  }

  /** The address at which a page finds a guest's path (with query and fragment). */
  page(place: Place, path: string): string {
    return `${this.origin}${this.prefix(place)}${path}`;
  }

  /** The guest's spelling of an address that a preview of `place` used. Addresses of other sites stay as they are; `""` for what has no path (`blob:`, `about:`). */
  guest(url: string, place: Place): string {
    const address = parsed(url);
    if (address === undefined || !/^https?:$/.test(address.protocol)) return "";
    if (address.origin !== this.origin) return address.href;
    const found = this.find(address);
    const rest = address.search + address.hash;
    if (found.kind === "port") return guestOrigin(found.place.port) + found.path + rest;
    if (found.kind === "bare") return `${guestOrigin(found.place.port)}/${rest}`;
    return guestOrigin(place.port) + address.pathname + rest;
  }

  /**
   * A `Location` as the page shall see it: `http://localhost:4000/x` leads to that port of the same container, `/x` and `x` to the port itself. Addresses of
   * other sites stay as they are. `base` is the path that answered.
   */
  location(value: string, place: Place, base: string): string {
    const target = parsed(value, guestOrigin(place.port) + base);
    if (target === undefined) return value;
    const port = localPort(target);
    // Another site, or already the page's spelling.
    if (port === undefined) return value;
    // The page's own spelling, from a guest that knows it; or the site is itself served from localhost.
    if (target.origin === this.origin && this.find(target).kind !== "other") return value;
    const prefix = this.prefix({ ...place, port });
    const path = target.pathname.startsWith(`${prefix}/`) ? target.pathname : prefix + target.pathname;
    return this.origin + path + target.search + target.hash;
  }
}

/** `http://localhost:3000`. */
export const guestOrigin = (port: number): string => (port === 80 ? "http://localhost" : `http://localhost:${port}`);

/** The port of an address on the guest's own machine. */
export function localPort(url: URL): number | undefined {
  if (url.protocol !== "http:" && url.protocol !== "ws:") return undefined;
  if (!["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].includes(url.hostname)) return undefined;
  return url.port === "" ? 80 : Number(url.port);
}

export const samePlace = (one: Place, other: Place): boolean => one.container === other.container && one.port === other.port;

export function parsed(url: string, base?: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

const wrong = (reason: string): Address => ({ kind: "wrong", reason });

const shortened = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);

// Addresses of ports, and their two spellings: the page's (`https://site/sub/~/main/3000/a`) and the guest's (`http://localhost:3000/a`).
//
// Where an address leads is the kernel's to say (`route.rs`). Here is only what must be known in the turn in which a request arrives, before any wasm runs: whether it is below
// `~/`, and by which container and port a page goes that makes requests. No name and no number is judged here.

import { ENDPOINTS, PORTS } from "../messages.ts";

/** A port of a container. */
export interface Place {
  readonly container: string;
  readonly port: number;
}

/** What can be said of an address at once. Paths are without query. */
export type Address =
  /** Below `~/`. `below`: its path below the scope. `place` and the guest's `path`: if it has the form of a port's address. */
  | { readonly kind: "guest"; readonly below: string; readonly place: Place | undefined; readonly path: string }
  /** The kernel's own endpoints. */
  | { readonly kind: "kernel" }
  /** Neither below `~/` nor below `~k/`. */
  | { readonly kind: "other" };

const FORM = /^([^/]+)\/([0-9]+)(?=\/|$)/;

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

  /** Addresses of other origins lead elsewhere. */
  find(url: URL): Address {
    if (url.origin !== this.origin || !url.pathname.startsWith(this.#path)) return { kind: "other" };
    const below = url.pathname.slice(this.#path.length);
    if (below.startsWith(ENDPOINTS)) return { kind: "kernel" };
    if (!below.startsWith(PORTS)) return { kind: "other" };
    const [found = "", container = "", port = ""] = FORM.exec(below.slice(PORTS.length)) ?? [];
    if (found === "") return { kind: "guest", below, place: undefined, path: "" };
    return { kind: "guest", below, place: { container, port: Number(port) }, path: below.slice(PORTS.length + found.length) };
  }

  /** The place of a preview's address. */
  placeOf(url: string): Place | undefined {
    const address = parsed(url);
    if (address === undefined) return undefined;
    const found = this.find(address);
    return found.kind === "guest" ? found.place : undefined;
  }

  /** `/sub/~/main/3000`, without the slash after it. */
  prefix(place: Place): string {
    return this.#path + below(place);
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
    if (found.kind === "guest" && found.place !== undefined) return guestOrigin(found.place.port) + (found.path === "" ? "/" : found.path) + rest;
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

/** A place's path below the scope: `~/main/3000`, without the slash after it. */
export const below = ({ container, port }: Place): string => `${PORTS}${container}/${port}`;

/** `http://localhost:3000`. */
export const guestOrigin = (port: number): string => (port === 80 ? "http://localhost" : `http://localhost:${port}`);

/** The port of an address on the guest's own machine. */
export function localPort(url: URL): number | undefined {
  if (!["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return undefined;
  if (!["localhost", "127.0.0.1", "[::1]", "0.0.0.0"].includes(url.hostname)) return undefined;
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" || url.protocol === "wss:" ? 443 : 80;
}

export const samePlace = (one: Place, other: Place): boolean => one.container === other.container && one.port === other.port;

export function parsed(url: string, base?: string): URL | undefined {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

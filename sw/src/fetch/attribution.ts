// Whose request is it? Decided at once where possible, because the choice to answer must be made in the turn in which a request arrives.
//
// A preview's requests without prefix (`/style.css`) are known by the client that makes them; a client by the address it was created with, which always has the
// prefix, since navigations and workers without it are redirected. So nothing here must survive the service worker's death; what is kept is a cache.

import { type Addresses, below, localPort, type Place, parsed } from "./address.ts";

/** `host`: the site's own page or worker. */
export type Owner = Place | "host";

/** What is known of a request when it arrives. */
export interface Asked {
  readonly url: string;
  readonly mode: string;
  readonly destination: string;
  readonly referrer: string;
  readonly clientId: string;
}

/** What to do with a request. */
export type Plan =
  /** Not a guest's. */
  | { readonly do: "leave" }
  | { readonly do: "redirect"; readonly to: string }
  /** `address`: path below the scope, for the kernel to route. `from`: the place whose page asks, if a guest's page does. */
  | { readonly do: "serve"; readonly address: string; readonly query: string; readonly from: Place | undefined }
  /** Only the browser's list of clients can tell: `Attribution.ask`. */
  | { readonly do: "ask" };

/** The part of `Clients` that is needed. */
export interface ClientList {
  get(id: string): Promise<{ readonly url: string } | undefined>;
  matchAll(options: { type: "all"; includeUncontrolled: true }): Promise<readonly { readonly id: string; readonly url: string }[]>;
}

/** The most that is remembered, of clients and of paths. */
const MOST = 4096;

const LEAVE: Plan = { do: "leave" };
const ASK: Plan = { do: "ask" };

export class Attribution {
  readonly #owners = new Map<string, Owner>();
  /** Paths that scripts of previews gave their pages by `pushState`, with who did. */
  readonly #claims = new Map<string, Place[]>();

  constructor(
    readonly addresses: Addresses,
    private readonly clients: ClientList,
  ) {}

  /** Remembers a client. */
  learn(id: string, owner: Owner): void {
    if (id !== "") remember(this.#owners, id, owner);
  }

  /** Remembers that a page of a place goes by a path that lacks the prefix. */
  claim(path: string, place: Place): void {
    const claims = this.#claims.get(path) ?? [];
    if (!claims.some((claim) => claim.container === place.container && claim.port === place.port)) remember(this.#claims, path, [...claims, place]);
  }

  /** Reads the browser's list of clients, so that few requests need to ask. */
  async prime(): Promise<void> {
    for (const { id, url } of await this.clients.matchAll({ type: "all", includeUncontrolled: true })) {
      const owner = this.#ownerOf(url);
      if (owner !== undefined) this.learn(id, owner);
    }
  }

  plan(asked: Asked): Plan {
    const url = new URL(asked.url);
    const address = this.addresses.find(url);
    switch (address.kind) {
      case "kernel":
        return LEAVE;
      case "guest":
        return { do: "serve", address: address.below, query: url.search, from: this.#asker(asked) };
      case "other":
        return asked.mode === "navigate" ? this.#navigation(asked, url) : this.#resource(asked, url);
    }
  }

  /** The plan once the browser has said who the client is. Never `ask`. */
  async ask(asked: Asked): Promise<Plan> {
    const url = new URL(asked.url);
    const client = asked.clientId === "" ? undefined : await this.clients.get(asked.clientId);
    const owner = client === undefined ? undefined : this.#ownerOf(client.url);
    if (owner !== undefined) this.learn(asked.clientId, owner);
    if (asked.mode !== "navigate") {
      // Documents without an address of their own (`about:srcdoc`) are told by the page around them.
      const place = owner === undefined ? this.#claimed(asked.referrer) : owner;
      return place === undefined || place === "host" ? LEAVE : this.#take(asked, url, place);
    }
    const all = await this.clients.matchAll({ type: "all", includeUncontrolled: true });
    const own = (address: string): boolean => all.some((one) => this.#ownerOf(one.url) === "host" && samePath(one.url, address));
    if (owner === "host") return LEAVE;
    if (owner !== undefined) {
      // The site's page may send a frame of its own elsewhere: then the client is the guest's page that is left.
      return asked.referrer !== "" && own(asked.referrer) && this.#claimed(asked.referrer) === undefined ? LEAVE : this.#take(asked, url, owner);
    }
    const place = this.#claimed(asked.referrer === "" ? asked.url : asked.referrer);
    // A path that both go by: only a frame is taken for a guest's.
    const frame = asked.destination === "iframe" || asked.destination === "frame";
    return place !== undefined && (frame || !own(asked.referrer === "" ? asked.url : asked.referrer)) ? this.#take(asked, url, place) : LEAVE;
  }

  /** The place of a client, asked of the browser if need be. */
  async placeOf(client: { readonly id: string; readonly url: string }): Promise<Place | undefined> {
    const owner = this.#owners.get(client.id) ?? this.#ownerOf(client.url);
    return owner === "host" ? undefined : owner;
  }

  #navigation(asked: Asked, url: URL): Plan {
    if (url.origin !== this.addresses.origin) return LEAVE;
    // Who sends a frame elsewhere is told by the referrer. The client may be the page that is left, or an embedder.
    const from = this.addresses.placeOf(asked.referrer);
    if (from !== undefined) return this.#take(asked, url, from);
    const owner = this.#owners.get(asked.clientId);
    if (owner === "host") return LEAVE;
    if (asked.clientId !== "") return ASK;
    return this.#claimed(asked.referrer === "" ? asked.url : asked.referrer) === undefined ? LEAVE : ASK;
  }

  #resource(asked: Asked, url: URL): Plan {
    if (url.origin !== this.addresses.origin && localPort(url) === undefined) return LEAVE;
    const owner = this.#owners.get(asked.clientId) ?? this.addresses.placeOf(asked.referrer);
    if (owner === "host") return LEAVE;
    if (owner !== undefined) return this.#take(asked, url, owner);
    return asked.clientId === "" && this.#claimed(asked.referrer) === undefined ? LEAVE : ASK;
  }

  /** A guest's request without prefix. Documents and workers are redirected, so that their clients' addresses have it. */
  #take(asked: Asked, url: URL, from: Place): Plan {
    const port = url.origin === this.addresses.origin ? from.port : localPort(url);
    if (port === undefined) return LEAVE;
    const place = { container: from.container, port };
    const worker = asked.destination === "worker" || asked.destination === "sharedworker";
    if (asked.mode === "navigate" || worker) return { do: "redirect", to: this.addresses.page(place, url.pathname + url.search + url.hash) };
    return { do: "serve", address: below(place) + url.pathname, query: url.search, from };
  }

  /** The guest's page that makes a request with prefix. A site's page may ask as well: then there is none. */
  #asker(asked: Asked): Place | undefined {
    const owner = asked.mode === "navigate" ? undefined : this.#owners.get(asked.clientId);
    if (owner === "host") return undefined;
    return owner ?? this.addresses.placeOf(asked.referrer) ?? this.#claimed(asked.referrer);
  }

  /** The only place that goes by a path. */
  #claimed(url: string): Place | undefined {
    const address = parsed(url);
    if (address === undefined || address.origin !== this.addresses.origin) return undefined;
    const claims = this.#claims.get(address.pathname);
    return claims?.length === 1 ? claims[0] : undefined;
  }

  #ownerOf(url: string): Owner | undefined {
    const address = parsed(url);
    // `blob:`, `data:` and `about:` say nothing of who made them.
    if (address === undefined || !/^https?:$/.test(address.protocol) || address.origin !== this.addresses.origin) return undefined;
    return this.addresses.placeOf(url) ?? "host";
  }
}

function samePath(one: string, other: string): boolean {
  const [first, second] = [parsed(one), parsed(other)];
  return first !== undefined && first.origin === second?.origin && first.pathname === second.pathname;
}

/** Adds as the newest, and forgets the oldest. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > MOST) for (const oldest of map.keys()) return void map.delete(oldest);
}

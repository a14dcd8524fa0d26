// Sockets to the guest's own machine: the service worker never sees them, and the kernel has no answer for them yet. They fail as a server that is not there would,
// so that clients which try again go on working, and the console tells why.

import type { Spelling } from "./spelling.ts";

export function refuseSockets({ page }: Spelling): void {
  const Native = window.WebSocket;

  class Refused extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readyState = 0;
    binaryType = "blob";
    readonly bufferedAmount = 0;
    readonly extensions = "";
    readonly protocol = "";
    onopen: unknown = null;
    onmessage: unknown = null;
    onerror: unknown = null;
    onclose: unknown = null;

    constructor(readonly url: string) {
      super();
      setTimeout(() => {
        console.error(`Porthole: ${url} was not opened: WebSocket connections to a container's ports are not supported yet`);
        this.readyState = 3;
        this.#fire("error", new Event("error"));
        this.#fire("close", new CloseEvent("close", { code: 1006, wasClean: false }));
      });
    }

    send(): void {
      if (this.readyState === 0) throw new DOMException("the socket is still connecting", "InvalidStateError");
    }

    close(): void {
      if (this.readyState < 2) this.readyState = 2;
    }

    #fire(name: "error" | "close", event: Event): void {
      const handler = this[`on${name}`];
      if (typeof handler === "function") this.addEventListener(name, handler as EventListener, { once: true });
      this.dispatchEvent(event);
    }
  }

  window.WebSocket = new Proxy(Native, {
    construct(target, args: [string | URL, (string | string[])?], self) {
      const url = new URL(args[0], document.baseURI);
      const plain = new URL(url);
      plain.protocol = url.protocol === "wss:" || url.protocol === "https:" ? "https:" : "http:";
      const own = plain.origin === location.origin || page(plain.href, document.baseURI) !== undefined;
      if (!own || !/^(wss?|https?):$/.test(url.protocol)) return Reflect.construct(target, args, self) as WebSocket;
      url.protocol = plain.protocol === "https:" ? "wss:" : "ws:";
      return new Refused(url.href);
    },
  });
}

// One fetch event: planned at once, answered by the container's machine.

import { Addresses, below, type Place, samePlace } from "./address.ts";
import { Answer, type Head } from "./answer.ts";
import { type Asked, Attribution, type ClientList, type Plan } from "./attribution.ts";
import { decoders } from "./decode.ts";
import { requestHeaders, responseHeaders } from "./headers.ts";
import { inject } from "./html.ts";
import type { Kernel, Route } from "./kernel.ts";
import type { FromPreview, ToPreview } from "./messages.ts";
import { page } from "./page.ts";
import { element } from "./preview.ts";
import { Upload } from "./upload.ts";
import { getHeaders, latin1, putHeaders, utf8 } from "./wire.ts";

/** How long a request waits for its container. */
const PATIENCE_MS = 25_000;
/** Chromium stops a service worker whose event is not answered within five minutes. */
const HEAD_MS = 270_000;

/** What the browser gives; in tests, something else. */
export interface Surroundings {
  readonly scope: string;
  readonly clients: ClientList;
  /** The bundled preview script. */
  readonly script: string;
  readonly languages: readonly string[];
  readonly userAgent: string;
  /** The network, for requests that turn out to be the site's own. */
  fetch(request: Request): Promise<Response>;
  /** Sends a message to each client that `wanted` accepts. Resolves when the client `asker`, if it is one of them, has taken it in. */
  tell(message: ToPreview, wanted: (url: string) => boolean, asker: string): Promise<void>;
  nonce(): string;
}

/** The part of a `FetchEvent` that is needed. */
export interface Fetching {
  readonly request: Request;
  readonly clientId: string;
  readonly resultingClientId: string;
  respondWith(response: Promise<Response> | Response): void;
}

export class Previews {
  readonly addresses: Addresses;
  readonly attribution: Attribution;

  constructor(private readonly around: Surroundings) {
    this.addresses = new Addresses(around.scope);
    this.attribution = new Attribution(this.addresses, around.clients);
  }

  /** Whether the request is answered here. If not, nothing was done with the event. */
  fetch(event: Fetching, kernel: Kernel): boolean {
    const { request } = event;
    const referrer = request.referrer === "about:client" ? "" : request.referrer;
    const asked: Asked = { url: request.url, mode: request.mode, destination: request.destination, referrer, clientId: event.clientId };
    const plan = this.attribution.plan(asked);
    if (plan.do === "leave") {
      this.#arrives(event, "host");
      return false;
    }
    event.respondWith(plan.do === "ask" ? this.attribution.ask(asked).then((asked) => this.#answer(asked, event, kernel)) : this.#answer(plan, event, kernel));
    return true;
  }

  /** A message from a preview's page, or `false`. `source` is the browser's word, not the message's. */
  message(data: unknown, source: { readonly id: string; readonly url: string }, kernel: Kernel): Promise<void> | false {
    const message = data as Partial<FromPreview> | null | undefined;
    if (message?.type !== "porthole:cookie" && message?.type !== "porthole:path") return false;
    return this.#hear(message as FromPreview, source, kernel);
  }

  async #hear(message: FromPreview, source: { readonly id: string; readonly url: string }, kernel: Kernel): Promise<void> {
    const place = await this.attribution.placeOf(source);
    if (place === undefined) return;
    if (message.type === "porthole:path") {
      if (typeof message.path === "string" && message.path.length < 2048) this.attribution.claim(message.path, place);
    } else if (typeof message.line === "string" && typeof message.target === "string" && message.line.length < 8192 && message.target.length < 8192) {
      const route = await kernel.route(below(place));
      if (!("wrong" in route)) (await kernel.find(route.place.container, PATIENCE_MS))?.cookie(route.place.port, message.target, message.line);
    }
  }

  /** Whose the client will be that a navigation or a worker's script makes. The client that asked is nobody's business: it may be an embedder. */
  #arrives(event: Fetching, owner: Place | "host"): void {
    if (event.resultingClientId !== "") this.attribution.learn(event.resultingClientId, owner);
  }

  async #answer(plan: Plan, event: Fetching, kernel: Kernel): Promise<Response> {
    switch (plan.do) {
      case "leave":
      case "ask":
        this.#arrives(event, "host");
        return this.around.fetch(event.request);
      case "redirect":
        return Response.redirect(plan.to, 307);
      case "serve":
        return this.#route(plan, event, kernel);
    }
  }

  async #route({ address, query, from }: Plan & { do: "serve" }, event: Fetching, kernel: Kernel): Promise<Response> {
    const html = shows(event.request);
    let route: Route;
    try {
      route = await kernel.route(address);
    } catch (error) {
      return page(503, "The kernel does not start", error instanceof Error ? error.message : String(error), html);
    }
    if ("wrong" in route) return page(404, "Not found", route.wrong, html);
    const { place, path } = route;
    if (path === undefined) return Response.redirect(this.addresses.page(place, `/${query}${new URL(event.request.url).hash}`), 307);
    this.#arrives(event, place);
    return this.#serve(place, path + query, from, event, kernel);
  }

  async #serve(place: Place, target: string, from: Place | undefined, { request, clientId }: Fetching, kernel: Kernel): Promise<Response> {
    const html = shows(request);
    const machine = await kernel.find(place.container, PATIENCE_MS);
    if (machine === undefined) {
      const why = `No open tab has a container named ${place.container}, and none has brought it within ${PATIENCE_MS / 1000} seconds. Open the page that boots it, then load this one again.`;
      return page(503, `Container ${place.container} is not running`, why, html);
    }
    let upload: Upload | undefined;
    try {
      upload = await Upload.begin(request);
    } catch (error) {
      return page(400, "The request’s body could not be read", String(error), html);
    }
    const headers = requestHeaders(request, place, from, this.around.languages, this.around.userAgent);
    if (upload?.length !== undefined) headers.push(["content-length", String(upload.length)]);
    const referrer = from === undefined ? "" : this.addresses.guest(request.referrer, from);

    const late = setTimeout(() => answer.abort(`Port ${place.port} has not begun to answer within ${HEAD_MS / 1000} seconds.`), HEAD_MS);
    const answer = new Answer(machine, (bytes) => upload?.want(bytes), () => upload?.stop());
    const lost = (): void => answer.abort("the page has given up");
    request.signal.addEventListener("abort", lost);
    try {
      const id = machine.request(place.port, request.method, target, putHeaders(headers), referrer, upload !== undefined, answer);
      answer.begin(id);
      // The answer may come, and be complete, before the body is.
      upload?.pump(machine, id).catch((error: unknown) => answer.abort(`the request’s body could not be read: ${String(error)}`));
      if (request.signal.aborted) lost();
      return await this.#show(await answer.answered, place, target, request, clientId);
    } catch (error) {
      answer.abort("the answer cannot be shown");
      if (request.signal.aborted) return Response.error();
      return page(502, `No answer from port ${place.port}`, error instanceof Error ? error.message : String(error), html);
    } finally {
      clearTimeout(late);
    }
  }

  async #show(head: Head, place: Place, target: string, request: Request, asker: string): Promise<Response> {
    const document = shows(request);
    const shown = responseHeaders(getHeaders(head.headers), { addresses: this.addresses, place, target, document, nonce: this.around.nonce() });
    const { headers, nonce } = shown;
    const cookies = shown.cookies?.map(utf8);
    if (cookies !== undefined) {
      const message: ToPreview = { type: "porthole:cookies", cookies };
      const here = (url: string): boolean => {
        const other = this.addresses.placeOf(url);
        return other !== undefined && samePlace(other, place);
      };
      const told = this.around.tell(message, here, asker).catch(() => undefined);
      // A script that awaits the answer finds its cookies in `document.cookie`. A document has them in its own start.
      if (!document) await told;
    }
    let { body } = head;
    const encoding = headers.get("content-encoding");
    if (body !== undefined && encoding !== null) {
      for (const decoder of decoders(encoding)) body = body.pipeThrough(decoder);
      headers.delete("content-encoding");
      headers.delete("content-length");
    }
    const type = headers.get("content-type") ?? "";
    if (body !== undefined && document && /^\s*text\/html\s*(;|$)/i.test(type) && head.status !== 206 && !/charset\s*=\s*["']?utf-?(16|32)/i.test(type)) {
      const primed = { ...place, prefix: this.addresses.prefix(place), cookies: cookies ?? [] };
      const charset = /charset\s*=/i.test(type);
      body = body.pipeThrough(inject((after) => element(this.around.script, primed, nonce, charset, after)));
      headers.delete("content-length");
    }
    // The browser refuses a reason with bytes beyond Latin-1 or control characters; the kernel has let none pass.
    return new Response(body ?? null, { status: head.status, statusText: latin1(head.reason), headers });
  }
}

/** Whether the answer is shown to a person as a document. */
const shows = (request: Request): boolean => request.mode === "navigate" || ["document", "iframe", "frame", "embed", "object"].includes(request.destination);

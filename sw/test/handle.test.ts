import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Fetching, Previews } from "../src/fetch/handle.ts";
import type { Exchange, Kernel, Machine, Route } from "../src/fetch/kernel.ts";
import { getHeaders, putHeaders } from "../src/fetch/wire.ts";

const preview = "https://site.example/~/main/3000/";
const bytes = (text: string | Uint8Array) => new Uint8Array(typeof text === "string" ? Buffer.from(text) : text);

interface Seen {
  port: number;
  method: string;
  target: string;
  headers: Record<string, string>;
  referrer: string;
  hasBody: boolean;
  sent: string[];
  last: boolean;
  pulled: number;
  aborted: boolean;
}

/** A machine whose guest is `guest`; what it saw is in `seen`. */
class FakeMachine implements Machine {
  readonly seen: Seen[] = [];
  readonly exchanges: Exchange[] = [];
  readonly cookies: [number, string, string][] = [];
  constructor(private readonly guest: (exchange: Exchange, seen: Seen) => void) {}
  request(port: number, method: string, target: string, headers: Uint8Array<ArrayBuffer>, referrer: string, hasBody: boolean, exchange: Exchange): number {
    const seen = { port, method, target, headers: Object.fromEntries(getHeaders(headers)), referrer, hasBody, sent: [], last: false, pulled: 0, aborted: false };
    this.exchanges.push(exchange);
    const id = this.seen.push(seen) - 1;
    this.guest(exchange, seen);
    return id;
  }
  requestBody(id: number, data: Uint8Array, last: boolean): void {
    const seen = this.seen[id]!;
    assert.ok(!seen.last, "nothing after the last piece");
    if (data.length > 0) seen.sent.push(Buffer.from(data).toString());
    seen.last = last;
  }
  requestPull(id: number, count: number): void {
    this.seen[id]!.pulled += count;
  }
  requestAbort(id: number): void {
    this.seen[id]!.aborted = true;
  }
  cookie(port: number, target: string, line: string): void {
    this.cookies.push([port, target, line]);
  }
}

const head = (exchange: Exchange, status: number, headers: Record<string, string>, body: boolean) => exchange.head(status, bytes("Fine"), putHeaders(Object.entries(headers)), body);

const say = (status: number, headers: Record<string, string>, ...pieces: (string | Uint8Array)[]) => (exchange: Exchange) => {
  head(exchange, status, headers, pieces.length > 0);
  for (const piece of pieces) exchange.body(bytes(piece));
  exchange.end();
};

/** As the kernel would, for the few addresses of these tests; its own tests are in `kernel/src/route.rs`. */
function route(address: string): Route {
  const [, container = "", port = "", path] = /^~\/(\w+)\/(\d+)(\/.*)?$/.exec(address) ?? [];
  return container === "" ? { wrong: `${address} leads nowhere` } : { place: { container, port: Number(port) }, path };
}

function begin(guest: (exchange: Exchange, seen: Seen) => void, clients: Record<string, string> = {}) {
  const machine = new FakeMachine(guest);
  const told: unknown[] = [];
  const passed: string[] = [];
  const previews = new Previews({
    scope: "https://site.example/",
    clients: {
      get: async (id) => (clients[id] === undefined ? undefined : { url: clients[id] }),
      matchAll: async () => Object.entries(clients).map(([id, url]) => ({ id, url })),
    },
    script: "S",
    languages: ["en"],
    userAgent: "Agent",
    fetch: async (request) => (passed.push(request.url), new Response("network")),
    tell: async (message, wanted) => void told.push(message, Object.values(clients).filter(wanted)),
    nonce: () => "N",
  });
  const kernel: Kernel = { find: async (name) => (name === "main" ? machine : undefined), route: async (address) => route(address) };
  /** The answer, or `undefined` when the event was left alone. */
  const ask = async (url: string, init: RequestInit & { asked?: object; clientId?: string; resultingClientId?: string } = {}): Promise<Response | undefined> => {
    const { asked, clientId = "", resultingClientId = "", ...rest } = init;
    const request = new Request(url, rest);
    // What no script can set on a request of its own.
    for (const [name, value] of Object.entries({ referrer: "", ...asked })) Object.defineProperty(request, name, { value });
    let answer: Promise<Response> | Response | undefined;
    const event: Fetching = { request, clientId, resultingClientId, respondWith: (response) => (answer = response) };
    assert.equal(previews.fetch(event, kernel), answer !== undefined);
    return answer;
  };
  return { previews, machine, kernel, told, passed, ask };
}

const document = { asked: { mode: "navigate", destination: "iframe" } };
const soon = () => new Promise((resolve) => setTimeout(resolve, 40));

test("a request and its answer", async () => {
  const { machine, ask } = begin(say(201, { "content-type": "text/plain", "x-a": "b" }, "hel", "lo"));
  const response = await ask(`${preview}a?b=c`, { headers: { "x-mine": "1" }, asked: { referrer: `${preview}page` } });
  assert.equal(response?.status, 201);
  assert.equal(response.statusText, "Fine");
  assert.equal(response.headers.get("x-a"), "b");
  assert.equal(await response.text(), "hello");
  const { port, method, target, headers, referrer, hasBody } = machine.seen[0]!;
  assert.deepEqual({ port, method, target, referrer, hasBody }, { port: 3000, method: "GET", target: "/a?b=c", referrer: "http://localhost:3000/page", hasBody: false });
  assert.equal(headers["x-mine"], "1");
  assert.equal(headers["sec-fetch-site"], "same-origin");
  assert.equal(machine.seen[0]!.pulled, 0, "a small answer needs no asking");
  assert.equal(machine.seen[0]!.aborted, false);
});

test("statuses without body, redirects", async () => {
  for (const status of [204, 205, 304]) assert.equal((await begin(say(status, {})).ask(preview))?.status, status);
  const response = await begin(say(302, { location: "http://localhost:3000/login" }, "moved")).ask(preview, document);
  assert.equal(response?.status, 302);
  assert.equal(response.headers.get("location"), `${preview}login`);
});

test("an address without its last slash is put right", async () => {
  const response = await begin(say(200, {})).ask("https://site.example/~/main/3000?x=1#y", document);
  assert.equal(response?.status, 307);
  assert.equal(response.headers.get("location"), `${preview}?x=1#y`);
});

test("an embedder's referrer is not told to the guest", async () => {
  const { machine, ask } = begin(say(200, {}));
  await ask(preview, { asked: { mode: "navigate", destination: "iframe", referrer: "https://site.example/secret/page" } });
  assert.equal(machine.seen[0]!.referrer, "");
  assert.equal(machine.seen[0]!.headers["sec-fetch-site"], "none");
});

test("documents get the script, and their cookies with it; what scripts fetch does not", async () => {
  const headers = { "content-type": "text/html", "content-length": "31", "content-security-policy": "script-src 'self'", "x-porthole-cookie": "a=1; Path=/" };
  const guest = say(200, headers, "<!doctype html><he", "ad><p>hi</p>");
  const { ask, told } = begin(guest, { page: preview, other: "https://site.example/~/main/4000/", host: "https://site.example/" });
  const response = await ask(preview, document);
  const script = `<script nonce="N">self.__porthole={"container":"main","port":3000,"prefix":"/~/main/3000","cookies":["a=1; Path=/"]};S</script>`;
  assert.equal(await response?.text(), `<!doctype html><head>${script}<p>hi</p>`);
  assert.equal(response?.headers.get("content-length"), null);
  assert.equal(response?.headers.get("content-security-policy"), "script-src 'self' 'nonce-N'");
  assert.equal(response?.headers.get("x-porthole-cookie"), null);
  assert.deepEqual(told, [{ type: "porthole:cookies", cookies: ["a=1; Path=/"] }, [preview]]);
  assert.equal(await (await ask(preview))?.text(), "<!doctype html><head><p>hi</p>");
});

test("encoded content is decoded", async () => {
  const packed = gzipSync("<html><head><p>packed</p>");
  const headers = { "content-type": "text/html;charset=utf-8", "content-encoding": "gzip", "content-length": String(packed.length) };
  const { ask } = begin(say(200, headers, packed.subarray(0, 7), packed.subarray(7)));
  const response = await ask(preview);
  assert.equal(await response?.text(), "<html><head><p>packed</p>");
  assert.deepEqual([response?.headers.get("content-encoding"), response?.headers.get("content-length")], [null, null]);
  assert.match((await (await ask(preview, document))?.text()) ?? "", /^<html><head><script[^]*<\/script><p>packed<\/p>$/);
  const { ask: askOther, machine } = begin((exchange) => head(exchange, 200, { "content-encoding": "compress" }, true));
  const refused = await askOther(preview);
  assert.equal(refused?.status, 502);
  assert.match((await refused?.text()) ?? "", /Content-Encoding compress/);
  assert.ok(machine.seen[0]!.aborted);
});

test("failures before the head are pages, after it errors of the stream", async () => {
  const { ask } = begin((exchange) => exchange.fail("Nothing listens on port 3000."));
  const early = await ask(preview, document);
  assert.equal(early?.status, 502);
  assert.match((await early?.text()) ?? "", /<h1>502 · No answer from port 3000<\/h1><p>Nothing listens on port 3000\.<\/p>/);
  const late = begin((exchange) => {
    head(exchange, 200, {}, true);
    exchange.body(bytes("half"));
    exchange.fail("the server reset the connection");
  });
  const response = await late.ask(preview);
  await assert.rejects(response!.text(), /the server reset the connection/);
  const wrong = await begin(say(200, {})).ask("https://site.example/~/main/nope/", document);
  assert.equal(wrong?.status, 404);
  assert.match((await wrong?.text()) ?? "", /<p>~\/main\/nope\/ leads nowhere<\/p>/);
  const dead = begin(say(200, {}));
  dead.kernel.route = () => Promise.reject(new Error("no memory"));
  const response503 = await dead.ask(preview);
  assert.equal(response503?.status, 503);
  assert.match((await response503?.text()) ?? "", /The kernel does not start: no memory/);
  const missing = await begin(say(200, {})).ask("https://site.example/~/other/3000/");
  assert.equal(missing?.status, 503);
  assert.match((await missing?.text()) ?? "", /No open tab has a container named other/);
});

test("the kernel sends no more than the page reads", async () => {
  const size = 64 << 10;
  let exchange: Exchange | undefined;
  const { ask, machine } = begin((begun) => {
    exchange = begun;
    head(begun, 200, {}, true);
  });
  const response = await ask(preview);
  const [seen] = machine.seen;
  await soon();
  assert.equal(seen!.pulled, 0);
  let sent = 0;
  const send = () => {
    while (sent + size <= (64 << 10) + seen!.pulled) {
      exchange!.body(new Uint8Array(size));
      sent += size;
    }
  };
  for (let round = 0; round < 20; round++) {
    send();
    await soon();
  }
  assert.ok(sent <= 512 << 10, `${sent} bytes lie in wait`);
  const reader = response!.body!.getReader();
  let read = 0;
  for (let round = 0; round < 60; round++) {
    read += (await reader.read()).value!.length;
    send();
  }
  assert.ok(read >= 60 * size);
  assert.equal(seen!.aborted, false);
  await reader.cancel();
  assert.ok(seen!.aborted, "a page that reads no more is told to the guest");
});

test("an aborted request is told to the guest", async () => {
  const abort = new AbortController();
  const { ask, machine } = begin(() => undefined);
  const answer = ask(preview, { signal: abort.signal });
  await soon();
  assert.equal(machine.seen[0]!.aborted, false);
  abort.abort();
  assert.equal((await answer)?.type, "error");
  assert.ok(machine.seen[0]!.aborted);
});

test("a small body is sent with its length", async () => {
  const { ask, machine } = begin((exchange) => (exchange.want(1000), say(200, {})(exchange)));
  await ask(preview, { method: "POST", body: "hello" });
  const guest = begin((exchange, seen) => {
    exchange.want(3);
    setTimeout(() => exchange.want(100), 10);
    setTimeout(() => (assert.equal(seen.sent.join(""), "hello"), say(200, {})(exchange)), 30);
  });
  await guest.ask(preview, { method: "POST", body: "hello", headers: { "content-type": "text/plain" } });
  const [seen] = guest.machine.seen;
  assert.deepEqual([seen!.headers["content-length"], seen!.hasBody, seen!.sent, seen!.last], ["5", true, ["hel", "lo"], true]);
  assert.equal(machine.seen[0]!.headers["content-length"], "5");
  const empty = begin(say(200, {}));
  await empty.ask(preview, { method: "POST" });
  assert.equal(empty.machine.seen[0]!.hasBody, false);
});

test("an engine without Request.body", async () => {
  const guest = begin((exchange, seen) => {
    exchange.want(1000);
    setTimeout(() => (assert.ok(seen.last), say(200, {})(exchange)), 20);
  });
  await guest.ask(preview, { method: "POST", body: "hello", asked: { body: undefined } });
  assert.deepEqual([guest.machine.seen[0]!.headers["content-length"], guest.machine.seen[0]!.sent], ["5", ["hello"]]);
});

test("a streamed body flows piece by piece, no faster than it is read", async () => {
  let page!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (page = controller) });
  const { ask, machine } = begin((exchange) => exchange.want(4));
  const answer = ask(preview, { method: "POST", body, duplex: "half" } as RequestInit);
  page.enqueue(bytes("one"));
  await soon();
  const [seen] = machine.seen;
  assert.equal(seen!.headers["content-length"], undefined);
  assert.deepEqual(seen!.sent, ["one"]);
  page.enqueue(bytes("two"));
  await soon();
  assert.deepEqual(seen!.sent, ["one", "t"]);
  machine.exchanges[0]!.want(10);
  page.close();
  await soon();
  assert.deepEqual([seen!.sent, seen!.last], [["one", "t", "wo"], true]);
  say(200, {}, "done")(machine.exchanges[0]!);
  assert.equal(await (await answer)?.text(), "done");
});

test("a page whose stream fails aborts the request; an early answer ends the upload", async () => {
  let page!: ReadableStreamDefaultController<Uint8Array>;
  const stream = (cancelled = () => {}) => new ReadableStream<Uint8Array>({ start: (controller) => void (page = controller), cancel: cancelled });
  const first = begin((exchange) => exchange.want(100));
  const answer = first.ask(preview, { method: "POST", body: stream(), duplex: "half" } as RequestInit);
  page.enqueue(bytes("one"));
  await soon();
  page.error(new Error("no more"));
  assert.equal((await answer)?.status, 502);
  assert.ok(first.machine.seen[0]!.aborted);
  let cancelled = false;
  const second = begin(say(413, {}, "too large"));
  const early = second.ask(preview, { method: "POST", body: stream(() => void (cancelled = true)), duplex: "half" } as RequestInit);
  page.enqueue(bytes("x".repeat(100)));
  assert.equal((await early)?.status, 413);
  await soon();
  assert.ok(cancelled);
  assert.equal(second.machine.seen[0]!.last, false);
});

test("unprefixed requests: the guest's are served, the site's go to the network", async () => {
  const { ask, machine, passed } = begin(say(200, {}, "guest"), { page: preview, host: "https://site.example/" });
  assert.equal(await (await ask("https://site.example/style.css", { clientId: "page" }))?.text(), "guest");
  assert.equal(machine.seen[0]!.target, "/style.css");
  assert.equal(await (await ask("https://site.example/style.css", { clientId: "host" }))?.text(), "network");
  assert.equal(await ask("https://site.example/style.css", { clientId: "host" }), undefined, "known by now");
  assert.deepEqual(passed, ["https://site.example/style.css"]);
});

test("a client is what its own navigation was, never its embedder", async () => {
  const { ask } = begin(say(200, {}, "guest"));
  await ask(preview, { ...document, clientId: "embedder", resultingClientId: "frame" });
  assert.equal(await (await ask("https://site.example/x.js", { clientId: "frame" }))?.text(), "guest");
  assert.equal(await (await ask("https://site.example/x.js", { clientId: "embedder" }))?.text(), "network");
  await ask("https://site.example/index.html", { ...document, resultingClientId: "own" });
  assert.equal(await ask("https://site.example/x.js", { clientId: "own" }), undefined);
});

test("messages count as their sender's, whatever they say", async () => {
  const { previews, kernel, machine } = begin(say(200, {}));
  const hear = (data: unknown, url: string) => previews.message(data, { id: "c", url }, kernel);
  await hear({ type: "porthole:cookie", line: "a=1", target: "/x", port: 9 }, preview);
  await hear({ type: "porthole:cookie", line: "a=2", target: "/x" }, "https://site.example/");
  await hear({ type: "porthole:cookie", line: 5, target: "/x" }, preview);
  assert.deepEqual(machine.cookies, [[3000, "/x", "a=1"]]);
  assert.equal(hear({ type: "porthole:attach" }, preview), false);
  assert.equal(hear(null, preview), false);
  assert.equal(hear("text", preview), false);
});

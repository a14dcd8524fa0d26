import assert from "node:assert/strict";
import { test } from "node:test";
import { Addresses, below } from "../src/fetch/address.ts";
import { type Asked, Attribution } from "../src/fetch/attribution.ts";

const site = "https://site.example";
const scope = `${site}/sub/`;
const main = { container: "main", port: 3000 };
const preview = `${scope}~/main/3000/`;

function begin(clients: Record<string, string> = {}): { attribution: Attribution; asked: () => number } {
  let asked = 0;
  const list = {
    get: async (id: string) => (asked++, clients[id] === undefined ? undefined : { url: clients[id] }),
    matchAll: async () => Object.entries(clients).map(([id, url]) => ({ id, url })),
  };
  return { attribution: new Attribution(new Addresses(scope), list), asked: () => asked };
}

const request = (url: string, more: Partial<Asked> = {}): Asked => ({ url, mode: "cors", destination: "", referrer: "", clientId: "", ...more });
const navigation = (url: string, more: Partial<Asked> = {}): Asked => request(url, { mode: "navigate", destination: "iframe", ...more });
const serve = (target: string, from: unknown = main, place = main) => {
  const [path, query] = target.split("?");
  return { do: "serve", address: below(place) + path, query: query === undefined ? "" : `?${query}`, from: from === "nobody" ? undefined : from };
};
const redirect = (path: string) => ({ do: "redirect", to: preview + path });
const leave = { do: "leave" };

test("with prefix", () => {
  const { attribution } = begin();
  attribution.learn("host", "host");
  assert.deepEqual(attribution.plan(request(`${preview}a?b=c`)), serve("/a?b=c", "nobody"));
  assert.deepEqual(attribution.plan(request(`${preview}a`, { referrer: `${preview}x` })), serve("/a"));
  assert.deepEqual(attribution.plan(request(`${preview}a`, { clientId: "host", referrer: `${site}/sub/` })), serve("/a", "nobody"));
  assert.deepEqual(attribution.plan(navigation(`${scope}~/main/3000?x`)), serve("?x", "nobody"));
  assert.deepEqual(attribution.plan(request(`${scope}~/main/nope/`)), { do: "serve", address: "~/main/nope/", query: "", from: undefined });
  assert.deepEqual(attribution.plan(request(`${scope}~k/hello`)), leave);
});

test("a known client's requests are decided at once", () => {
  const { attribution, asked } = begin();
  attribution.learn("page", main);
  attribution.learn("host", "host");
  assert.deepEqual(attribution.plan(request(`${site}/style.css?v`, { clientId: "page" })), serve("/style.css?v"));
  assert.deepEqual(attribution.plan(request("http://localhost:4000/api", { clientId: "page" })), serve("/api", main, { container: "main", port: 4000 }));
  assert.deepEqual(attribution.plan(request("https://cdn.example/x.js", { clientId: "page" })), leave);
  assert.deepEqual(attribution.plan(request(`${site}/style.css`, { clientId: "host" })), leave);
  assert.deepEqual(attribution.plan(request("http://localhost:4000/api", { clientId: "host" })), leave);
  assert.equal(asked(), 0);
});

test("workers are redirected, so that their address has the prefix", () => {
  const { attribution } = begin();
  attribution.learn("page", main);
  assert.deepEqual(attribution.plan(request(`${site}/w.js?x`, { clientId: "page", destination: "worker" })), redirect("w.js?x"));
  assert.deepEqual(attribution.plan(request(`${preview}w.js`, { clientId: "page", destination: "worker" })), serve("/w.js"));
});

test("after the service worker's death, the browser knows", async () => {
  const { attribution, asked } = begin({ page: `${preview}index.html`, host: `${site}/sub/`, srcdoc: "about:srcdoc", blob: `blob:${site}/1` });
  const css = request(`${site}/a.css`, { clientId: "page" });
  assert.deepEqual(attribution.plan(css), { do: "ask" });
  assert.deepEqual(await attribution.ask(css), serve("/a.css"));
  assert.deepEqual(attribution.plan(css), serve("/a.css"));
  const own = request(`${site}/own.css`, { clientId: "host" });
  assert.deepEqual(await attribution.ask(own), leave);
  assert.deepEqual(attribution.plan(own), leave);
  assert.equal(asked(), 2);
  assert.deepEqual(attribution.plan(request(`${site}/x`, { clientId: "srcdoc", referrer: preview })), serve("/x"), "the page around it");
  assert.deepEqual(await attribution.ask(request(`${site}/x`, { clientId: "blob" })), leave);
  assert.deepEqual(await attribution.ask(request(`${site}/x`, { clientId: "gone" })), leave);
});

test("priming asks once for all", async () => {
  const { attribution, asked } = begin({ page: preview, host: `${site}/sub/` });
  await attribution.prime();
  assert.deepEqual(attribution.plan(request(`${site}/a.css`, { clientId: "page" })), serve("/a.css"));
  assert.deepEqual(attribution.plan(request(`${site}/a.css`, { clientId: "host" })), leave);
  assert.equal(asked(), 0);
});

test("navigations", async () => {
  const { attribution } = begin({ page: preview, host: `${site}/sub/` });
  await attribution.prime();
  assert.deepEqual(attribution.plan(navigation(`${site}/about#x`, { referrer: `${preview}a` })), redirect("about#x"));
  assert.deepEqual(attribution.plan(navigation(`${site}/about`, { referrer: `${preview}a`, clientId: "host" })), redirect("about"), "a frame inside a preview");
  assert.deepEqual(attribution.plan(navigation(`${site}/sub/other.html`, { referrer: `${site}/sub/`, clientId: "host" })), leave, "an embedder is not adopted");
  assert.deepEqual(attribution.plan(navigation(`${site}/sub/other.html`, { referrer: `${site}/sub/` })), leave);
  assert.deepEqual(attribution.plan(navigation(`${site}/sub/`, { destination: "document" })), leave);
});

test("navigations of which only the client tells", async () => {
  const { attribution } = begin({ page: preview, host: `${site}/sub/` });
  await attribution.prime();
  const noReferrer = navigation(`${site}/about`, { clientId: "page" });
  assert.deepEqual(attribution.plan(noReferrer), { do: "ask" });
  assert.deepEqual(await attribution.ask(noReferrer), redirect("about"));
  const pushed = navigation(`${site}/about`, { clientId: "page", referrer: `${site}/spa/deep` });
  assert.deepEqual(await attribution.ask(pushed), redirect("about"));
  const byHost = navigation(`${site}/sub/other.html`, { clientId: "page", referrer: `${site}/sub/` });
  assert.deepEqual(await attribution.ask(byHost), leave, "the site sends its own frame elsewhere");
});

test("paths that pushState made up", async () => {
  const { attribution } = begin({ page: preview, host: `${site}/sub/` });
  await attribution.prime();
  attribution.claim("/spa/deep", main);
  attribution.claim("/sub/", main);
  const next = navigation(`${site}/about`, { referrer: `${site}/spa/deep` });
  assert.deepEqual(attribution.plan(next), { do: "ask" });
  assert.deepEqual(await attribution.ask(next), redirect("about"));
  assert.deepEqual(await attribution.ask(navigation(`${site}/spa/deep`)), redirect("spa/deep"), "reloaded");
  assert.deepEqual(await attribution.ask(navigation(`${site}/x`, { destination: "document", referrer: `${site}/sub/` })), leave, "the site's page goes by it too");
  assert.deepEqual(await attribution.ask(navigation(`${site}/x`, { referrer: `${site}/sub/` })), redirect("x"), "but it is a frame");
  attribution.claim("/spa/deep", { container: "main", port: 4000 });
  assert.deepEqual(await attribution.ask(next), leave, "two go by it");
});

test("what is remembered has a bound", () => {
  const { attribution } = begin();
  for (let index = 0; index < 5000; index++) attribution.learn(`c${index}`, main);
  assert.deepEqual(attribution.plan(request(`${site}/x`, { clientId: "c0" })), { do: "ask" });
  assert.deepEqual(attribution.plan(request(`${site}/x`, { clientId: "c4999" })), serve("/x"));
});

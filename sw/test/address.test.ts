import assert from "node:assert/strict";
import { test } from "node:test";
import { Addresses } from "../src/fetch/address.ts";

const roots = [new Addresses("https://site.example/"), new Addresses("https://site.example/sub/folder/")];

test("what is said of an address at once, at the root and in a subfolder", () => {
  const main = { container: "main", port: 3000 };
  for (const addresses of roots) {
    const found = (path: string) => addresses.find(new URL(addresses.scope + path));
    assert.deepEqual(found("~/main/3000/a//b.js?c"), { kind: "guest", below: "~/main/3000/a//b.js", place: main, path: "/a//b.js" });
    assert.deepEqual(found("~/main/3000"), { kind: "guest", below: "~/main/3000", place: main, path: "" });
    assert.deepEqual(found("~/main/3000/~/main/80/"), { kind: "guest", below: "~/main/3000/~/main/80/", place: main, path: "/~/main/80/" });
    // The kernel will say what is wrong with these.
    for (const path of ["~/", "~/main", "~/main/", "~/main/3000x/", "~/main/+3000/", "~//3000/"]) assert.deepEqual(found(path), { kind: "guest", below: path, place: undefined, path: "" });
    assert.deepEqual(found("~k/call/main/12/secret"), { kind: "kernel" });
  }
});

test("other addresses lead elsewhere", () => {
  const [, sub] = roots;
  for (const url of ["https://site.example/~/main/3000/", "https://other.example/sub/folder/~/main/3000/", "https://site.example/sub/folder/x", "https://site.example/sub/folder/~x/"]) {
    assert.equal(sub?.find(new URL(url)).kind, "other", url);
  }
});

test("the guest's spelling", () => {
  for (const addresses of roots) {
    const place = { container: "main", port: 3000 };
    const guest = (url: string) => addresses.guest(url, place);
    assert.equal(guest(`${addresses.scope}~/main/3000/a/b?c#d`), "http://localhost:3000/a/b?c#d");
    assert.equal(guest(`${addresses.scope}~/main/8080/`), "http://localhost:8080/");
    assert.equal(guest(`${addresses.scope}~/main/80/x`), "http://localhost/x");
    assert.equal(guest(`${addresses.scope}~/main/3000`), "http://localhost:3000/");
    assert.equal(guest("https://site.example/spa/deep?x"), "http://localhost:3000/spa/deep?x");
    assert.equal(guest("https://other.example/x"), "https://other.example/x");
    assert.deepEqual(["", "about:srcdoc", "blob:https://site.example/1", "no url"].map(guest), ["", "", "", ""]);
  }
});

test("Location in the page's spelling", () => {
  for (const addresses of roots) {
    const place = { container: "main", port: 3000 };
    const base = `${addresses.scope}~/main/3000`;
    const location = (value: string) => addresses.location(value, place, "/folder/page?q");
    assert.equal(location("/x?y#z"), `${base}/x?y#z`);
    assert.equal(location("http://localhost:3000/x"), `${base}/x`);
    assert.equal(location("http://127.0.0.1:3000"), `${base}/`);
    assert.equal(location("next"), `${base}/folder/next`);
    assert.equal(location("../up"), `${base}/up`);
    assert.equal(location("?other"), `${base}/folder/page?other`);
    assert.equal(location("http://localhost:4000/x"), `${addresses.scope}~/main/4000/x`);
    assert.equal(location("https://localhost:4000/x"), `${addresses.scope}~/main/4000/x`);
    assert.equal(location("https://127.0.0.1/x"), `${addresses.scope}~/main/443/x`);
    assert.equal(location("https://github.com/login"), "https://github.com/login");
    assert.equal(location("//cdn.example/x"), "//cdn.example/x");
    assert.equal(location("mailto:a@b"), "mailto:a@b");
    assert.equal(location("http://"), "http://");
    assert.equal(location(`${new URL(base).pathname}/x`), `${base}/x`, "a guest that knows its prefix");
  }
  const local = new Addresses("http://localhost:8080/");
  assert.equal(local.location("http://localhost:8080/~/main/3000/x", { container: "main", port: 3000 }, "/"), "http://localhost:8080/~/main/3000/x");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Mirror } from "../src/preview/cookies.ts";
import { spelling } from "../src/preview/spelling.ts";

const NOW = 1_700_000_000_000;

test("the mirror shows what the jar told", () => {
  const mirror = new Mirror();
  mirror.load(["a=1; Path=/", "b=2; Path=/x", `c=3; Path=/; Expires=${NOW + 1}; Secure`, "=d; Path=/", "e==; Path=/"]);
  assert.equal(mirror.read("/", NOW), "a=1; c=3; d; e==");
  assert.equal(mirror.read("/x/y", NOW), "b=2; a=1; c=3; d; e==");
  assert.equal(mirror.read("/xy", NOW + 1), "a=1; d; e==");
});

test("what a script assigns is there at once", () => {
  const mirror = new Mirror();
  const after = (line: string, path = "/folder/page") => (mirror.write(line, path, NOW), mirror.read(path, NOW));
  assert.equal(after("a=1"), "a=1");
  assert.equal(after("b=2; path=/"), "a=1; b=2");
  assert.equal(after("a=3; Secure; SameSite=Lax"), "a=3; b=2");
  assert.equal(after("a=; Max-Age=0"), "b=2");
  assert.equal(after("b=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT"), "");
  assert.equal(after("h=1; HttpOnly"), "");
  assert.equal(after("d=1; domain=example.com"), "");
  assert.equal(after("d=1; domain=.localhost"), "d=1");
  assert.equal(after("bad=\n"), "d=1");
  assert.equal(after(""), "d=1");
});

test("spellings of addresses", () => {
  for (const root of ["", "/sub/folder"]) {
    const prefix = `${root}/~/main/3000`;
    const { page, guest } = spelling(prefix, "https://site.example");
    const to = (url: string) => page(url, `https://site.example${prefix}/a/b`)?.replace("https://site.example", "");
    assert.equal(to("/about?x#y"), `${prefix}/about?x#y`);
    assert.equal(to("http://localhost:3000/about"), `${prefix}/about`);
    assert.equal(to("http://127.0.0.1:4000"), `${root}/~/main/4000/`);
    assert.equal(to("http://localhost/x"), `${root}/~/main/80/x`);
    assert.equal(to("https://localhost:3000/"), `${prefix}/`);
    assert.equal(to("https://localhost/x"), `${root}/~/main/443/x`);
    for (const url of ["b", "../c", "#x", "?q", `${prefix}/x`, `${root}/~/main/4000/`, `${root}/~k/hello`, "https://other.example/", "mailto:x", "javascript:0", "http://"]) {
      assert.equal(to(url), undefined, url);
    }
    assert.equal(guest(`${prefix}/x/y`), "/x/y");
    assert.equal(guest(prefix), "/");
    assert.equal(guest("/spa"), "/spa");
    assert.equal(guest(`${prefix}0/`), `${prefix}0/`);
  }
});

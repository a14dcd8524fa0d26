import assert from "node:assert/strict";
import { test } from "node:test";
import { HeadFinder, declaredCharset } from "../src/fetch/html.ts";
import { element } from "../src/fetch/preview.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const text = (pieces: Uint8Array[]) => pieces.map((piece) => Buffer.from(piece).toString("latin1")).join("");

function injected(pieces: string[]): string {
  const finder = new HeadFinder(() => bytes("[S]"));
  return text([...pieces.flatMap((piece) => finder.feed(bytes(piece))), ...finder.end()]);
}

const documents: [before: string, after: string][] = [
  ["<!doctype html><html><head>", "<title>x</title>"],
  ["<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML lang='a>b'>\n <HEAD data-x=\">\">", "</HEAD>"],
  ["<!-- <head> --><!doctype html>\n<!-- a -- b --!><html>", "<body>"],
  ["<!--><!---><!doctype html>", "<title>x"],
  ["<?xml version=\"1.0\"?><html ><head\n>", ""],
  ["\xef\xbb\xbf<!doctype html>", "<meta charset=utf-8>"],
  ["", "<h1>no head</h1>"],
  ["  \n", "plain text <head>"],
  ["", "<header>not a head</header>"],
  ["", "<htmlx>"],
  ["<html>", "<script>1</script><head>"],
  ["<html>", "</head>"],
  ["", ""],
  ["<!doctype html><html><head>", ""],
  ["<!doctype html><html>", "<"],
  ["", "<!-- never closed"],
  ["<!doctype html>", "<html unclosed"],
];

test("the script comes first in the head, however the document is cut", () => {
  for (const [before, after] of documents) {
    const whole = before + after;
    const expected = `${before}[S]${after}`;
    assert.equal(injected([whole]), expected);
    assert.equal(injected(whole.split("")), expected);
    for (let at = 0; at <= whole.length; at++) assert.equal(injected([whole.slice(0, at), whole.slice(at)]), expected, `${whole} cut at ${at}`);
  }
});

test("nothing is held back once the head has begun, and little before", () => {
  const finder = new HeadFinder(() => bytes("[S]"));
  assert.equal(text(finder.feed(bytes("<!doctype html><ht"))), "<!doctype html>");
  assert.equal(text(finder.feed(bytes("ml><head><tit"))), "<html><head>[S]<tit");
  assert.equal(text(finder.feed(bytes("le>"))), "le>");
  const endless = new HeadFinder(() => bytes("[S]"));
  const out = text([...endless.feed(bytes("<!doctype html>")), ...endless.feed(bytes(`<!--${"x".repeat(70_000)}`))]);
  assert.ok(out.startsWith("<!doctype html>[S]<!--xxx"));
});

test("UTF-16 passes as it is", () => {
  const document = new Uint8Array([0xff, 0xfe, 0x3c, 0, 0x68, 0]);
  assert.deepEqual(new HeadFinder(() => bytes("[S]")).feed(document), [document]);
});

test("a declared encoding is kept in the browser's sight", () => {
  assert.equal(declaredCharset(bytes("<title>x</title><meta charset=\"latin1\">")), "latin1");
  assert.equal(declaredCharset(bytes("<meta http-equiv=content-type content=\"text/html; charset=koi8-r\">")), "koi8-r");
  assert.equal(declaredCharset(bytes("<title>charset=x</title>")), undefined);
  const primed = { container: "main", port: 3000, prefix: "/~/main/3000", cookies: [] };
  const head = (charset: boolean) => text([element("0", primed, "n", charset, bytes("<meta charset=koi8-r>"))]);
  assert.ok(head(false).startsWith("<meta charset=\"koi8-r\"><script nonce=\"n\">"));
  assert.ok(head(true).startsWith("<script nonce=\"n\">"));
});

test("no cookie ends the script", () => {
  const cookies = ["a=</script><script>alert(1)//", "b=<!--", "c=\u2028ä"];
  const out = text([element("run(self.__porthole)", { container: "main", port: 3000, prefix: "/~/main/3000", cookies }, "n", true, bytes(""))]);
  const code = /^<script nonce="n">([^]*)<\/script>$/.exec(out)?.[1] ?? "";
  assert.ok(!/<\/script|<!--/i.test(code) && /^[\x00-\x7f]*$/.test(code), code);
  let seen: { cookies: string[] } | undefined;
  new Function("self", "run", code)({}, (primed: { cookies: string[] }) => (seen = primed));
  assert.deepEqual(seen?.cookies, cookies);
});

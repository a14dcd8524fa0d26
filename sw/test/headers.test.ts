import assert from "node:assert/strict";
import { test } from "node:test";
import { Addresses } from "../src/fetch/address.ts";
import { allow } from "../src/fetch/csp.ts";
import { requestHeaders, responseHeaders } from "../src/fetch/headers.ts";
import { type Header, getHeaders, putHeaders, utf8 } from "../src/fetch/wire.ts";

const place = { container: "main", port: 3000 };

function shown(sent: Header[], document = true) {
  const { headers, cookies } = responseHeaders(sent, { addresses: new Addresses("https://site.example/"), place, target: "/a/b", document, nonce: "N" });
  return { headers: Object.fromEntries(headers), cookies };
}

test("policies let in one script more, and nothing else", () => {
  for (const [policy, expected] of [
    ["script-src 'self'", "script-src 'self' 'nonce-N'"],
    ["default-src 'self'; img-src *", "default-src 'self'; img-src *; script-src-elem 'self' 'nonce-N'"],
    ["default-src 'none'", "default-src 'none'; script-src-elem 'nonce-N'"],
    ["script-src 'none'; script-src-elem 'self'", "script-src 'none'; script-src-elem 'self' 'nonce-N'"],
    ["script-src 'self' 'unsafe-inline'", "script-src 'self' 'unsafe-inline'"],
    ["script-src 'unsafe-inline' 'nonce-x'", "script-src 'unsafe-inline' 'nonce-x' 'nonce-N'"],
    ["Script-Src 'strict-dynamic' 'SHA256-x' 'unsafe-inline'", "script-src 'strict-dynamic' 'SHA256-x' 'unsafe-inline' 'nonce-N'"],
    ["img-src *", "img-src *"],
    ["script-src a; script-src b", "script-src a 'nonce-N'"],
    ["frame-ancestors 'none'; upgrade-insecure-requests; report-uri /csp", ""],
    ["script-src a, default-src b;;", "script-src a 'nonce-N', default-src b; script-src-elem b 'nonce-N'"],
  ] as const) {
    assert.equal(allow(policy, "N"), expected);
  }
});

test("a document's headers", () => {
  assert.deepEqual(shown([["content-type", "text/html"], ["x-a", "1"], ["x-a", "2"]]).headers, {
    "content-type": "text/html",
    "x-a": "1, 2",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), usb=()",
  });
  assert.equal(shown([["referrer-policy", "no-referrer"]]).headers["referrer-policy"], "same-origin", "frames would be lost");
  assert.equal(shown([["referrer-policy", "strict-origin-when-cross-origin"]]).headers["referrer-policy"], "strict-origin-when-cross-origin");
  assert.equal(shown([["permissions-policy", "camera=*"]]).headers["permissions-policy"], "camera=*");
});

test("what is not a document keeps its headers", () => {
  const sent: Header[] = [["content-type", "application/json"], ["content-range", "bytes 0-1/9"], ["location", "/x"], ["nel", "{}"], ["report-to", "{}"], ["bad name", "x"]];
  assert.deepEqual(shown(sent, false).headers, {
    "content-type": "application/json",
    "content-range": "bytes 0-1/9",
    location: "https://site.example/~/main/3000/x",
    "cross-origin-resource-policy": "same-origin",
  });
});

test("Refresh leads to the page's spelling", () => {
  const refresh = (value: string) => shown([["refresh", value]]).headers.refresh;
  assert.equal(refresh("5; url=/x"), "5; url=https://site.example/~/main/3000/x");
  assert.equal(refresh("0;URL='http://localhost:3000/y'"), "0;URL=https://site.example/~/main/3000/y");
  assert.equal(refresh("5"), "5");
});

test("cookies are taken out", () => {
  assert.deepEqual(shown([["x-porthole-cookie", "a=1; Path=/"], ["x-porthole-cookie", "b=2; Path=/"]], false), {
    headers: { "cross-origin-resource-policy": "same-origin" },
    cookies: ["a=1; Path=/", "b=2; Path=/"],
  });
  assert.deepEqual(shown([["x-porthole-cookie", ""]]).cookies, []);
  assert.equal(shown([]).cookies, undefined);
});

test("headers on the wire", () => {
  const headers: Header[] = [["a", "1"], ["b", ""], ["c", "\xff\x80\x9f"]];
  assert.deepEqual(getHeaders(putHeaders(headers)), headers);
  assert.deepEqual([...putHeaders([["a", "\xff"]])], [1, 0, 0, 0, 1, 0, 0, 0, 97, 1, 0, 0, 0, 255]);
  assert.throws(() => getHeaders(putHeaders(headers).subarray(0, 9)), RangeError);
  assert.equal(utf8("\xc3\xa4"), "ä");
});

test("a request's headers", () => {
  const request = (more: object, headers: Record<string, string> = {}) =>
    Object.fromEntries(requestHeaders({ headers: new Headers(headers), mode: "cors", destination: "", cache: "default", ...more } as Request, place, place, ["de", "en"], "Agent"));
  assert.deepEqual(request({}, { accept: "text/css", Range: "bytes=0-" }), {
    accept: "text/css",
    range: "bytes=0-",
    "accept-language": "de,en;q=0.9",
    "user-agent": "Agent",
    "sec-fetch-site": "same-origin",
    "sec-fetch-mode": "cors",
    "sec-fetch-dest": "empty",
  });
  assert.equal(request({ cache: "no-cache" })["cache-control"], "max-age=0");
  assert.equal(request({ cache: "reload" }).pragma, "no-cache");
});

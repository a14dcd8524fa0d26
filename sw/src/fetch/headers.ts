// Headers on their way to the guest and back. What concerns the connection and cookies is the kernel's part.

import { type Addresses, type Place, samePlace } from "./address.ts";
import { allow } from "./csp.ts";
import type { Header } from "./wire.ts";

/** In the kernel: `http::COOKIES_HEADER`. */
const COOKIE = "x-porthole-cookie";

/** Would make the browser send reports about a guest to the site's own server. */
const REPORTING = new Set(["report-to", "reporting-endpoints", "nel", "content-security-policy-report-only", "cross-origin-opener-policy-report-only", "cross-origin-embedder-policy-report-only"]);

/** What the guest is told about the request beside what its author set: what a browser adds after the service worker. */
export function requestHeaders(request: Request, place: Place, from: Place | undefined, languages: readonly string[], agent: string): Header[] {
  const headers: Header[] = [];
  request.headers.forEach((value, name) => void headers.push([name, value]));
  const add = (name: string, value: string): void => {
    if (!request.headers.has(name)) headers.push([name, value]);
  };
  add("accept", "*/*");
  if (languages.length > 0) add("accept-language", languages.map((language, index) => (index === 0 ? language : `${language};q=${Math.max(1, 10 - index) / 10}`)).join(","));
  add("user-agent", agent);
  if (request.cache === "no-cache") add("cache-control", "max-age=0");
  if (request.cache === "reload" || request.cache === "no-store") {
    add("cache-control", "no-cache");
    add("pragma", "no-cache");
  }
  add("sec-fetch-site", from === undefined ? "none" : samePlace(from, place) ? "same-origin" : "same-site");
  add("sec-fetch-mode", request.mode);
  add("sec-fetch-dest", request.destination === "" ? "empty" : request.destination);
  return headers;
}

/** A guest's headers as the page gets them. */
export interface Shown {
  readonly headers: Headers;
  /** The cookies that scripts may see, if the answer says: `name=value; Path=/…`, each character a byte. */
  readonly cookies: readonly string[] | undefined;
  /** For `<script nonce>`. */
  readonly nonce: string;
}

export interface Context {
  readonly addresses: Addresses;
  readonly place: Place;
  /** Path and query of the request, as the guest knows them. */
  readonly target: string;
  /** Whether a page shows the answer as a document of its own. */
  readonly document: boolean;
  readonly nonce: string;
}

/** Headers that the browser does not take (by name or value) are dropped. */
export function responseHeaders(sent: readonly Header[], { addresses, place, target, document, nonce }: Context): Shown {
  const headers = new Headers();
  let cookies: string[] | undefined;
  const add = (name: string, value: string): void => {
    try {
      headers.append(name, value);
    } catch {
      // Not a header in the browser's eyes; the kernel has let pass only what HTTP allows, so this is rare and harmless.
    }
  };
  for (const [name, value] of sent) {
    if (name === COOKIE) {
      cookies ??= [];
      if (value !== "") cookies.push(value);
    } else if (name === "location") {
      add(name, addresses.location(value, place, target));
    } else if (name === "refresh") {
      add(name, value.replace(/^(\s*[0-9.]+\s*[;,]\s*(?:url\s*=\s*)?)(["']?)(.*?)\2\s*$/i, (_, start: string, _quote, url: string) => start + addresses.location(url, place, target)));
    } else if (name === "content-security-policy") {
      const policy = allow(value, nonce);
      if (policy !== "") add(name, policy);
    } else if (!REPORTING.has(name)) {
      add(name, value);
    }
  }
  headers.set("cross-origin-resource-policy", "same-origin");
  if (document) {
    // Frames are attributed by their referrer.
    const policy = headers.get("referrer-policy")?.toLowerCase();
    if (policy === undefined || /^(no-referrer|origin|strict-origin)$/.test(policy)) headers.set("referrer-policy", "same-origin");
    if (!headers.has("permissions-policy")) headers.set("permissions-policy", "camera=(), microphone=(), geolocation=(), usb=()");
  }
  return { headers, cookies, nonce };
}

// `document.cookie` of a port: a mirror of the jar that the kernel keeps, primed before the page's first script.

interface Cookie {
  name: string;
  value: string;
  path: string;
  /** Milliseconds since 1970; `undefined`: no end. */
  expires: number | undefined;
}

export class Mirror {
  #cookies: Cookie[] = [];

  /** Takes the jar's own list: `name=value; Path=/; Expires=1700000000000`. */
  load(lines: readonly string[]): void {
    this.#cookies = lines.flatMap((line) => {
      const { name, value, attributes } = split(line);
      const expires = attributes.get("expires");
      return [{ name, value, path: attributes.get("path") ?? "/", expires: expires === undefined ? undefined : Number(expires) }];
    });
  }

  /** What a page at `path` reads. */
  read(path: string, now: number): string {
    return this.#cookies
      .filter((cookie) => (cookie.expires ?? Infinity) > now && covers(cookie.path, path))
      .sort((one, other) => other.path.length - one.path.length)
      .map(({ name, value }) => (name === "" ? value : `${name}=${value}`))
      .join("; ");
  }

  /** What a page at `path` assigns. The kernel hears of it too and is right where they differ. */
  write(line: string, path: string, now: number): void {
    const { name, value, attributes } = split(line);
    if ((name === "" && value === "") || /[\x00-\x08\x0a-\x1f\x7f]/.test(line) || attributes.has("httponly")) return;
    const domain = attributes.get("domain")?.replace(/^\./, "").toLowerCase();
    if (domain !== undefined && domain !== "" && domain !== "localhost" && domain !== "127.0.0.1") return;
    const given = attributes.get("path");
    const place = given?.startsWith("/") ? given : path.slice(0, Math.max(1, path.lastIndexOf("/")));
    const cookie = { name, value, path: place, expires: end(attributes, now) };
    const old = this.#cookies.findIndex((other) => other.name === name && other.path === place);
    if (old >= 0) this.#cookies[old] = cookie;
    else this.#cookies.push(cookie);
    this.#cookies = this.#cookies.filter((one) => (one.expires ?? Infinity) > now);
  }
}

function split(line: string): { name: string; value: string; attributes: Map<string, string> } {
  const [first = "", ...rest] = line.split(";");
  const at = first.indexOf("=");
  const attributes = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf("=");
    const key = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    attributes.set(key, equals < 0 ? "" : part.slice(equals + 1).trim());
  }
  return { name: first.slice(0, Math.max(0, at)).trim(), value: first.slice(at + 1).trim(), attributes };
}

function end(attributes: Map<string, string>, now: number): number | undefined {
  const age = attributes.get("max-age");
  if (age !== undefined && /^-?[0-9]+$/.test(age)) return now + Number(age) * 1000;
  const date = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(date) ? undefined : date;
}

const covers = (cookie: string, path: string): boolean => path.startsWith(cookie) && (path.length === cookie.length || cookie.endsWith("/") || path[cookie.length] === "/");

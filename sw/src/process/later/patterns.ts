// `URLPattern`, which the browser has, for node-shims/lib/url_pattern.js: each pattern by its number.

interface Request {
  /** Makes a pattern of these arguments. */
  make?: unknown[];
  /** Of the pattern `number`: whether or how something fits it. */
  number?: number;
  method?: "test" | "exec";
  args?: unknown[];
  forget?: number;
}

type Pattern = Record<string, unknown> & { test(...args: unknown[]): boolean; exec(...args: unknown[]): Record<string, unknown> | null };

const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash", "hasRegExpGroups"];
const patterns: Pattern[] = [];

/** Answers in JSON; with `fails` where the browser refuses, and with nothing where it has no such patterns. */
export function pattern(request: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const made = (globalThis as unknown as { URLPattern?: new (...args: unknown[]) => Pattern }).URLPattern;
  if (made === undefined) return undefined;
  let answer: object;
  try {
    answer = answerTo(JSON.parse(new TextDecoder().decode(request)) as Request, made);
  } catch {
    answer = { fails: true };
  }
  return new TextEncoder().encode(JSON.stringify(answer));
}

function answerTo({ make, number = -1, method, args = [], forget }: Request, Made: new (...args: unknown[]) => Pattern): object {
  if (forget !== undefined) {
    delete patterns[forget];
    return {};
  }
  if (make !== undefined) {
    const pattern = new Made(...make);
    const parts = Object.fromEntries(COMPONENTS.map((name) => [name, pattern[name]]));
    return { number: patterns.push(pattern) - 1, parts };
  }
  const pattern = patterns[number];
  if (pattern === undefined) throw new TypeError("no such pattern");
  if (method === "test") return { value: pattern.test(...args) };
  const found = pattern.exec(...args);
  if (found === null) return { value: null };
  // What was asked is told by the guest itself. A group that is not there has no word in JSON.
  const groups = (part: unknown) => {
    const { input, groups } = part as { input: string; groups: Record<string, string | undefined> };
    return { input, groups: Object.entries(groups).map(([name, value]) => [name, value ?? null]) };
  };
  return { value: Object.fromEntries(COMPONENTS.slice(0, 8).map((name) => [name, groups(found[name])])) };
}

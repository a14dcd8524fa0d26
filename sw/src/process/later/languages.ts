// What the browser knows of languages and encodings, for the process's `Intl` and `TextDecoder`: node-shims/lib/intl.js and icu.js.

/** How the process asks. `$number`, `$bigint` and `$undefined` stand for what JSON has no word for. */
interface Request {
  type?: string;
  locales?: string | string[];
  options?: Record<string, unknown>;
  method?: string;
  args?: unknown[];
  /** A function of `Intl`, or of the class itself; or one of a `String`'s methods, whose first argument is the string. */
  static?: string;
  /** Of locales: the tag of a new one, or all that it says of itself; or a method's answer as text. */
  make?: boolean;
  facts?: boolean;
  text?: boolean;
}

type Maker = new (locales?: unknown, options?: unknown) => Record<string, (...args: unknown[]) => unknown>;

const made = new Map<string, unknown>();
const facts = ["baseName", "calendar", "caseFirst", "collation", "hourCycle", "language", "numberingSystem", "numeric", "region", "script"];

export function international(request: Uint8Array): Uint8Array<ArrayBuffer> {
  let answer: { value?: unknown } | { error: { name: string; message: string } };
  try {
    answer = { value: answerTo(JSON.parse(new TextDecoder().decode(request), revive) as Request) };
  } catch (error) {
    answer = { error: error instanceof Error ? { name: error.name, message: error.message } : { name: "Error", message: String(error) } };
  }
  return new TextEncoder().encode(JSON.stringify(answer));
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$number" in value) return value.$number === "-0" ? -0 : Number(value.$number);
  if ("$bigint" in value) return BigInt(String(value.$bigint));
  return value;
}
const isUndefined = (value: unknown) => typeof value === "object" && value !== null && "$undefined" in value;

function answerTo(request: Request): unknown {
  const { type, locales, options, method } = request;
  const args = (request.args ?? []).map((value) => (isUndefined(value) ? undefined : value));
  if (type === "String") return cased(request.static, args);
  const everything = Intl as unknown as Record<string, Maker & Record<string, (...args: unknown[]) => unknown>>;
  if (request.static !== undefined) {
    const holder = type === undefined ? (everything as unknown as Record<string, (...args: unknown[]) => unknown>) : everything[type];
    const named = holder?.[request.static];
    if (named === undefined) throw new TypeError(`Intl.${request.static} is not a function`);
    return named.call(holder, ...args);
  }
  const Class = everything[type ?? ""];
  if (Class === undefined) throw new TypeError(`Intl.${type} is not a constructor`);
  const key = JSON.stringify([type, locales, options]);
  let object = made.get(key) as InstanceType<Maker> | undefined;
  if (object === undefined) {
    object = new Class(locales, options);
    if (made.size > 200) made.clear();
    made.set(key, object);
  }
  if (request.make) return String(object);
  if (request.facts) return Object.fromEntries(facts.map((name) => [name, object[name] as unknown]));
  const value = type === "Segmenter" && method === "segment" ? segments(object, args) : object[method ?? ""]?.(...args);
  return request.text ? String(value) : value;
}

function cased(method: string | undefined, [text, locales]: unknown[]): string {
  const list = locales as string | string[];
  return method === "toLocaleUpperCase" ? String(text).toLocaleUpperCase(list) : String(text).toLocaleLowerCase(list);
}

function segments(object: InstanceType<Maker>, args: unknown[]): unknown {
  const list = object.segment?.(...args) as Iterable<{ segment: string; index: number; isWordLike?: boolean }>;
  return Array.from(list, ({ segment, index, isWordLike }) => ({ segment, index, isWordLike }));
}

const decoders: TextDecoder[] = [];

/** `fatal` as a digit, then the encoding's name. Answers the decoder's number. */
export function decoder(request: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const text = new TextDecoder().decode(request);
  try {
    decoders.push(new TextDecoder(text.slice(1), { fatal: text.startsWith("1"), ignoreBOM: true }));
  } catch {
    return undefined;
  }
  return new Uint8Array(new Uint32Array([decoders.length - 1]).buffer);
}

/** A decoder's number, whether more comes, and bytes. Answers the text in UTF-8; undefined where the bytes are none. */
export function decode(request: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const number = new DataView(request.buffer).getUint32(0, true);
  try {
    return new TextEncoder().encode(decoders[number]?.decode(request.subarray(5), { stream: request[4] === 1 }));
  } catch {
    return undefined;
  }
}

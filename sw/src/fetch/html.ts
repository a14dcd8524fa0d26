// Puts the preview script into a document as it streams by: first in its head, before anything of the guest's can run.
//
// Only as much is held back as the tag needs that is being read. Everything here is ASCII, so it works on the bytes of every encoding but UTF-16 and UTF-32,
// whose documents pass as they are.

/** Longer than this, a tag or doctype is not waited for. */
const MOST = 64 << 10;

/** Finds the place where the head begins. */
export class HeadFinder {
  #held: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #found = false;
  #started = false;

  /** `insert` gives what is to be put in, knowing the bytes that come after it as far as they are there. */
  constructor(private readonly insert: (after: Uint8Array) => Uint8Array<ArrayBuffer>) {}

  /** The next pieces of the document. */
  feed(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
    if (this.#found) return [chunk];
    const bytes = joined(this.#held, chunk);
    if (!this.#started) {
      if (bytes.length < 3 && !this.#whole) return this.#hold(bytes, 0);
      this.#started = true;
      if ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe)) {
        this.#found = true;
        return [bytes];
      }
    }
    const { at, found } = scan(bytes);
    if (!found && !this.#whole && bytes.length - at <= MOST) return this.#hold(bytes, at);
    this.#found = true;
    const rest = bytes.subarray(at);
    return [bytes.subarray(0, at), this.insert(rest), rest].filter((piece) => piece.length > 0);
  }

  /** The document is over. */
  end(): Uint8Array<ArrayBuffer>[] {
    this.#whole = true;
    return this.feed(new Uint8Array(0)).filter((piece) => piece.length > 0);
  }

  #whole = false;

  #hold(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer>[] {
    this.#held = bytes.slice(at);
    return at === 0 ? [] : [bytes.subarray(0, at)];
  }
}

/** As a stage of a stream. */
export function inject(insert: (after: Uint8Array) => Uint8Array<ArrayBuffer>): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const finder = new HeadFinder(insert);
  return new TransformStream({
    transform: (chunk, out) => finder.feed(chunk).forEach((piece) => out.enqueue(piece)),
    flush: (out) => finder.end().forEach((piece) => out.enqueue(piece)),
  });
}

/** How far the document is certain not to hold the place (`at` is always between two tokens), and whether it is there. */
function scan(bytes: Uint8Array): { at: number; found: boolean } {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (;;) {
    while (at < bytes.length && isSpace(bytes[at])) at++;
    if (at >= bytes.length) return { at, found: false };
    if (bytes[at] !== LESS) return { at, found: true };
    const kind = token(bytes, at);
    if (kind === "partial") return { at, found: false };
    if (kind === "content") return { at, found: true };
    const end = kind === "comment" ? commentEnd(bytes, at) : tagEnd(bytes, at);
    if (end === undefined) return { at, found: false };
    at = end;
    if (kind === "head") return { at, found: true };
  }
}

/** What begins at a `<`: `content` is anything that makes the parser think up a head of its own. */
function token(bytes: Uint8Array, at: number): "partial" | "comment" | "skip" | "head" | "content" {
  const text = ascii(bytes.subarray(at, at + 9)).toLowerCase();
  if (text.startsWith("<!--")) return "comment";
  if ("<!--".startsWith(text)) return "partial";
  // A doctype, or what the parser takes for a comment.
  if (text.startsWith("<!") || text.startsWith("<?")) return "skip";
  for (const [name, kind] of [["<html", "skip"], ["<head", "head"]] as const) {
    if (name.startsWith(text)) return "partial";
    if (!text.startsWith(name)) continue;
    if (text.length === name.length) return "partial";
    if (/^[\s/>]$/.test(text.charAt(name.length))) return kind;
  }
  return "content";
}

/** After `-->` or `--!>`; `<!-->` and `<!--->` are whole comments. */
function commentEnd(bytes: Uint8Array, at: number): number | undefined {
  for (let index = at + 4; index < bytes.length; index++) {
    if (bytes[index] !== GREATER) continue;
    const bang = bytes[index - 1] === BANG && index >= at + 7 ? 1 : 0;
    if (bytes[index - bang - 1] === DASH && bytes[index - bang - 2] === DASH) return index + 1;
  }
  return undefined;
}

/** After the `>` that is not inside a quoted value. Quotes of a doctype count as well: its identifiers hold no `>`. */
function tagEnd(bytes: Uint8Array, at: number): number | undefined {
  let quote = 0;
  for (let index = at + 1; index < bytes.length; index++) {
    const byte = bytes[index];
    if (quote !== 0) quote = byte === quote ? 0 : quote;
    else if (byte === GREATER) return index + 1;
    else if ((byte === 0x22 || byte === 0x27) && (bytes[index - 1] === EQUALS || isSpace(bytes[index - 1]))) quote = byte;
  }
  return undefined;
}

/** What `<meta charset>` says near the start of a document. The script comes before it and would push it out of the browser's sight. */
export function declaredCharset(after: Uint8Array): string | undefined {
  return /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(ascii(after.subarray(0, 1024)))?.[1];
}

const LESS = 0x3c;
const GREATER = 0x3e;
const EQUALS = 0x3d;
const DASH = 0x2d;
const BANG = 0x21;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x09 || byte === 0x0d || byte === 0x0c;

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 65_000));

function joined(first: Uint8Array<ArrayBuffer>, second: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

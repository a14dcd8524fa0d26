// Unpacking deflate (RFC 1951), strictly: whoever calls learns where the packed data ends, and nothing longer than expected is ever held in memory. Libraries
// and the browser's own decompressor tell neither.

/** How far back a copy may reach. */
const WINDOW = 32 << 10;
/** The longest copy: room for one more is always left. */
const COPY = 258;
/** Bytes handed over at a time. */
const PIECE = 256 << 10;

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** The order in which a block tells the lengths of its lengths' codes. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** The packed data is not what it should be; the message says how. */
export class Deflated extends Error {}

/** Unpacks what begins at `at`, in pieces that are the caller's to keep. Returns where the packed data ends. Throws {@link Deflated}. */
export function* inflate(input: Uint8Array, at: number, end = input.length): Generator<Uint8Array<ArrayBuffer>, number> {
  const from = new Inflater(input, at, end, new Uint8Array(WINDOW + PIECE + COPY));
  for (;;) {
    const kept = from.filled;
    const more = from.step();
    if (from.filled > kept) yield from.out.slice(kept, from.filled);
    if (!more) return from.position();
    from.slide();
  }
}

/** Unpacks what is between `at` and `end` and must have exactly `size` bytes. Throws {@link Deflated}. */
export function inflateWhole(input: Uint8Array, at: number, end: number, size: number): Uint8Array<ArrayBuffer> {
  const from = new Inflater(input, at, end, new Uint8Array(size + COPY));
  if (from.step() || from.filled > size) throw new Deflated(`it has more than the ${size} bytes that it should have`);
  if (from.filled < size) throw new Deflated(`it has ${from.filled} bytes instead of ${size}`);
  if (from.position() !== end) throw new Deflated(`${end - from.position()} bytes follow its end`);
  return from.out.subarray(0, size);
}

/** Codes of up to 15 bits: a table for the short ones, the canonical order for the others. */
class Code {
  readonly short = new Uint16Array(1 << SHORT);
  readonly count = new Uint16Array(16);
  readonly symbols: Uint16Array;
  readonly #next = new Uint16Array(16);

  constructor(most: number) {
    this.symbols = new Uint16Array(most);
  }

  /** Takes the lengths of the symbols' codes; 0 is a symbol that does not occur. */
  set(lengths: Uint8Array, what: string, mayBeSingle: boolean): this {
    const { short, count, symbols } = this;
    const next = this.#next;
    count.fill(0);
    for (const length of lengths) count[length] = (count[length] as number) + 1;
    count[0] = 0;
    let left = 1;
    let most = 0;
    for (let length = 1; length < 16; length += 1) {
      left = left * 2 - (count[length] as number);
      if (left < 0) throw new Deflated(`its ${what} codes are more than fit`);
      if (count[length] !== 0) most = length;
    }
    // One code of one bit leaves the other unused, and no code at all is what a block without copies has.
    if (left > 0 && !(mayBeSingle && most <= 1)) throw new Deflated(`its ${what} codes are incomplete`);
    next[1] = 0;
    for (let length = 1; length < 15; length += 1) next[length + 1] = (next[length] as number) + (count[length] as number);
    for (const [symbol, length] of lengths.entries()) {
      if (length === 0) continue;
      symbols[next[length] as number] = symbol;
      next[length] = (next[length] as number) + 1;
    }
    short.fill(0);
    let code = 0;
    let at = 0;
    for (let length = 1; length <= SHORT; length += 1) {
      for (const until = at + (count[length] as number); at < until; at += 1, code += 1) {
        const entry = ((symbols[at] as number) << 4) | length;
        for (let place = reversed(code, length); place < short.length; place += 1 << length) short[place] = entry;
      }
      code <<= 1;
    }
    return this;
  }
}

/** Bits that one look-up decides. */
const SHORT = 10;

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit += 1) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

const FIXED_LENGTHS = Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
const FIXED_LITERALS = new Code(288).set(FIXED_LENGTHS, "fixed", false);
const FIXED_DISTANCES = new Code(32).set(new Uint8Array(32).fill(5), "fixed", false);

const HEADER = 0;
const STORED = 1;
const CODED = 2;

class Inflater {
  filled = 0;
  /** Bytes that copies can reach, those before a slide among them. */
  #reach = 0;
  #at: number;
  #bits = 0;
  #count = 0;
  #state = HEADER;
  #last = false;
  /** What is left of a stored block. */
  #stored = 0;
  #literals = FIXED_LITERALS;
  #distances = FIXED_DISTANCES;
  #ownLiterals: Code | undefined;
  #ownDistances: Code | undefined;
  #lengths: Code | undefined;

  constructor(
    readonly input: Uint8Array,
    at: number,
    readonly end: number,
    readonly out: Uint8Array<ArrayBuffer>,
  ) {
    this.#at = at;
  }

  /** Where the bytes begin that were not used. */
  position(): number {
    return this.#at - (this.#count >> 3);
  }

  /** Makes room, and keeps what copies may reach. */
  slide(): void {
    const keep = Math.min(this.filled, WINDOW);
    this.out.copyWithin(0, this.filled - keep, this.filled);
    this.filled = keep;
  }

  /** Unpacks until the end or until the room for one more copy is gone. `false`: this was the end. */
  step(): boolean {
    for (;;) {
      if (this.#state === HEADER) {
        if (this.#last) {
          if (this.position() > this.end) throw cut();
          return false;
        }
        this.#header();
      }
      const full = this.#state === STORED ? this.#copyStored() : this.#decode();
      if (full) return true;
    }
  }

  #header(): void {
    this.#last = this.#take(1) === 1;
    switch (this.#take(2)) {
      case 0: {
        this.#take(this.#count & 7);
        const length = this.#take(16);
        if ((length ^ this.#take(16)) !== 0xffff) throw new Deflated("a stored block's length is wrong");
        this.#stored = length;
        this.#at = this.position();
        this.#bits = 0;
        this.#count = 0;
        this.#state = STORED;
        return;
      }
      case 1:
        this.#literals = FIXED_LITERALS;
        this.#distances = FIXED_DISTANCES;
        break;
      case 2:
        this.#codes();
        break;
      default:
        throw new Deflated("a block is of no known kind");
    }
    this.#state = CODED;
  }

  #codes(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    if (literals > 286 || distances > 30) throw new Deflated("a block has too many codes");
    const told = this.#take(4) + 4;
    const ofLengths = new Uint8Array(19);
    for (let at = 0; at < told; at += 1) ofLengths[ORDER[at] as number] = this.#take(3);
    const lengths = (this.#lengths ??= new Code(19)).set(ofLengths, "length", false);
    const all = new Uint8Array(literals + distances);
    for (let at = 0; at < all.length; ) {
      const symbol = this.#symbol(lengths);
      if (symbol < 16) {
        all[at] = symbol;
        at += 1;
        continue;
      }
      if (symbol === 16 && at === 0) throw new Deflated("a length is repeated before there is one");
      const value = symbol === 16 ? (all[at - 1] as number) : 0;
      const times = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (at + times > all.length) throw new Deflated("a length is repeated too often");
      all.fill(value, at, at + times);
      at += times;
    }
    if (all[256] === 0) throw new Deflated("a block has no code for its end");
    this.#literals = (this.#ownLiterals ??= new Code(288)).set(all.subarray(0, literals), "literal", true);
    this.#distances = (this.#ownDistances ??= new Code(32)).set(all.subarray(literals), "distance", true);
  }

  #copyStored(): boolean {
    const room = this.out.length - COPY + 1 - this.filled;
    const count = Math.min(this.#stored, Math.max(0, room));
    if (this.#at + count > this.end) throw cut();
    this.out.set(this.input.subarray(this.#at, this.#at + count), this.filled);
    this.#at += count;
    this.filled += count;
    this.#reach = Math.min(WINDOW, this.#reach + count);
    this.#stored -= count;
    if (this.#stored > 0) return true;
    this.#state = HEADER;
    return false;
  }

  /** Decodes a block until its end (`false`) or until there is no room for a copy. */
  #decode(): boolean {
    const { input, end, out } = this;
    const literals = this.#literals;
    const distances = this.#distances;
    const mask = (1 << SHORT) - 1;
    const limit = out.length - COPY;
    const began = this.filled;
    let filled = began;
    let at = this.#at;
    let bits = this.#bits;
    let count = this.#count;
    let full = true;
    while (filled <= limit) {
      // What lies behind the end reads as zeros; that it was used is found out here and at the end of the stream.
      for (; count <= 24; at += 1, count += 8) if (at < end) bits |= (input[at] as number) << count;
      if (at - (count >> 3) > end) throw cut();
      let entry = literals.short[bits & mask] as number;
      if (entry === 0) entry = long(literals, bits);
      bits >>>= entry & 15;
      count -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256) {
        out[filled] = symbol;
        filled += 1;
        continue;
      }
      if (symbol === 256) {
        full = false;
        break;
      }
      const extra = LENGTH_EXTRA[symbol - 257];
      if (extra === undefined) throw new Deflated("a copy's length is of no known kind");
      const length = (LENGTH_BASE[symbol - 257] as number) + (bits & ((1 << extra) - 1));
      bits >>>= extra;
      count -= extra;
      for (; count <= 24; at += 1, count += 8) if (at < end) bits |= (input[at] as number) << count;
      entry = distances.short[bits & mask] as number;
      if (entry === 0) entry = long(distances, bits);
      bits >>>= entry & 15;
      count -= entry & 15;
      const far = DISTANCE_EXTRA[entry >> 4];
      if (far === undefined) throw new Deflated("a copy's distance is of no known kind");
      for (; count <= 24; at += 1, count += 8) if (at < end) bits |= (input[at] as number) << count;
      const distance = (DISTANCE_BASE[entry >> 4] as number) + (bits & ((1 << far) - 1));
      bits >>>= far;
      count -= far;
      if (distance > this.#reach + (filled - began)) throw new Deflated("a copy begins before the start");
      for (const until = filled + length; filled < until; filled += 1) out[filled] = out[filled - distance] as number;
    }
    this.filled = filled;
    this.#reach = Math.min(WINDOW, this.#reach + filled - began);
    this.#at = at;
    this.#bits = bits;
    this.#count = count;
    if (!full) this.#state = HEADER;
    return full;
  }

  #symbol(code: Code): number {
    this.#fill();
    let entry = code.short[this.#bits & ((1 << SHORT) - 1)] as number;
    if (entry === 0) entry = long(code, this.#bits);
    this.#bits >>>= entry & 15;
    this.#count -= entry & 15;
    return entry >> 4;
  }

  #take(bits: number): number {
    this.#fill();
    const value = this.#bits & ((1 << bits) - 1);
    this.#bits >>>= bits;
    this.#count -= bits;
    return value;
  }

  #fill(): void {
    for (; this.#count <= 24; this.#at += 1, this.#count += 8) if (this.#at < this.end) this.#bits |= (this.input[this.#at] as number) << this.#count;
    if (this.position() > this.end) throw cut();
  }
}

/** A code that is not in the table of short ones, as an entry of that table. */
function long(code: Code, bits: number): number {
  let value = 0;
  let first = 0;
  let index = 0;
  for (let length = 1; length < 16; length += 1) {
    value |= bits & 1;
    bits >>>= 1;
    const count = code.count[length] as number;
    if (value - first < count) return ((code.symbols[index + value - first] as number) << 4) | length;
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  throw new Deflated("a code stands for nothing");
}

const cut = (): Deflated => new Deflated("it ends too early");

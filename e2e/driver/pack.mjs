// The file that holds the library's modules as bytecode: written here, read by node-shims/src/pack.rs. All numbers are u32, little-endian; offsets count from the start
// of the file.
//
//   "PHL2" | length of the head | version | modules | names | modules × { id | names | body } | the names | the ids
//   where id, names and body are each { offset | length }
//
// That is the head, which a process reads at once. Then come the modules' own names, and last their bodies: each kind together, because like compresses well beside like.
//
// Bytecode begins with a version, a checksum and a table of the names (atoms) that it uses; the rest refers to those by their place in the table. A quarter of all the bytecode
// are such tables, and most of their entries are in several: those are in the pack once. Of a module's table the pack has `count | count × reference`, numbers in LEB128: reference 0
// is followed by an entry as the bytecode has it, n stands for the n-th of the pack's names. The checksum is not kept, the file's name has a better one.

const MAGIC = 0x324c_4850;
const HEAD = 20;
const ROW = 24;

// A module without names and body is known by its id and lies in another pack.

/**
 * @param {Map<string, Uint8Array>} modules bytecode by id
 * @param {string[]} elsewhere ids of modules in another pack
 */
export function encodePack(modules, elsewhere = []) {
  const here = [...modules].map(([id, bytes]) => ({ name: id, id: new TextEncoder().encode(id), ...takeApart(id, bytes) }));
  const version = here[0]?.version ?? 0;
  if (here.some((module) => module.version !== version)) throw new Error('the modules were compiled by different engines');
  const none = new Uint8Array();
  const there = elsewhere.map((id) => ({ name: id, id: new TextEncoder().encode(id), names: none, body: none }));
  const sorted = [...here, ...there].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = sharedNames(here.map((module) => module.entries));
  const numbers = new Map(names.map((entry, index) => [entry, index + 1]));
  for (const module of here) {
    const references = module.entries.map((entry) => (numbers.has(entry) ? leb128(numbers.get(entry)) : [0, ...bytesOf(entry)]));
    module.names = Uint8Array.from([leb128(module.entries.length), ...references].flat());
  }

  const sum = (list) => list.reduce((total, { length }) => total + length, 0);
  const ids = HEAD + sorted.length * ROW + sum(names);
  const head = ids + sum(sorted.map(({ id }) => id));
  const size = sorted.reduce((total, { names, body }) => total + names.length + body.length, head);
  const pack = new Uint8Array(size);
  const view = new DataView(pack.buffer);
  [MAGIC, head, version, sorted.length, names.length].forEach((number, index) => view.setUint32(index * 4, number, true));
  pack.set(bytesOf(names.join('')), HEAD + sorted.length * ROW);
  let at = ids;
  ['id', 'names', 'body'].forEach((part, place) => {
    const field = place * 8;
    sorted.forEach((module, index) => {
      const bytes = module[part];
      view.setUint32(HEAD + index * ROW + field, at, true);
      view.setUint32(HEAD + index * ROW + field + 4, bytes.length, true);
      pack.set(bytes, at);
      at += bytes.length;
    });
  });
  return pack;
}

/** Entries that more than one table has, the most frequent first. */
function sharedNames(tables) {
  const counts = new Map();
  for (const table of tables) for (const entry of table) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  const shared = [...counts].filter(([, count]) => count > 1);
  return shared.sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1)).map(([entry]) => entry);
}

/** Bytecode's version, its table's entries, each a string with a character for a byte, and what follows. */
function takeApart(id, bytes) {
  const table = new Table(bytes, 5);
  const entries = Array.from({ length: table.number() }, () => table.entry());
  if (table.at > bytes.length) throw new Error(`${id}: its table of names goes beyond its end`);
  return { version: bytes[0], entries, body: bytes.subarray(table.at) };
}

/** Reads QuickJS's table of atoms, as `JS_WriteObjectAtoms` writes it. */
class Table {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value |= (byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value;
    }
  }

  /** A name that the engine knows by a number of its own, or a string: its kind, its length (shifted, the lowest bit: two bytes a character) and its characters. */
  entry() {
    const start = this.at;
    const kind = this.bytes[this.at++];
    if (kind & 0x80) {
      if (kind & 0x40) this.number();
    } else {
      const length = this.number();
      this.at += (length >> 1) << (length & 1);
    }
    return Buffer.from(this.bytes.subarray(start, this.at)).toString('latin1');
  }
}

const bytesOf = (text) => Buffer.from(text, 'latin1');

function leb128(number) {
  const bytes = [];
  for (; number > 0x7f; number >>>= 7) bytes.push((number & 0x7f) | 0x80);
  return [...bytes, number];
}

/** The modules of a pack, by id: their bytecode, with the checksum that says that there is none. */
export function decodePack(pack) {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  const number = (at) => view.getUint32(at, true);
  if (number(0) !== MAGIC) throw new Error('this is no library pack');
  const part = (at) => pack.subarray(number(at), number(at) + number(at + 4));
  const shared = new Table(pack, HEAD + number(12) * ROW);
  const names = Array.from({ length: number(16) }, () => shared.entry());
  const modules = new Map();
  for (let row = HEAD; row < HEAD + number(12) * ROW; row += ROW) {
    if (number(row + 20) === 0) continue;
    const table = new Table(part(row + 8), 0);
    const entries = Array.from({ length: table.number() }, () => {
      const reference = table.number();
      return reference === 0 ? table.entry() : names[reference - 1];
    });
    const start = [number(8), 0xff, 0xff, 0xff, 0xff, ...leb128(entries.length)];
    modules.set(new TextDecoder().decode(part(row)), Buffer.concat([Buffer.from(start), bytesOf(entries.join('')), part(row + 16)]));
  }
  return modules;
}

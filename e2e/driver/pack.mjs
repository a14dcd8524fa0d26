// The file that holds the library's modules as bytecode. All numbers are u32, little-endian; offsets count from the start of the file.
//
//   "PHL1" | count | count × { offset | length | length of the id | id } | bytes of the modules
//
// Ids are sorted, so the same library gives the same file.

const magic = 0x314c_4850;

/** @param {Map<string, Uint8Array>} modules by id */
export function encodePack(modules) {
  const encoder = new TextEncoder();
  const entries = [...modules].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, bytes]) => ({ id: encoder.encode(id), bytes }));
  let at = entries.reduce((size, { id }) => size + 12 + id.length, 8);
  const pack = new Uint8Array(entries.reduce((size, { bytes }) => size + bytes.length, at));
  const view = new DataView(pack.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, entries.length, true);
  let head = 8;
  for (const { id, bytes } of entries) {
    view.setUint32(head, at, true);
    view.setUint32(head + 4, bytes.length, true);
    view.setUint32(head + 8, id.length, true);
    pack.set(id, head + 12);
    pack.set(bytes, at);
    head += 12 + id.length;
    at += bytes.length;
  }
  return pack;
}

/** The modules of a pack, by id. */
export function decodePack(pack) {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  if (view.getUint32(0, true) !== magic) throw new Error('this is no library pack');
  const decoder = new TextDecoder();
  const modules = new Map();
  let head = 8;
  for (let left = view.getUint32(4, true); left > 0; left -= 1) {
    const [offset, length, idLength] = [0, 4, 8].map((field) => view.getUint32(head + field, true));
    const id = decoder.decode(pack.subarray(head + 12, head + 12 + idLength));
    modules.set(id, pack.subarray(offset, offset + length));
    head += 12 + idLength;
  }
  return modules;
}

// A folder of the host as one tar archive (POSIX ustar, pax records for what does not fit), and back. Links stay links, modes are kept.
import { chmod, link, lstat, mkdir, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

const block = 512;

/** @returns {Promise<Uint8Array>} the archive of everything below `directory`, names relative to it; of that for which `keep(name)` is false, nothing. */
export async function pack(directory, keep = () => true) {
  const parts = [];
  await packInto(parts, directory, '', keep);
  parts.push(Buffer.alloc(2 * block));
  return Buffer.concat(parts);
}

async function packInto(parts, directory, prefix, keep) {
  const names = (await readdir(directory)).sort();
  for (const name of names) {
    if (!keep(prefix + name)) continue;
    const file = path.join(directory, name);
    const info = await lstat(file);
    const entry = { name: prefix + name, mode: info.mode & 0o7777, mtime: Math.max(0, Math.floor(info.mtimeMs / 1000)) };
    if (info.isSymbolicLink()) {
      add(parts, { ...entry, type: '2', link: await readlink(file) });
    } else if (info.isDirectory()) {
      add(parts, { ...entry, name: `${entry.name}/`, type: '5' });
      await packInto(parts, file, `${entry.name}/`, keep);
    } else if (info.isFile()) {
      add(parts, { ...entry, type: '0' }, await readFile(file));
    }
    // Sockets, pipes and devices have no place in an archive of files.
  }
}

/** Puts what an archive of the container's holds into a folder, over what is there. */
export async function unpack(archive, directory) {
  let said = {};
  for (let at = 0; archive[at] !== 0 && at + block <= archive.length; ) {
    const head = archive.subarray(at, at + block);
    const text = (start, length) => head.subarray(start, start + length).toString().replace(/\0.*$/s, '');
    const type = text(156, 1);
    const size = Number(type === 'x' ? parseInt(text(124, 12), 8) : (said.size ?? parseInt(text(124, 12), 8)));
    const body = archive.subarray(at + block, at + block + size);
    if (body.length < size) throw new Error(`the archive ends in the middle of ${text(0, 100)}`);
    at += block + size + padding(size).length;
    if (type === 'x') {
      said = readRecords(body);
      continue;
    }
    const prefix = text(345, 155);
    const inside = (name) => {
      const target = path.join(directory, name);
      if (!`${target}${path.sep}`.startsWith(path.join(directory, path.sep))) throw new Error(`a name leads outside the folder: ${name}`);
      return target;
    };
    const target = inside(said.path ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`));
    const linked = said.linkpath ?? text(157, 100);
    const mode = parseInt(text(100, 8), 8);
    said = {};
    if (type === '5') {
      await mkdir(target, { recursive: true });
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await rm(target, { force: true });
    if (type === '2') await symlink(linked, target);
    else if (type === '1') await link(inside(linked), target);
    else await writeFile(target, body).then(() => chmod(target, mode));
  }
}

function readRecords(body) {
  const said = {};
  for (let at = 0; at < body.length; ) {
    const end = at + parseInt(body.subarray(at, at + 12).toString(), 10);
    const [, key, value] = /^\d+ ([^=]*)=(.*)\n$/s.exec(body.subarray(at, end).toString());
    said[key] = value;
    at = end;
  }
  return said;
}

function add(parts, entry, body = Buffer.alloc(0)) {
  const name = Buffer.from(entry.name);
  const link = Buffer.from(entry.link ?? '');
  const split = splitName(name);
  const records = [];
  if (!split) records.push(paxRecord('path', entry.name));
  if (link.length > 100) records.push(paxRecord('linkpath', entry.link));
  if (records.length > 0) {
    const extended = Buffer.concat(records);
    parts.push(header({ type: 'x', mode: 0o644, mtime: entry.mtime, size: extended.length, name: Buffer.from('pax'), prefix: Buffer.alloc(0), link: Buffer.alloc(0) }));
    parts.push(extended, padding(extended.length));
  }
  const [prefix, short] = split ?? [Buffer.alloc(0), name.subarray(0, 100)];
  parts.push(header({ ...entry, name: short, prefix, link: link.subarray(0, 100), size: body.length }), body, padding(body.length));
}

/** `[prefix, name]` as ustar wants them (155 and 100 bytes, split at a slash), or nothing if they do not fit. */
function splitName(name) {
  if (name.length <= 100) return [Buffer.alloc(0), name];
  for (let at = name.indexOf('/'); at >= 0 && at <= 155; at = name.indexOf('/', at + 1)) {
    const rest = name.subarray(at + 1);
    if (rest.length > 0 && rest.length <= 100) return [name.subarray(0, at), rest];
  }
  return undefined;
}

/** `length key=value\n`, where the length counts itself. */
function paxRecord(key, value) {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function header({ name, prefix, link, mode, mtime, size, type }) {
  const bytes = Buffer.alloc(block);
  const octal = (value, at, width) => bytes.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  name.copy(bytes, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(mtime, 136, 12);
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156, 'latin1');
  link.copy(bytes, 157);
  bytes.write('ustar\x0000', 257, 'latin1');
  prefix.copy(bytes, 345);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

function padding(size) {
  return Buffer.alloc((block - (size % block)) % block);
}

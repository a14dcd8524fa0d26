import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

/** 16 hex digits of the parts' SHA-256. */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}

/** Writes `name.<hash>.ext`: what may be cached for ever. Returns its entry of the manifest. */
export async function hashed(directory, name, extension, bytes) {
  const file = `${name}.${hashOf(bytes)}.${extension}`;
  await writeFile(path.join(directory, file), bytes);
  return { file, bytes: bytes.length };
}

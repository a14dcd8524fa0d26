// Reads a tree of the guest through the public file API and hands it over entry by entry.
import type { Container } from 'porthole';

export type Take = (head: { path: string; kind: 'directory' | 'file' | 'link'; mode: number }, bytes?: Uint8Array) => void;

/** `path` in what `take` gets is relative to `root`; the root itself is ''. A file as root is its only entry. */
export async function sendTree(container: Container, root: string, take: Take, relative = ''): Promise<void> {
  const path = relative === '' ? root : `${root.replace(/\/$/, '')}/${relative}`;
  const info = await container.fs.lstat(path);
  const mode = info.mode & 0o7777;
  if (info.isSymbolicLink()) {
    take({ path: relative, kind: 'link', mode }, new TextEncoder().encode(await container.fs.readlink(path)));
  } else if (info.isDirectory()) {
    take({ path: relative, kind: 'directory', mode });
    for (const name of await container.fs.readdir(path)) await sendTree(container, root, take, relative === '' ? name : `${relative}/${name}`);
  } else {
    take({ path: relative, kind: 'file', mode }, await container.fs.readFile(path));
  }
}

// Reads a tree of the guest through the public file API and hands it over: a directory as pieces of a tar archive, a file or a link as itself.
import type { Container } from 'porthole';

export type Take = (head: { kind: 'tar' } | { kind: 'file' | 'link'; mode: number }, bytes: Uint8Array) => void;

export async function sendTree(container: Container, root: string, take: Take): Promise<void> {
  const info = await container.fs.lstat(root);
  const mode = info.mode & 0o7777;
  if (info.isSymbolicLink()) take({ kind: 'link', mode }, new TextEncoder().encode(await container.fs.readlink(root)));
  else if (!info.isDirectory()) take({ kind: 'file', mode }, await container.fs.readFile(root));
  else for await (const piece of container.exportStream(root, { format: 'tar' })) take({ kind: 'tar' }, piece);
}

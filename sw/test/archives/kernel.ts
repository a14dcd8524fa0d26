// The real kernel, natively, with the client's own link to it.
import { spawn, spawnSync } from "node:child_process";
import { bytes } from "../../src/generated/abi.ts";
import { Link } from "../../src/client/link.ts";
import { mount, type Mountable, type MountOptions } from "../../src/client/mount.ts";
import { exportBytes, type ExportOptions, exportTree, type ArchiveFormat } from "../../src/client/export.ts";
import type { FileSystemTree } from "../../src/client/tree.ts";
import { FileSystem } from "../../src/client/fs.ts";
import { Watches } from "../../src/client/watches.ts";

let executable: string | undefined;

/** Builds it if need be, and answers where it is. */
function kernel(): string {
  if (executable !== undefined) return executable;
  const built = spawnSync("cargo", ["build", "--quiet", "--package", "porthole-kernel", "--example", "stdio", "--message-format", "json"], { cwd: HERE, encoding: "utf8", maxBuffer: 1 << 26 });
  if (built.status !== 0) throw new Error(`the kernel was not built:\n${built.stderr}`);
  for (const line of built.stdout.split("\n")) if (line.includes('"name":"stdio"')) executable = (JSON.parse(line) as { executable: string | null }).executable ?? executable;
  if (executable === undefined) throw new Error("cargo did not say where the kernel is");
  return executable;
}

declare const HERE: string;

/** A container without a browser: files alone. */
export class Box {
  readonly link = new Link(() => undefined);
  readonly fs = new FileSystem(this.link, new Watches(this.link), "/home/user");
  readonly #process = spawn(kernel(), { stdio: ["pipe", "pipe", "inherit"] });

  constructor() {
    let rest = Buffer.alloc(0);
    const port = {
      onmessage: undefined as ((event: { data: ArrayBuffer }) => void) | undefined,
      postMessage: (frame: ArrayBuffer) => void this.#process.stdin.write(Buffer.from(frame.slice(0))),
      close: () => undefined,
    };
    const parts: Buffer[] = [];
    let held = 0;
    this.#process.stdout.on("data", (data: Buffer) => {
      parts.push(data);
      held += data.length;
      if (rest.length + held < 4) return;
      rest = Buffer.concat([rest, ...parts.splice(0)]);
      held = 0;
      let at = 0;
      while (rest.length - at >= 4 && rest.length - at >= 4 + rest.readUInt32LE(at)) {
        const end = at + 4 + rest.readUInt32LE(at);
        port.onmessage?.({ data: new Uint8Array(rest.subarray(at, end)).buffer });
        at = end;
      }
      rest = rest.subarray(at);
    });
    this.link.attach(port as unknown as MessagePort);
  }

  mount(what: Mountable, path: string, options: MountOptions = {}): Promise<void> {
    return mount(this.link, path, what, options);
  }

  pack(path: string, format: ArchiveFormat, options: ExportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    return exportBytes(this.link, path, { ...options, format });
  }

  tree(path: string, options: ExportOptions = {}): Promise<FileSystemTree> {
    return exportTree(this.link, path, options);
  }

  async isThere(path: string): Promise<boolean> {
    return this.link.call("stat", { path: bytes(path), flags: 1 }).then(
      () => true,
      () => false,
    );
  }

  close(): void {
    this.#process.stdin.end();
  }
}

// All that a page may use.

export { Container, type BootOptions, type ContainerEvents, type ContainerStats, type ForkOptions, type TeardownOptions } from "./container.ts";
export type { Unsubscribe } from "./emitter.ts";
export { PortholeError, type PortholeErrorCode, SystemError } from "./errors.ts";
export type { ArchiveFormat, ExportOptions } from "./export.ts";
export { FileSystem, type Encoding, type ReadOptions, type Time, type WriteOptions } from "./fs.ts";
export type { CopyOptions } from "./copy.ts";
export type { MountLimits } from "./archive/gate.ts";
export type { Mountable, MountOptions } from "./mount.ts";
export { ContainerProcess, type Exited, type SpawnOptions, type TerminalSize } from "./process.ts";
export { Dirent, Stats } from "./stats.ts";
export type { DirectoryNode, FileNode, FileSystemTree, SymlinkNode, SymlinkTargetNode } from "./tree.ts";
export { FSWatcher, type WatchEvent, type WatchListener, type WatchOptions } from "./watch.ts";
export type { StorageKind, Transport } from "../messages.ts";

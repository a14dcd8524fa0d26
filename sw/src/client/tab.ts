// This page's side of its supervisor: one for each folder of scripts.

import { manifest } from "porthole:manifest";
import type { FromSupervisor, StorageKind, SupervisorStats, ToSupervisor, Transport, Wish } from "../messages.ts";
import { PortholeError } from "./errors.ts";
import { Former } from "./former.ts";
import { askToPersist } from "./persist.ts";
import { attach, checkPage, register } from "./register.ts";

/** What a container needs to hear. */
export interface Listener {
  port: (port: MessagePort) => void;
  fault: (message: string, fatal: boolean) => void;
}

const tabs = new Map<string, Tab>();

export class Tab {
  readonly #host = crypto.randomUUID();
  readonly #worker: Worker;
  #registration: Promise<ServiceWorkerRegistration>;
  readonly #listeners = new Map<string, Listener>();
  /** Messages for containers whose boot has not returned. */
  readonly #early = new Map<string, FromSupervisor[]>();
  readonly #answers = new Map<number, { resolve: (message: FromSupervisor) => void; reject: (error: Error) => void }>();
  readonly wanted = new Set<string>();
  readonly started: Promise<Transport>;
  #settle!: { resolve: (transport: Transport) => void; reject: (error: Error) => void };
  #next = 0;
  #failed: Error | undefined;

  /** The page's supervisor for a folder. The first to ask chooses the transport. */
  static of(base: URL, transport: Transport | undefined): Tab {
    let tab = tabs.get(base.href);
    if (tab === undefined || tab.#failed !== undefined) {
      checkPage(base);
      tab = new Tab(base, transport);
      tabs.set(base.href, tab);
    }
    return tab;
  }

  private constructor(
    readonly base: URL,
    transport: Transport | undefined,
  ) {
    this.started = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.started.catch(() => undefined);
    this.#registration = register(base);
    // Told by `#attach`, which is asked as soon as the supervisor runs; sooner here.
    this.#registration.catch((error: Error) => this.#fail(error));
    // The build in the address: an older script in the HTTP cache must not meet a newer page.
    const script = new URL(`supervisor.js?${manifest.build}`, base);
    this.#worker = new Worker(script, { name: "porthole supervisor" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromSupervisor>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      this.#fail(new PortholeError("ERR_SCRIPT", `${script.href} failed: ${event.message || "it could not be loaded; it must lie beside sw.js"}`));
    };
    this.#say({ type: "start", base: base.href, host: this.#host, transport });
  }

  /** A new container of this tab under `name`, or the next free name like it; with `fork`, under that name and with the files of that container of this tab. */
  async boot(name: string, wish: Wish, listener: (name: string, storage: StorageKind) => Listener, fork?: string): Promise<void> {
    await this.started;
    const seed = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
    const former = new Former(this.base, name);
    const message = await this.#ask((id) => ({ type: "boot", id, name, former: fork === undefined ? former.name : undefined, seed, wish, fork }));
    if (message.type !== "booted") throw new PortholeError("ERR_KERNEL", "the supervisor gave another answer");
    former.name = message.name;
    if (message.storage !== "memory") askToPersist();
    this.#listeners.set(message.name, listener(message.name, message.storage));
    for (const early of this.#early.get(message.name) ?? []) this.#hear(early);
    this.#early.delete(message.name);
  }

  /** Ends a container, and with `forget` deletes its files. Resolves when its name is free. */
  async drop(name: string, forget: boolean): Promise<void> {
    this.#listeners.delete(name);
    // A supervisor that has failed holds nothing.
    if (this.#failed === undefined) await this.#ask((id) => ({ type: "drop", id, name, forget }));
  }

  async stats(): Promise<SupervisorStats> {
    const message = await this.#ask((id) => ({ type: "stats", id }));
    if (message.type !== "stats") throw new PortholeError("ERR_KERNEL", "the supervisor gave another answer");
    return message.stats;
  }

  #ask(message: (id: number) => ToSupervisor): Promise<FromSupervisor> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      this.#answers.set(id, { resolve, reject });
      this.#say(message(id));
    });
  }

  #say(message: ToSupervisor): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromSupervisor): void {
    switch (message.type) {
      case "attach":
        return void this.#attach(message.port);
      case "started":
        return this.#settle.resolve(message.transport);
      case "booted":
      case "dropped":
      case "stats":
        this.#answers.get(message.id)?.resolve(message);
        this.#answers.delete(message.id);
        return;
      case "failed":
        this.#answers.get(message.id)?.reject(failure(message));
        this.#answers.delete(message.id);
        return;
      case "port":
        return this.#to(message.name, message, (listener) => listener.port(message.port));
      case "fault":
        if (message.name !== "") return this.#to(message.name, message, (listener) => listener.fault(message.message, message.fatal));
        return this.#fail(new PortholeError(message.message.includes("older version") ? "ERR_VERSION" : "ERR_KERNEL", message.message));
    }
  }

  async #attach(port: MessagePort): Promise<void> {
    try {
      // Gone when somebody has cleared the site's data, or unregistered it.
      if ((await this.#registration).active === null) this.#registration = register(this.base);
      attach(await this.#registration, this.#host, port);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new PortholeError("ERR_KERNEL", String(error)));
    }
  }

  #to(name: string, message: FromSupervisor, tell: (listener: Listener) => void): void {
    const listener = this.#listeners.get(name);
    if (listener !== undefined) tell(listener);
    else this.#early.set(name, [...(this.#early.get(name) ?? []), message]);
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.#settle.reject(error);
    for (const { reject } of this.#answers.values()) reject(error);
    this.#answers.clear();
    for (const listener of this.#listeners.values()) listener.fault(error.message, true);
    this.#worker.terminate();
  }
}

/** What the store says of damaged files, by the name of its error. */
const DAMAGED = new Set(["Corrupt", "BadSnapshot", "NoHead", "Version", "Inconsistent"]);

function failure({ name, message }: FromSupervisor & { type: "failed" }): PortholeError {
  if (name === "Exists") return new PortholeError("ERR_FILES_EXIST", message);
  if (name === "InUse") return new PortholeError("ERR_FILES_IN_USE", message);
  if (!DAMAGED.has(name)) return new PortholeError("ERR_KERNEL", message);
  const remedy = name === "Corrupt" ? "boot with `salvage: true` to go on without it and what came after it, or " : "";
  return new PortholeError("ERR_FILES_DAMAGED", `the container's files cannot be opened: ${message}; ${remedy}forget the files with \`Container.forget\` to begin anew`);
}

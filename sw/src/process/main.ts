// A process worker: one instance of the image, run once. It is started warm, before there is a process for it.

import type { FromProcess, ToProcess } from "../messages.ts";
import { type Exports, imports, type Jspi } from "./imports.ts";
import { Jspi as JspiTransport } from "./jspi.ts";
import type { Transport } from "./transport.ts";
import { Ended, Xhr } from "./xhr.ts";

declare const self: DedicatedWorkerGlobalScope;

interface Image {
  memory: WebAssembly.Memory;
  /** Runs the process to its exit code, which it tells the kernel itself. */
  main: () => number | Promise<number>;
  suspends: boolean;
}

const say = (message: FromProcess) => self.postMessage(message);

let warm: Promise<Image> | undefined;
let ready!: (image: Promise<Image>) => void;
const image = new Promise<Image>((resolve) => (ready = resolve));
let transport: Transport | undefined;
/** A newer port than the one that `run` was given: the kernel died while the image was being made. */
let newer: MessagePort | undefined;
/** Size of the wasm memory as it was told last. It only grows, so it is told when it has grown. */
let measured = 0;
let measure: () => void = () => undefined;

self.onmessage = ({ data }: MessageEvent<ToProcess>) => {
  switch (data.type) {
    case "warm":
      warm ??= instantiate(data);
      // A failure is told by `run`: a warm worker that nobody uses may fail in silence.
      image.catch(() => undefined);
      return ready(warm);
    case "run":
      return void run(data).catch((error: unknown) => {
        // Wanted by nobody any more: the supervisor ends this worker.
        if (!(error instanceof Ended)) say({ type: "lost", reason: describe(error) });
      });
    case "port":
      if (transport instanceof JspiTransport) transport.attach(data.port);
      else newer = data.port;
  }
};
say({ type: "alive" });

async function instantiate({ module, library, transport: kind }: ToProcess & { type: "warm" }): Promise<Image> {
  const suspends = kind === "jspi";
  const porthole = imports(speak, library, () => exported, suspends);
  const exported = (await WebAssembly.instantiate(module, { porthole })).exports as Exports;
  const memory = exported.memory instanceof WebAssembly.Memory ? exported.memory : missing("a memory");
  const main = typeof exported.main === "function" ? (exported.main as () => number) : missing("main");
  return { memory, main: suspends ? (WebAssembly as unknown as Jspi).promising(main) : main, suspends };
}

async function run({ container, pid, token, port, endpoints }: ToProcess & { type: "run" }): Promise<void> {
  const { memory, main, suspends } = await image;
  if (suspends) transport = new JspiTransport(newer ?? port);
  else transport = new Xhr(endpoints, `${encodeURIComponent(container)}/${pid}/${token}`);
  measure = () => {
    const bytes = memory.buffer.byteLength;
    if (bytes === measured) return;
    measured = bytes;
    say({ type: "memory", bytes });
  };
  await main();
  throw new Error("its program returned without telling the kernel its exit code");
}

function speak(): Transport {
  if (transport === undefined) throw new Error("the image called the kernel before it was run");
  measure();
  return transport;
}

function missing(what: string): never {
  throw new Error(`the process image exports no ${what}`);
}

function describe(error: unknown): string {
  if (error instanceof WebAssembly.RuntimeError) console.error("porthole process:", error);
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

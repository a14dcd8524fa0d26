// `<script src="porthole.js" data-mount="app.zip" data-run="node server.js" data-preview="#frame"></script>`

import { Container, type BootOptions, type ContainerProcess, PortholeError } from "../client/index.ts";
import { words } from "./words.ts";

/**
 * Does what a script element's attributes ask for:
 * `data-mount` (address of a zip, tar or tar.gz), `data-path` (where it goes), `data-run` (a command line), `data-preview` (selector of an iframe that shows the
 * first port that opens), `data-output` (selector of an element that gets the program's output as text), `data-name`, `data-transport`, `data-storage`.
 * The element hears `porthole:ready` (detail: container, process) and `porthole:error` (detail: the error).
 */
export async function run(script: HTMLScriptElement): Promise<void> {
  const { mount, path, run: line, preview, output, name, transport, storage } = script.dataset;
  const tell = (type: string, detail: unknown) => script.dispatchEvent(new CustomEvent(type, { bubbles: true, detail }));
  const shown = output === undefined ? undefined : find(output);
  try {
    const container = await Container.boot({ name, transport, storage } as BootOptions);
    container.on("error", (error) => tell("porthole:error", new PortholeError("ERR_KERNEL", error.message)));
    if (preview !== undefined) {
      const frame = find(preview);
      if (!(frame instanceof HTMLIFrameElement)) throw new PortholeError("ERR_INVALID_ARG", `data-preview="${preview}" is not an iframe`);
      const off = container.on("server-ready", (_port, url) => {
        off();
        frame.src = url;
      });
    }
    if (mount !== undefined) await container.mount(await fetch(new URL(mount, document.baseURI)), { path: path ?? "." });
    let process: ContainerProcess | undefined;
    if (line !== undefined) {
      const [command = "", ...args] = words(line);
      process = await container.spawn(command, args, { cwd: path ?? "." });
      void process.output.pipeTo(new WritableStream({ write: (text) => show(shown, text) }));
    }
    tell("porthole:ready", { container, process });
  } catch (error) {
    console.error("porthole:", error);
    if (shown !== undefined) show(shown, `${error instanceof Error ? error.message : String(error)}\n`);
    tell("porthole:error", error);
  }
}

function find(selector: string): Element {
  const element = document.querySelector(selector);
  if (element === null) throw new PortholeError("ERR_INVALID_ARG", `nothing on this page matches ${JSON.stringify(selector)}`);
  return element;
}

function show(element: Element | undefined, text: string): void {
  if (element === undefined) console.log(text.replace(/\n$/, ""));
  else element.append(text);
}

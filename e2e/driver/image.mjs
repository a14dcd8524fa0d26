// The process image outside a browser: its imports, for whoever does not want it to run a process.

/**
 * Instantiates a compiled image. Clocks, random bytes and the log work; whatever needs a kernel or a library throws. Resolves to `{ exports, view }`: `view(at, length)` are
 * bytes of its memory.
 */
export async function instantiate(module) {
  let exports;
  const view = (at, length) => new Uint8Array(exports.memory.buffer, at >>> 0, length);
  const imports = {
    wall_ms: () => Date.now(),
    now_us: () => performance.now() * 1000,
    random: (at, length) => crypto.getRandomValues(view(at, length)),
    log: (at, length) => console.error(`the process image says: ${Buffer.from(view(at, length)).toString()}`),
  };
  const refuse = (name) => () => {
    throw new Error(`the process image called ${name}, which needs a kernel`);
  };
  const porthole = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, imports[name] ?? refuse(name)]));
  ({ exports } = await WebAssembly.instantiate(module, { porthole }));
  return { exports, view };
}

/** Bytes of wasm memory that an image has before it has run anything. */
export async function initialMemory(image) {
  const { exports } = await instantiate(await WebAssembly.compile(image));
  return exports.memory.buffer.byteLength;
}

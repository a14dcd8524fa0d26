// Compiling a wasm image out of a server's answer.

/** Only a server that knows wasm's MIME type can have its answer compiled while it comes. (Trying on a clone would keep all of it in memory until the collector comes.) */
export async function compileAnswer(response: Response): Promise<WebAssembly.Module> {
  const streamed = response.headers.get("content-type")?.trim().toLowerCase() === "application/wasm";
  return streamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

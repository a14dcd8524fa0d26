// Unpacking by the browser's own decompressor.

/** Rejects when the data is damaged. */
export async function inflate(data: Uint8Array<ArrayBuffer>, format: "gzip" | "deflate-raw"): Promise<Uint8Array<ArrayBuffer>> {
  const unpacked = new Blob([data]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}

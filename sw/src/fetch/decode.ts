// `Content-Encoding`: the browser decodes what comes from the network, not what a service worker answers.

const FORMATS: Record<string, readonly string[]> = { gzip: ["gzip"], "x-gzip": ["gzip"], deflate: ["deflate"], br: ["brotli", "br"], zstd: ["zstd"] };

/** Decoders for the header's value, in the order in which they are to be applied. Throws, in words, when the browser has none for a coding. */
export function decoders(encoding: string): TransformStream<BufferSource, Uint8Array<ArrayBuffer>>[] {
  const codings = encoding.toLowerCase().split(",").map((coding) => coding.trim());
  return codings
    .filter((coding) => coding !== "" && coding !== "identity")
    .reverse()
    .map((coding) => {
      for (const format of FORMATS[coding] ?? []) {
        try {
          return new DecompressionStream(format as CompressionFormat);
        } catch {
          // Not in this browser; perhaps by its other name.
        }
      }
      throw new Error(`the answer has Content-Encoding ${coding}, which was not asked for and which this browser cannot decode in a service worker`);
    });
}

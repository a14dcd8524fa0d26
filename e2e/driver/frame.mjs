// What travels between the harness page and the host: a JSON head, and bytes beside it. Over a WebSocket, because that passes by the service worker.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * `u32 length of the head | head as JSON | bytes`
 * @param {Record<string, unknown>} head
 * @param {Uint8Array} [bytes]
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function encode(head, bytes = new Uint8Array()) {
  const json = encoder.encode(JSON.stringify(head));
  const frame = new Uint8Array(4 + json.length + bytes.length);
  new DataView(frame.buffer).setUint32(0, json.length, true);
  frame.set(json, 4);
  frame.set(bytes, 4 + json.length);
  return frame;
}

/**
 * @param {Uint8Array} frame
 * @returns {{ head: any, bytes: Uint8Array<ArrayBuffer> }}
 */
export function decode(frame) {
  const length = new DataView(frame.buffer, frame.byteOffset, 4).getUint32(0, true);
  return { head: JSON.parse(decoder.decode(frame.subarray(4, 4 + length))), bytes: frame.slice(4 + length) };
}

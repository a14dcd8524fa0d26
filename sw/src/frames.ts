// Messages between processes and the kernel hold one frame or several (`kernel/abi/src/frame.rs`).

/** Bytes of the length before a frame. */
export const LENGTH = 4;
export const numberOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint16(4, true);
export const seqOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint32(8, true);

/** The frames of a message, as views into it. What is cut off at its end is left out. */
export function split(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at + LENGTH <= message.length; ) {
    const end = at + LENGTH + view.getUint32(at, true);
    if (end > message.length) break;
    frames.push(message.subarray(at, end));
    at = end;
  }
  return frames;
}

/** Frames as one message. */
export function join(frames: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = frames;
  if (only !== undefined && frames.length === 1) return only;
  const message = new Uint8Array(frames.reduce((length, frame) => length + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    message.set(frame, at);
    at += frame.length;
  }
  return message;
}

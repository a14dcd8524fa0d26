// How a process reaches the kernel. The image calls `call`, `post` and `poll` and cannot tell which transport answers.

/** Of the abi's table. */
export const EXIT = 2;
export const POLL = 12;
/** Number of the calls that a transport makes on its own. Those are pure, so no number of the image's is used up. */
export const OWN_SEQ = 0xffff_ffff;

export const numberOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint16(4, true);
export const seqOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint32(8, true);

/** The frames of a message, as views into it. What is cut off at its end is left out. */
export function split(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at + 4 <= message.length; ) {
    const end = at + 4 + view.getUint32(at, true);
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

export interface Transport {
  /**
   * Carries frames to the kernel in order, and back all replies that have come since the transport was last asked, that to the last frame at the end.
   * `exit` has no reply that anyone reads: the kernel ends the worker.
   */
  call(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;
  /** Sends frames without waiting. Undefined where that cannot be done: then they go with the next call. */
  readonly post: ((message: Uint8Array<ArrayBuffer>) => void) | undefined;
  /** Replies that have come meanwhile, and a notification's frame; or nothing when `timeoutMs` (undefined: never) is over. */
  poll(timeoutMs: number | undefined): Uint8Array<ArrayBuffer> | undefined | Promise<Uint8Array<ArrayBuffer> | undefined>;
}

// How a process reaches the kernel. The image calls `call` and `poll` and cannot tell which transport answers.

/** Of the abi's table. */
export const EXIT = 2;
export const POLL = 12;
/** Number of the calls that a transport makes on its own. Those are pure, so no number of the image's is used up. */
export const OWN_SEQ = 0xffff_ffff;

export const numberOf = (frame: Uint8Array): number => new DataView(frame.buffer, frame.byteOffset).getUint16(4, true);
export const seqOf = (frame: ArrayBuffer): number => new DataView(frame).getUint32(8, true);

export interface Transport {
  /** Carries a frame to the kernel and the reply's frame back. `exit` has no reply that anyone reads: the kernel ends the worker. */
  call(frame: Uint8Array<ArrayBuffer>): ArrayBuffer | Promise<ArrayBuffer>;
  /** A notification's frame, or undefined when `timeoutMs` (undefined: never) is over. */
  poll(timeoutMs: number | undefined): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

// How a process reaches the kernel. The image calls `call`, `post` and `poll` and cannot tell which transport answers.

/** Of the abi's table. */
export const EXIT = 2;
export const POLL = 12;
/** Number of the calls that a transport makes on its own. Those are pure, so no number of the image's is used up. */
export const OWN_SEQ = 0xffff_ffff;

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

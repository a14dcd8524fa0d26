// What the fetch handler needs of the rest of the service worker. Implemented there; this folder knows neither wasm nor ports nor epochs.

/** A header as the browser shows it: every character of the value stands for one byte. */
export type Header = readonly [name: string, value: string];

/** Events for a container's machine. The same words as the kernel's `Event`. */
export type HttpEvent =
  | {
      readonly type: 'http';
      readonly id: number;
      readonly port: number;
      readonly method: string;
      /** Path and query as the guest shall see them, percent-encoded. */
      readonly target: string;
      readonly headers: readonly Header[];
      /** The address that the guest's pages believe in, or empty. */
      readonly referrer: string;
      /** Whether `body` events follow, until one that is `last`. */
      readonly body: boolean;
    }
  /** The data may be transferred away: the sender does not use it again. */
  | { readonly type: 'body'; readonly id: number; readonly data: Uint8Array; readonly last: boolean }
  | { readonly type: 'pull'; readonly id: number; readonly bytes: number }
  | { readonly type: 'abort'; readonly id: number }
  /** A page assigned `line` to `document.cookie`. `Event::Cookie`. Strings are UTF-8 in the kernel. */
  | { readonly type: 'cookie'; readonly port: number; readonly target: string; readonly line: string };

/** Effects that belong to one exchange. The same words as the kernel's `Effect`. */
export type HttpEffect =
  | { readonly type: 'head'; readonly status: number; readonly reason: string; readonly headers: readonly Header[]; readonly body: boolean }
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'fail'; readonly reason: string }
  | { readonly type: 'want'; readonly bytes: number };

export interface Kernel {
  /**
   * Resolves when the container's machine takes events: at once when it is there, later while a new service worker waits for the container's supervisor
   * to attach. Rejects, with a text for people, when it is known that there is no such container. The caller keeps the time.
   */
  ready(container: string): Promise<void>;

  /** A number that no exchange of the container has had, this epoch or before (a safe integer). Call after `ready`. */
  nextId(container: string): number;

  /** Logs the event and hands it to the machine. Never throws; events for a container that is gone are dropped after a `fail` effect. */
  send(container: string, event: HttpEvent): void;

  /**
   * Effects of one exchange, in order. Register before the `http` event. After `end` and `fail` no more come; the registration is dropped by the caller
   * with the function that is given back. If the container goes away, the handler gets a `fail`.
   */
  onEffect(container: string, id: number, handler: (effect: HttpEffect) => void): () => void;
}

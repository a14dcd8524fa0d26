// What the preview script and the service worker tell each other.

/** Script to service worker. */
export type FromPreview =
  /** `line` was assigned to `document.cookie` on the page whose path (as the guest knows it) is `target`. */
  | { readonly type: "porthole:cookie"; readonly line: string; readonly target: string }
  /** The page goes by this path now, which lacks the prefix. */
  | { readonly type: "porthole:path"; readonly path: string };

/** Service worker to script: the cookies of its port have changed. A port that comes along wants any message when they have been taken in. */
export interface ToPreview {
  readonly type: "porthole:cookies";
  readonly cookies: readonly string[];
}

// One timer that can be set anew.

export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly fire: () => void) {}

  /** `at`: milliseconds since 1970; undefined: never. */
  set(at: number | undefined): void {
    clearTimeout(this.#handle);
    this.#handle = at === undefined ? undefined : setTimeout(this.fire, Math.min(Math.max(0, at - Date.now()), 0x7fffffff));
  }
}

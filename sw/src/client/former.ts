// Which name this tab was given: when it is loaded anew it wants the same files again, and the page before may hold the name for a moment longer.

export class Former {
  readonly #key: string;

  constructor(base: URL, wanted: string) {
    this.#key = `porthole:${base.pathname}:${wanted}`;
  }

  get name(): string | undefined {
    try {
      return sessionStorage.getItem(this.#key) ?? undefined;
    } catch {
      // Blocked storage: then it is not known.
      return undefined;
    }
  }

  set name(given: string) {
    try {
      sessionStorage.setItem(this.#key, given);
    } catch {
      // As above.
    }
  }
}

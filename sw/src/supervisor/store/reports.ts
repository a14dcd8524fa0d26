// What a store has told its container, so that nothing is told twice.

import type { Keeping } from "./store.ts";

export class Reports {
  #durable: number;
  #full = false;
  #broken = false;

  constructor(
    readonly keeping: Keeping,
    /** The last commit that was there at the beginning. */
    last: number,
  ) {
    this.#durable = last;
  }

  get durable(): number {
    return this.#durable;
  }

  /** Everything up to this commit is safe; `all`: and nothing waits. */
  safe(commit: number, all: boolean): void {
    if (all) this.#full = false;
    if (commit <= this.#durable) return;
    this.#durable = commit;
    this.keeping.durable(commit, false);
  }

  /** Commits up to this one could not be written, for want of room. They are tried again. */
  full(commit: number): void {
    if (!this.#full) this.keeping.trouble("the browser gives this site no more room: files are kept in this tab's memory until some are deleted here or elsewhere");
    this.#full = true;
    this.#fail(commit);
  }

  /** Nothing is written any more from this commit on. */
  broken(commit: number, why: string): void {
    if (!this.#broken) this.keeping.trouble(`files are no longer saved, and what changes from now on goes with this tab: ${why}`);
    this.#broken = true;
    this.#fail(commit);
  }

  #fail(commit: number): void {
    if (commit > this.#durable) this.keeping.durable(commit, true);
  }
}

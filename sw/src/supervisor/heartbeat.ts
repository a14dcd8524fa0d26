// Requests keep the service worker alive; messages over ports do not. Timers of a worker go on when its page is hidden.

const BEAT_MS = 15_000;

/** Beats while `needed` says so, and tells the epoch that answered. */
export function heartbeat(address: URL, needed: () => boolean, answered: (epoch: string) => void): void {
  setInterval(() => {
    if (!needed()) return;
    // Without an answer nothing can be done here: the kernel's lock tells of its death.
    void fetch(address, { cache: "no-store" })
      .then(async (response) => (response.ok ? answered(await response.text()) : undefined))
      .catch(() => undefined);
  }, BEAT_MS);
}

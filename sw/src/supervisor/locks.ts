// Web Locks that this worker holds until it ends. They tell others that the tab lives.

/** Resolves when the lock is held. */
export function holdForLife(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => {
        resolve();
        return new Promise<never>(() => {});
      })
      .catch(reject);
  });
}

/** A tab that has gone lets go of its names within this, in milliseconds: sooner than that a name is not taken for somebody else's. */
const LETTING_GO_MS = 250;
/** What this very tab held before it was loaded anew is waited for longer. */
const OWN_MS = 3_000;

/** Takes `former`, if that is given and gets free; else `wanted`, `wanted-2`, `wanted-3`…: the first that no other tab has. */
export async function holdFirstFree(wanted: string, former: string | undefined, lockOf: (name: string) => string): Promise<{ name: string; release: () => void }> {
  if (former !== undefined) {
    const release = await holdWithin(lockOf(former), OWN_MS);
    if (release !== undefined) return { name: former, release };
  }
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const release = await holdWithin(lockOf(name), number === 1 ? LETTING_GO_MS : 0);
    if (release !== undefined) return { name, release };
  }
}

async function holdWithin(name: string, ms: number): Promise<(() => void) | undefined> {
  return (await hold(name, { ifAvailable: true })) ?? (ms > 0 ? hold(name, { signal: AbortSignal.timeout(ms) }) : undefined);
}

function hold(name: string, options: LockOptions): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, options, (lock) => {
        if (lock === null) return resolve(undefined);
        return new Promise<void>((release) => resolve(release));
      })
      .catch((error: unknown) => (options.signal?.aborted ? resolve(undefined) : reject(error)));
  });
}

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

/** Takes `name`, else `name-2`, `name-3`…: the first that no other tab has. */
export async function holdFirstFree(wanted: string, lockOf: (name: string) => string): Promise<{ name: string; release: () => void }> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    const release = await holdIfFree(lockOf(name));
    if (release !== undefined) return { name, release };
  }
}

function holdIfFree(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(undefined);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

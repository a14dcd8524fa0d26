// Asking the browser not to delete this site's files when room gets scarce. Only a page may ask; some browsers ask the user.

let asked = false;

/** Asks, once a page. The answer changes nothing: it is the browser's to give. */
export function askToPersist(): void {
  if (asked) return;
  asked = true;
  void ask().catch(() => undefined);
}

async function ask(): Promise<void> {
  if (!(await navigator.storage.persisted())) await navigator.storage.persist();
}

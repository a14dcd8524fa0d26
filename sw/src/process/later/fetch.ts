// Files that a process waits for.

/** A file of the distribution, which lies beside this worker's script. Undefined, and a line for whoever looks after the page, when it cannot be had. */
export function fetchNow(file: string): ArrayBuffer | undefined {
  const address = new URL(file, location.href).href;
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
    if (request.status === 200 && request.response instanceof ArrayBuffer) return request.response;
    console.error(`porthole process: ${address} answered ${request.status}: it must lie beside the scripts`);
  } catch (error) {
    console.error(`porthole process: ${address} cannot be fetched: ${String(error)}`);
  }
  return undefined;
}

/** An example: a folder that is mounted and a command that is run in it. */
export interface Example {
  id: string;
  title: string;
  run: string;
  open: string;
  /** Where it is to be seen. */
  pane: 'preview' | 'terminal';
}

/** The examples that lie beside the page, each as one archive. */
export class Examples {
  private constructor(
    private readonly base: string,
    readonly list: Example[],
  ) {}

  static async load(base: string): Promise<Examples> {
    const response = await fetch(`${base}examples.json`);
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
    return new Examples(base, await response.json());
  }

  get(id: string): Example {
    const found = this.list.find((example) => example.id === id);
    if (!found) throw new Error(`There is no example "${id}"`);
    return found;
  }

  /** Fetches an example's archive and tells what share of it has come. */
  async archive({ id }: Example, progress: (share: number) => void): Promise<Uint8Array> {
    const response = await fetch(`${this.base}${id}.zip`);
    if (!response.ok || !response.body) throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
    const total = Number(response.headers.get('content-length')) || 0;
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let length = 0;
    const reader = response.body.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.push(next.value);
      length += next.value.length;
      if (total) progress(Math.min(1, length / total));
    }
    return new Uint8Array(await new Blob(pieces).arrayBuffer());
  }
}

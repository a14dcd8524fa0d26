const part = <T extends Element>(root: HTMLElement, selector: string): T => {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`The preview has no ${selector}`);
  return found;
};

/** An iframe on a port, with an address bar. */
export class Preview {
  private readonly frame: HTMLIFrameElement;
  private readonly empty: HTMLElement;
  private readonly address: HTMLInputElement;
  private readonly port: HTMLSelectElement;
  private readonly link: HTMLAnchorElement;
  private readonly urls = new Map<number, string>();

  constructor(root: HTMLElement) {
    this.frame = part(root, 'iframe');
    this.empty = part(root, '#empty');
    this.address = part(root, '#url');
    this.port = part(root, '#port');
    this.link = part(root, '#open');
    part<HTMLFormElement>(root, '#address').onsubmit = (event) => {
      event.preventDefault();
      this.go(this.address.value);
    };
    part<HTMLButtonElement>(root, '#reload').onclick = () => this.frame.contentWindow?.location.reload();
    part<HTMLButtonElement>(root, '#back').onclick = () => this.frame.contentWindow?.history.back();
    this.port.onchange = () => this.go('/');
    this.frame.onload = () => this.arrived();
  }

  add(port: number, url: string): void {
    this.urls.set(port, url);
    this.listPorts(port);
    this.go('/');
  }

  remove(port: number): void {
    this.urls.delete(port);
    this.listPorts();
    if (this.urls.size === 0) this.clear();
  }

  clear(): void {
    this.urls.clear();
    this.frame.hidden = true;
    this.empty.hidden = false;
    this.frame.removeAttribute('src');
    this.link.removeAttribute('href');
    this.address.value = '/';
  }

  private get base(): string | undefined {
    return this.urls.get(Number(this.port.value));
  }

  private go(path: string): void {
    const base = this.base;
    if (!base) return;
    const url = base.replace(/\/$/, '') + (path.startsWith('/') ? path : `/${path}`);
    this.frame.hidden = false;
    this.empty.hidden = true;
    this.frame.src = url;
    this.link.href = url;
  }

  /** The address bar says where the app believes to be. */
  private arrived(): void {
    const base = this.base;
    const here = this.frame.contentWindow?.location.href;
    if (!base || !here || !here.startsWith('http')) return;
    const prefix = new URL(base, location.href).href.replace(/\/$/, '');
    this.address.value = here.startsWith(prefix) ? here.slice(prefix.length) || '/' : here;
    this.link.href = here;
  }

  private listPorts(selected?: number): void {
    const before = selected ?? Number(this.port.value);
    this.port.replaceChildren(...[...this.urls.keys()].map((port) => new Option(`:${port}`, String(port), port === before, port === before)));
    this.port.hidden = this.urls.size < 2;
  }
}

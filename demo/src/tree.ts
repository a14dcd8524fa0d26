import type { FileSystem } from 'porthole';

/** The container's files as a tree whose folders are read when they are opened. */
export class FileTree {
  private selected?: HTMLElement;

  constructor(
    private readonly root: HTMLElement,
    private readonly fs: FileSystem,
    private readonly open: (path: string) => Promise<void>,
  ) {}

  async show(path: string): Promise<void> {
    this.root.replaceChildren(...(await this.items(path)));
  }

  private async items(path: string): Promise<HTMLElement[]> {
    const entries = await this.fs.readdir(path, { withFileTypes: true });
    entries.sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name));
    return entries.map((entry) => (entry.isDirectory() ? this.folder(`${path}/${entry.name}`, entry.name) : this.file(`${path}/${entry.name}`, entry.name)));
  }

  private item(name: string): [HTMLLIElement, HTMLButtonElement] {
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.textContent = name;
    button.title = name;
    button.setAttribute('role', 'treeitem');
    item.setAttribute('role', 'none');
    item.append(button);
    return [item, button];
  }

  private folder(path: string, name: string): HTMLElement {
    const [item, button] = this.item(name);
    button.setAttribute('aria-expanded', 'false');
    button.onclick = async () => {
      const opened = item.querySelector('ul');
      button.setAttribute('aria-expanded', String(!opened));
      if (opened) return opened.remove();
      const list = document.createElement('ul');
      list.setAttribute('role', 'group');
      list.append(...(await this.items(path)));
      item.append(list);
    };
    return item;
  }

  private file(path: string, name: string): HTMLElement {
    const [item, button] = this.item(name);
    button.onclick = async () => {
      this.selected?.removeAttribute('aria-selected');
      button.setAttribute('aria-selected', 'true');
      this.selected = button;
      await this.open(path);
    };
    return item;
  }
}

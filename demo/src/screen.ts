import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { ContainerProcess } from 'porthole';

/** The terminal: a prompt while nothing runs, a program's terminal while one does. */
export class Screen {
  onCommand: (line: string) => void = () => {};
  private readonly terminal = new Terminal({ fontSize: 13, convertEol: false, cursorBlink: true, theme: { background: '#10181d', foreground: '#d7e3ea', brightBlack: '#8296a3' } });
  private readonly fit = new FitAddon();
  private child?: ContainerProcess;
  private input?: WritableStreamDefaultWriter<string>;
  private line = '';
  private prompted = false;

  constructor(parent: HTMLElement) {
    this.terminal.loadAddon(this.fit);
    this.terminal.open(parent);
    new ResizeObserver(() => parent.offsetHeight && this.fit.fit()).observe(parent);
    this.terminal.onResize((size) => this.child?.resize(size));
    this.terminal.onData((data) => (this.input ? void this.input.write(data) : this.edit(data)));
  }

  size(): { cols: number; rows: number } {
    return { cols: this.terminal.cols, rows: this.terminal.rows };
  }

  command(line: string): void {
    if (!this.prompted) this.prompt();
    this.prompted = false;
    this.terminal.write(`${line}\r\n`);
  }

  /** Words of the page, and the prompt. */
  note(words: string): void {
    this.terminal.write(`\x1b[90m${words}\x1b[0m\r\n`);
    this.prompt();
  }

  private prompt(): void {
    this.prompted = true;
    this.terminal.write('\x1b[36m$\x1b[0m ');
  }

  /** Gives the terminal to a program until it ends; answers its exit code. */
  async attach(child: ContainerProcess): Promise<number> {
    this.child = child;
    const input = (this.input = child.input.getWriter());
    const shown = child.output.pipeTo(new WritableStream({ write: (text) => new Promise<void>((done) => this.terminal.write(text, done)) }));
    const code = await child.exit;
    await shown.catch(() => {});
    if (this.child === child) {
      this.child = undefined;
      this.input = undefined;
    }
    input.releaseLock();
    return code;
  }

  /** A line editor of the smallest kind: this is the demo's prompt, not a shell. */
  private edit(data: string): void {
    for (const key of data) {
      if (key === '\r') {
        this.terminal.write('\r\n');
        const line = this.line.trim();
        this.line = '';
        this.prompted = false;
        if (line) this.onCommand(line);
        else this.prompt();
      } else if (key === '\x7f') {
        if (this.line) this.terminal.write('\b \b');
        this.line = this.line.slice(0, -1);
      } else if (key === '\x03') {
        this.line = '';
        this.terminal.write('^C\r\n');
        this.prompt();
      } else if (key >= ' ') {
        this.line += key;
        this.terminal.write(key);
      }
    }
  }
}

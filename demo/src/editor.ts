import { css } from '@codemirror/lang-css';
import { html } from '@codemirror/lang-html';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import type { Extension } from '@codemirror/state';
import { oneDark } from '@codemirror/theme-one-dark';
import { basicSetup, EditorView } from 'codemirror';

const languages: Record<string, () => Extension> = {
  js: javascript, mjs: javascript, cjs: javascript, ts: () => javascript({ typescript: true }), json, html, css,
};

/** A file open for editing. Changes are written a moment after the last key, and before anything runs. */
export class Editor {
  private view?: EditorView;
  private path = '';
  private timer = 0;
  private dirty = false;

  constructor(
    private readonly parent: HTMLElement,
    private readonly label: HTMLElement,
    private readonly write: (path: string, text: string) => Promise<void>,
  ) {}

  async open(path: string, read: () => Promise<Uint8Array>): Promise<void> {
    await this.save();
    const bytes = await read();
    this.view?.destroy();
    this.path = path;
    this.label.textContent = path;
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      this.view = new EditorView({ parent: this.parent, doc: `(${bytes.length} bytes that are not text)`, extensions: [EditorView.editable.of(false)] });
      return;
    }
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const language = languages[path.slice(path.lastIndexOf('.') + 1)];
    this.view = new EditorView({
      parent: this.parent,
      doc: text,
      extensions: [
        basicSetup,
        language?.() ?? [],
        dark ? oneDark : [],
        EditorView.contentAttributes.of({ 'aria-label': path }),
        EditorView.updateListener.of((update) => update.docChanged && this.changed()),
      ],
    });
  }

  /** Writes what has not been written. */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.dirty || !this.view) return;
    this.dirty = false;
    await this.write(this.path, this.view.state.doc.toString());
  }

  private changed(): void {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), 400);
  }
}

/** The loading bar and the words in the empty preview. */
export class Progress {
  constructor(
    private readonly bar: HTMLElement,
    private readonly status: HTMLElement,
  ) {}

  step(percent: number, words: string): void {
    this.bar.classList.remove('done');
    this.bar.setAttribute('aria-valuenow', String(Math.round(percent)));
    const fill = this.bar.querySelector('i');
    if (fill) fill.style.width = `${percent}%`;
    this.wait(words);
  }

  wait(words: string): void {
    this.status.classList.remove('error');
    this.status.textContent = words;
  }

  done(): void {
    this.step(100, '');
    this.bar.classList.add('done');
  }

  fail(error: unknown): void {
    console.error(error);
    this.status.classList.add('error');
    this.status.textContent = error instanceof Error ? error.message : String(error);
  }
}

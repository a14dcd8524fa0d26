/** On a narrow screen one pane is shown at a time; on a wide one all are, and this changes nothing. */
export class Panes {
  constructor(
    private readonly tabs: HTMLElement,
    private readonly panes: NodeListOf<HTMLElement>,
  ) {
    tabs.onclick = ({ target }) => {
      const name = (target as HTMLElement).dataset.pane;
      if (name) this.show(name);
    };
    this.show('preview');
  }

  show(name: string): void {
    for (const pane of this.panes) pane.classList.toggle('shown', pane.id === name);
    for (const tab of this.tabs.querySelectorAll<HTMLElement>('[data-pane]')) tab.setAttribute('aria-selected', String(tab.dataset.pane === name));
    // The terminal measures itself when it becomes visible.
    window.dispatchEvent(new Event('resize'));
  }
}

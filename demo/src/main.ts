// The demo, as a user of Porthole would write it: nothing here is out of reach of the public client.
import { Container, type ContainerProcess } from 'porthole';
import { Editor } from './editor.js';
import { Examples, type Example } from './examples.js';
import { FileTree } from './tree.js';
import { Panes } from './panes.js';
import { Preview } from './preview.js';
import { Progress } from './progress.js';
import { Screen } from './screen.js';

const element = <T extends HTMLElement>(id: string): T => {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}`);
  return found as T;
};

const home = '/app';
const progress = new Progress(element('progress'), element('status'));
const panes = new Panes(element('tabs'), document.querySelectorAll<HTMLElement>('.pane'));
const preview = new Preview(element('preview'));
const screen = new Screen(element('screen'));
const picker = element<HTMLSelectElement>('example');
const run = element<HTMLButtonElement>('run');
const stop = element<HTMLButtonElement>('stop');

async function main(): Promise<void> {
  progress.step(10, 'Starting the kernel…');
  const [container, examples] = await Promise.all([Container.boot(), Examples.load('examples/')]);
  const editor = new Editor(element('editor'), element('path'), (path, text) => container.fs.writeFile(path, text));
  const tree = new FileTree(element('tree'), container.fs, async (path) => {
    await editor.open(path, () => container.fs.readFile(path));
    panes.show('code');
  });
  let current: Example;
  let server: ContainerProcess | undefined;

  container.on('port', (port, kind, url) => {
    if (kind === 'open') {
      preview.add(port, url);
      panes.show('preview');
    } else {
      preview.remove(port);
    }
  });
  container.on('error', ({ message }) => progress.fail(new Error(message)));

  const spawn = async (line: string): Promise<void> => {
    const child: ContainerProcess = await container.spawn('sh', ['-c', line], { cwd: home, terminal: screen.size() });
    server = child;
    stop.disabled = false;
    const code = await screen.attach(child);
    if (server === child) {
      server = undefined;
      stop.disabled = true;
    }
    screen.note(code === 0 ? 'Done.' : `Exit code ${code}.`);
  };

  const start = async (): Promise<void> => {
    await editor.save();
    if (server) {
      server.kill();
      await server.exit;
    }
    progress.wait(current.pane === 'terminal' ? 'This example has no page: it runs in the terminal.' : `Running ${current.run}…`);
    if (current.pane === 'terminal') panes.show('terminal');
    screen.command(current.run);
    await spawn(current.run);
  };

  const choose = async (example: Example): Promise<void> => {
    current = example;
    run.disabled = true;
    if (server) {
      server.kill();
      await server.exit;
    }
    preview.clear();
    progress.step(40, `Unpacking ${example.title}…`);
    await container.fs.rm(home, { recursive: true, force: true });
    const archive = await examples.archive(example, (share) => progress.step(40 + share * 40, `Loading ${example.title}…`));
    await container.mount(archive, { path: home });
    await tree.show(home);
    await editor.open(`${home}/${example.open}`, () => container.fs.readFile(`${home}/${example.open}`));
    progress.done();
    run.disabled = false;
    await start();
  };

  const report = (work: Promise<void>): void => void work.catch((error) => progress.fail(error));
  screen.onCommand = (line) => report(spawn(line));
  run.onclick = () => report(start());
  stop.onclick = () => server?.kill('SIGINT');
  for (const example of examples.list) picker.add(new Option(example.title, example.id));
  picker.onchange = () => {
    location.hash = picker.value;
    report(choose(examples.get(picker.value)));
  };
  const wanted = examples.list.find(({ id }) => `#${id}` === location.hash) ?? examples.list[0];
  picker.value = wanted.id;
  await choose(wanted);
}

main().catch((error) => progress.fail(error));

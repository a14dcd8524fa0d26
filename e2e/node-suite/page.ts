// The page that runs Node's tests for the host: lanes, each a container that begins with the files of the first.
import { Container } from 'porthole';
import { decode, encode } from '../driver/frame.mjs';

interface Test {
  id: number;
  lane: number;
  argv: string[];
  env: Record<string, string>;
  cwd: string;
  /** Milliseconds until it is killed. */
  limit: number;
}

/** What is kept of each stream of a test's output. */
const MOST = 1 << 20;

const parameters = new URLSearchParams(location.search);
const transport = (parameters.get('transport') ?? undefined) as 'jspi' | 'xhr' | undefined;
const link = new WebSocket(`ws://127.0.0.1:${parameters.get('link')}`);
link.binaryType = 'arraybuffer';
const say = (head: Record<string, unknown>, bytes?: Uint8Array) => link.send(encode(head, bytes));

const archives: { path: string; archive: Uint8Array<ArrayBuffer> }[] = [];
let first: Promise<Container> | undefined;
const lanes = new Map<number, Promise<Container>>();
let forks = 0;

link.onopen = () => say({ type: 'ready', userAgent: navigator.userAgent });
link.onmessage = (message) => {
  const { head, bytes } = decode(new Uint8Array(message.data as ArrayBuffer));
  if (head.type === 'mount') archives.push({ path: head.path, archive: bytes });
  else if (head.type === 'test') void work(head as Test);
};
addEventListener('error', (event) => say({ type: 'fault', message: `${event.message} (${event.filename}:${event.lineno})` }));
addEventListener('unhandledrejection', (event) => say({ type: 'fault', message: `unhandled rejection: ${String(event.reason)}` }));

async function prepare(): Promise<Container> {
  const container = await Container.boot({ name: 'suite', storage: 'memory', transport });
  for (const { path, archive } of archives.splice(0)) await container.mount(archive, { path, links: 'any' });
  return container;
}

async function lane(number: number): Promise<Container> {
  const there = lanes.get(number);
  if (there !== undefined) return there;
  first ??= prepare();
  const made = first.then((container) => container.fork(`lane-${(forks += 1)}`, { storage: 'memory' }));
  lanes.set(number, made);
  return made;
}

async function work(test: Test): Promise<void> {
  const { id } = test;
  try {
    const container = await lane(test.lane);
    const begun = performance.now();
    const [command = 'node', ...args] = test.argv;
    const child = await container.spawn(command, args, { cwd: test.cwd, env: test.env });
    child.stdin.close().catch(() => {});
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, test.limit);
    // Whoever it has started may hold its streams open after its end.
    const outputs = [collect(child.stdout), collect(child.stderr)];
    const { code, signal } = await child.exited;
    clearTimeout(timer);
    await Promise.race([Promise.all(outputs.map(({ done }) => done)), new Promise((late) => setTimeout(late, 500))]);
    const ms = performance.now() - begun;
    const texts = outputs.map(({ text }) => text());
    say({ type: 'ended', id, code, signal, timedOut, ms, stdout: texts[0], stderr: texts[1] });
    if (timedOut || (await container.stats()).processes > 1) await abandon(test.lane, container);
  } catch (error) {
    say({ type: 'ended', id, failed: error instanceof Error ? error.message : String(error) });
    const container = await lanes.get(test.lane)?.catch(() => undefined);
    if (container !== undefined) await abandon(test.lane, container);
    lanes.delete(test.lane);
  } finally {
    say({ type: 'free', lane: test.lane });
  }
}

/** The next test of the lane gets a new container: this one has processes left over. */
async function abandon(number: number, container: Container): Promise<void> {
  lanes.delete(number);
  await container.teardown();
}

function collect(stream: ReadableStream<Uint8Array>): { done: Promise<void>; text: () => string } {
  const parts: Uint8Array[] = [];
  let length = 0;
  const done = (async () => {
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (length < MOST) parts.push(part.value);
      length += part.value.length;
    }
  })().catch(() => {});
  return { done, text: () => new TextDecoder().decode(join(parts)) };
}

function join(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

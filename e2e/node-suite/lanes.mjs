// Many programs in one browser: lanes, each a container that runs one after the other.
import path from 'node:path';
import { open } from '../driver/lab.mjs';
import { root } from '../driver/root.mjs';

/**
 * Runs each of `tests` and tells `tell(test, ended)` how it ended: `{ code, signal, timedOut, stdout, stderr }`, or `{ failed }` with a reason. `command(test, lane)` is what to
 * run: `{ argv, cwd, env }`. `mounts`: archives that every container begins with. `limit`: seconds that each has. A browser that goes away is replaced, and the tests that it
 * had are tried once more.
 */
export async function runLanes({ name, tests, mounts, transport, jobs, limit, console: wanted, command, tell }) {
  const queue = tests.map((test) => ({ test, tries: 0 }));
  let done = 0;
  while (queue.length > 0) {
    const running = new Map();
    let last = 0;
    let finish;
    const over = new Promise((resolve) => (finish = resolve));
    const next = (lane) => {
      const entry = queue.shift();
      if (entry === undefined) {
        if (running.size === 0) finish();
        return;
      }
      const id = (last += 1);
      entry.tries += 1;
      entry.watchdog = setTimeout(() => finish(`${entry.test.name}: the page does not answer`), (limit + 40) * 1000);
      running.set(id, entry);
      lab.send({ type: 'test', id, lane, ...command(entry.test, lane), limit: limit * 1000 });
    };
    const hear = (head) => {
      if (head.type === 'fault') process.stderr.write(`${name}: page: ${head.message}\n`);
      if (head.type === 'free') next(head.lane);
      if (head.type !== 'ended') return;
      const entry = running.get(head.id);
      if (entry === undefined) return;
      running.delete(head.id);
      clearTimeout(entry.watchdog);
      done += 1;
      if (done % 100 === 0) process.stderr.write(`${name}: ${done} of ${tests.length}\n`);
      tell(entry.test, head);
    };
    const lab = await open({ page: path.join(root, 'e2e/node-suite/page.ts'), transport, onFrame: hear, onLost: (reason) => finish(reason), onConsole: wanted ? (line) => process.stderr.write(`${line}\n`) : undefined });
    for (const { path: place, archive } of mounts) lab.send({ type: 'mount', path: place }, archive);
    for (let lane = 0; lane < jobs; lane += 1) next(lane);
    const trouble = await over;
    await lab.close();
    if (trouble !== undefined) process.stderr.write(`${name}: ${trouble}; a new browser\n`);
    for (const entry of running.values()) {
      clearTimeout(entry.watchdog);
      if (entry.tries < 2) queue.unshift(entry);
      else tell(entry.test, { failed: 'the browser went away' });
    }
  }
}

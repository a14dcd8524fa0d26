'use strict';
// Child processes: Node runs itself, so that it is the same everywhere.
const cp = require('child_process');
const say = console.log;
const node = process.execPath;
const told = (e) => e && [e.code, e.errno, e.syscall, e.path, e.message].join(' | ').replaceAll(node, 'NODE');

function spawn(done) {
  const c = cp.spawn(node, ['-e', 'process.stdin.pipe(process.stdout); console.error("err", process.argv.length, process.env.FOO)'], { env: { ...process.env, FOO: 'bar' } });
  say('spawn', typeof c.pid, c.spawnargs.length, c.stdio.length);
  let out = '', err = '';
  c.stdout.setEncoding('utf8').on('data', (d) => { out += d; });
  c.stderr.setEncoding('utf8').on('data', (d) => { err += d; });
  c.on('spawn', () => say('spawned'));
  c.on('exit', (code, signal) => say('exit', code, signal));
  c.on('close', (code, signal) => { say('close', code, signal, JSON.stringify(out), JSON.stringify(err)); done(); });
  c.stdin.write('over ');
  c.stdin.end('stdin');
}
function missing(done) {
  const c = cp.spawn('/no/such/program', ['x']);
  c.on('error', (e) => { say('missing', told(e), e.spawnargs.join()); });
  c.on('close', (code) => { say('missing close', code, c.pid); done(); });
}
function code(done) {
  cp.spawn(node, ['-e', 'process.exit(7)'], { stdio: 'ignore' }).on('close', (c, s) => { say('code', c, s); done(); });
}
function kill(done) {
  const c = cp.spawn(node, ['-e', 'console.log("up"); setInterval(() => {}, 1000)']);
  c.stdout.once('data', () => say('kill', c.kill(), c.killed));
  c.on('close', (code, signal) => { say('killed', code, signal, c.signalCode); done(); });
}
function caught(done) {
  const c = cp.spawn(node, ['-e', 'process.on("SIGTERM", (s, n) => { console.log("got", s, n); process.exit(3); }); console.log("up"); setInterval(() => {}, 1000)']);
  let out = '';
  c.stdout.setEncoding('utf8').on('data', (d) => { if (!out) c.kill('SIGTERM'); out += d; });
  c.on('close', (code, signal) => { say('caught', code, signal, JSON.stringify(out)); done(); });
}
function sync(done) {
  let r = cp.spawnSync(node, ['-e', 'process.stdin.on("data", (d) => process.stdout.write(String(d).toUpperCase())); console.error("e")'], { input: 'input', encoding: 'utf8' });
  say('sync', r.status, r.signal, JSON.stringify(r.stdout), JSON.stringify(r.stderr), r.error, r.output.length);
  r = cp.spawnSync(node, ['-e', 'process.exitCode = 4; process.stdout.write("x".repeat(300000))']);
  say('sync big', r.status, r.stdout.length, Buffer.isBuffer(r.stdout));
  r = cp.spawnSync('/no/such/program', ['a']);
  say('sync missing', r.status, r.signal, r.pid, r.output, told(r.error));
  r = cp.spawnSync(node, ['-e', 'setInterval(() => {}, 1000)'], { timeout: 300 });
  say('sync timeout', r.status, r.signal, told(r.error));
  r = cp.spawnSync(node, ['-e', 'process.stdout.write("x".repeat(5000)); setInterval(() => {}, 1000)'], { maxBuffer: 1000, encoding: "buffer" });
  say('sync maxBuffer', r.status, r.signal, r.stdout.length, told(r.error));
  say('execFileSync', String(cp.execFileSync(node, ['-p', '1+1'])).trim());
  try { cp.execFileSync(node, ['-e', 'console.error("bad"); process.exit(2)'], { stdio: 'pipe' }); } catch (e) { say('execFileSync threw', e.status, String(e.stderr).trim(), e.message.split('\n')[0].replaceAll(node, 'NODE')); }
  done();
}
function execFile(done) {
  cp.execFile(node, ['-p', '"out"'], (err, out, errout) => {
    say('execFile', err, JSON.stringify(out), JSON.stringify(errout));
    cp.execFile(node, ['-e', 'process.exit(9)'], (err, out) => { say('execFile bad', err.code, err.killed, err.signal, out); done(); });
  });
}
function exec(done) {
  cp.exec('echo "a  b" && echo $HOME_OF_X; exit 3', { env: { ...process.env, HOME_OF_X: 'there' } }, (err, out, errout) => {
    say('exec', err.code, JSON.stringify(out), JSON.stringify(errout));
    say('execSync', JSON.stringify(String(cp.execSync('echo one | cat; echo two >&2; true || echo no; false || echo yes', { stdio: ['pipe', 'pipe', 'ignore'] }))));
    done();
  });
}
function fork(done) {
  const c = cp.fork(__filename, ['child'], { silent: true });
  c.on('message', (m) => { say('parent got', JSON.stringify(m)); if (m.n >= 5) c.disconnect(); else c.send({ n: m.n + 1 }); });
  c.on('disconnect', () => say('disconnect'));
  c.on('close', (code) => { say('fork close', code); done(); });
  c.send({ n: 0 });
}
function inherit(done) {
  cp.spawn(node, ['-e', 'console.log("inherited")'], { stdio: 'inherit' }).on('close', (c) => { say('inherit', c); done(); });
}
if (process.argv[2] === 'child') {
  process.on('message', (m) => { process.send({ n: m.n + 1, text: 'ü\n' }); });
} else {
  const steps = [spawn, missing, code, kill, caught, sync, execFile, fork, inherit, exec];
  (function next() { const step = steps.shift(); if (step) step(() => setImmediate(next)); else say('end'); })();
}

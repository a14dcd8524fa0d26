'use strict';
// AsyncLocalStorage through callbacks of the system; dns; os; watching.
const { AsyncLocalStorage } = require('async_hooks');
const fs = require('fs');
const net = require('net');
const dns = require('dns');
const os = require('os');
const { execFile } = require('child_process');
const say = console.log;
const als = new AsyncLocalStorage();
const root = fs.mkdtempSync('/tmp/context-');
const wait = (start) => new Promise((resolve) => start(resolve));

async function contexts() {
  await als.run('fs', () => wait((done) => fs.stat('/', () => { say('stat', als.getStore()); done(); })));
  await als.run('fsp', async () => { await fs.promises.stat('/'); say('promise', als.getStore()); });
  await als.run('stream', () => wait((done) => fs.createReadStream('/etc/passwd').on('data', () => say('data', als.getStore())).on('close', () => { say('close', als.getStore()); done(); })));
  await als.run('exec', () => wait((done) => execFile(process.execPath, ['-e', ''], () => { say('exec', als.getStore()); done(); })));
  await als.run('dns', () => wait((done) => dns.lookup('localhost', () => { say('lookup', als.getStore()); done(); })));
  await als.run('server', () => wait((done) => {
    const server = net.createServer((c) => { say('connection', als.getStore()); c.on('data', () => { say('server data', als.getStore()); c.end(); server.close(done); }); });
    server.listen(0, '127.0.0.1', () => {
      say('listening', als.getStore());
      als.run('client', () => net.connect(server.address().port, '127.0.0.1', function() { say('connect', als.getStore()); this.write('x'); }).resume());
    });
  }));
  say('after', als.getStore());
}

async function names() {
  const lookup = (name, options) => wait((done) => dns.lookup(name, options, (err, address, family) => { done(err ? [err.code, err.syscall, err.hostname, err.message].join('|') : JSON.stringify([address, family])); }));
  say('dns 4', await lookup('localhost', 4));
  say('dns ip', await lookup('10.1.2.3', {}), await lookup('::1', {}));
  say('dns all', (await lookup('localhost', { all: true, family: 4 })));
  say('dns missing', await lookup('no-such-host.invalid', {}));
  say('service', JSON.stringify(await dns.promises.lookupService('127.0.0.1', 80)));
  say('net', net.isIP('::1'), net.isIP('1.2.3.4'), net.isIP('x'), net.isIPv4('1.2.3.4'), dns.getServers().length > 0);
}

function machine() {
  say('os', os.platform(), os.type(), os.endianness(), os.EOL === '\n', os.tmpdir(), os.devNull, typeof os.hostname(), os.loadavg().length, os.cpus().length > 0);
  say('os types', typeof os.totalmem(), os.freemem() <= os.totalmem(), typeof os.uptime(), typeof os.release(), typeof os.version(), os.availableParallelism() > 0);
  say('user', Object.keys(os.userInfo()).join(), typeof os.userInfo().uid, os.homedir() === (process.env.HOME ?? os.userInfo().homedir));
  say('interfaces', os.networkInterfaces().lo[0].address, os.networkInterfaces().lo[0].cidr, os.getPriority());
}

async function watching() {
  const file = root + '/watched';
  fs.writeFileSync(file, 'one');
  await wait((done) => {
    const w = fs.watch(root, (event, name) => { if (name === 'fresh') { say('watch', event, name); w.close(); } });
    w.on('close', () => { say('watch close'); done(); });
    setTimeout(() => fs.writeFileSync(root + '/fresh', 'x'), 20);
  });
  await wait((done) => {
    fs.watchFile(file, { interval: 20 }, (now, before) => { say('watchFile', now.size, before.size); fs.unwatchFile(file); done(); });
    setTimeout(() => fs.writeFileSync(file, 'longer'), 60);
  });
  await (async () => {
    const stop = new AbortController();
    setTimeout(() => fs.writeFileSync(root + '/third', 'x'), 20);
    try { for await (const e of fs.promises.watch(root, { signal: stop.signal })) { say('p watch', e.filename); stop.abort(); } } catch (e) { say('p watch', e.name); }
  })();
  try { fs.watch(root + '/nope'); } catch (e) { say('watch missing', e.code, e.syscall, e.message.replace(root, 'ROOT')); }
}

(async () => {
  await contexts();
  await names();
  machine();
  await watching();
  const dgram = require('dgram');
  say('modules', typeof dgram.createSocket, typeof require('tls').connect, typeof require('https').request, typeof require('http2').connect, typeof require('cluster').fork);
  fs.rmSync(root, { recursive: true });
})();

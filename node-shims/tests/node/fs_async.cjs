'use strict';
// Callbacks, promises, streams and the order in which they come.
const fs = require('fs');
const fsp = require('fs/promises');
const path = require('path');
const root = fs.mkdtempSync('/tmp/fs-async-');
const at = (...names) => path.join(root, ...names);
const clean = (value) => String(value).replaceAll(root, 'ROOT');
const say = (...words) => console.log(...words.map((word) => typeof word === 'string' ? clean(word) : word));
const told = (e) => e && [e.code, e.errno, e.syscall, clean(e.path), clean(e.message), clean(e.stack.split('\n')[0]), Object.keys(e).join()].join(' | ');

function callbacks(done) {
  fs.writeFile(at('a'), 'one', (err) => {
    say('writeFile', err);
    fs.readFile(at('a'), 'utf8', (err, text) => {
      say('readFile', err, text);
      fs.readFile(at('nope'), (err, text) => {
        say('readFile missing', told(err), text);
        fs.stat(at('a'), (err, stats) => {
          say('stat', err, stats.size, stats.isFile(), stats instanceof fs.Stats);
          fs.mkdir(at('x/y'), { recursive: true }, (err, first) => {
            say('mkdir', err, first);
            fs.readdir(root, { withFileTypes: true }, (err, list) => {
              say('readdir', err, list.map((d) => d.name + d.isDirectory()).sort().join());
              fs.access(at('nope'), (err) => {
                say('access', told(err));
                fs.open(at('a'), 'r+', (err, fd) => {
                  say('open', err, typeof fd);
                  fs.write(fd, 'TWO', 1, (err, n, s) => {
                    say('write', err, n, s);
                    const b = Buffer.alloc(8);
                    fs.read(fd, b, 0, 8, 0, (err, n, same) => {
                      say('read', err, n, same === b, b.toString('latin1', 0, n));
                      fs.readv(fd, [Buffer.alloc(2), Buffer.alloc(2)], 0, (err, n, bufs) => {
                        say('readv', err, n, bufs.map(String).join());
                        fs.close(fd, (err) => {
                          say('close', err);
                          fs.close(9999, (err) => { say('close bad', told(err)); done(); });
                        });
                      });
                    });
                  });
                });
              });
            });
          });
        });
      });
    });
  });
}

async function promises() {
  await fsp.writeFile(at('p'), 'promised');
  say('p read', await fsp.readFile(at('p'), 'utf8'), (await fsp.readFile(at('p'))).length);
  await fsp.readFile(at('nope')).catch((e) => say('p missing', told(e)));
  await fsp.stat(at('nope')).catch((e) => say('p stat', told(e)));
  await fsp.rename(at('nope'), at('n')).catch((e) => say('p rename', told(e), clean(e.dest)));
  say('p mkdir', await fsp.mkdir(at('q/r'), { recursive: true }), await fsp.mkdir(at('q/r'), { recursive: true }));
  say('p readdir', (await fsp.readdir(root)).sort().join());
  const h = await fsp.open(at('h'), 'w+');
  say('p handle', typeof h.fd, (await h.write('abcdef')).bytesWritten, (await h.write(Buffer.from('Z'), 0, 1, 0)).bytesWritten);
  const { bytesRead, buffer } = await h.read(Buffer.alloc(6), 0, 6, 0);
  say('p handle read', bytesRead, buffer.toString());
  say('p handle stat', (await h.stat()).size, (await h.writev([Buffer.from('1'), Buffer.from('2')])).bytesWritten);
  await h.truncate(3); await h.sync(); await h.chmod(0o600);
  say('p handle file', await h.readFile({ encoding: 'utf8' }), (await h.stat()).size);
  await h.close();
  await h.read(Buffer.alloc(1)).catch((e) => say('p closed', e.code, e.syscall, e.message));
  await fsp.appendFile(at('p'), '!');
  await fsp.copyFile(at('p'), at('p2'));
  say('p copy', await fsp.readFile(at('p2'), 'latin1'));
  await fsp.symlink('p', at('l')); say('p link', await fsp.readlink(at('l')), clean(await fsp.realpath(at('l'))));
  for await (const line of (await fsp.open(at('p'))).readLines()) say('p line', line);
  await fsp.cp(at('q'), at('q2'), { recursive: true });
  await fsp.rm(at('q'), { recursive: true }); say('p rm', (await fsp.readdir(root)).sort().join());
  await fsp.rm(at('q')).catch((e) => say('p rm', told(e)));
  const dir = await fsp.opendir(root); const names = []; for await (const e of dir) names.push(e.name); say('p opendir', names.sort().join());
  await fsp.opendir(at('nope')).catch((e) => say('p opendir', told(e)));
  say('p all', (await Promise.all(['p', 'p2', 'h'].map((n) => fsp.readFile(at(n), 'latin1')))).join());
  say('p mkdtemp', clean(await fsp.mkdtemp(at('t-'))).replace(/t-.{6}$/, 't-XXXXXX'));
  say('p utimes', await fsp.utimes(at('p'), 1, 2), (await fsp.stat(at('p'))).mtimeMs, (await fsp.stat(at('p'), { bigint: true })).mtimeNs);
}

function streams() {
  return new Promise((resolve) => {
    const w = fs.createWriteStream(at('s'));
    w.on('open', () => say('s open')).on('finish', () => say('s finish')).on('close', () => {
      say('s close', w.bytesWritten);
      let n = 0, text = '';
      fs.createReadStream(at('s'), { highWaterMark: 1000, start: 10 }).on('data', (c) => { n++; text += c; }).on('end', () => {
        say('s read', n, text.length, text.slice(0, 5));
        fs.createReadStream(at('nope')).on('error', (e) => { say('s error', told(e)); resolve(); });
      });
    });
    for (let i = 0; i < 500; i++) w.write('0123456789');
    w.end('last');
  });
}

function order() {
  return new Promise((resolve) => {
    fs.stat(root, () => { say('o stat'); setImmediate(() => say('o immediate in stat')); process.nextTick(() => say('o tick in stat')); Promise.resolve().then(() => say('o job in stat')); });
    process.nextTick(() => say('o tick'));
    Promise.resolve().then(() => say('o job'));
    setTimeout(() => { say('o timer'); resolve(); }, 20);
    say('o sync');
  });
}

callbacks(async () => {
  await promises();
  await streams();
  await order();
  fs.rmSync(root, { recursive: true });
  say('done');
});

'use strict';
// Sockets within one process: connections, back-pressure, half-closing, errors.
const net = require('net');
const say = console.log;
const told = (e) => e && [e.code, e.errno, e.syscall, e.address, e.message.replace(/:\d+$/, ':PORT')].join(' | ');

function echo(done) {
  const server = net.createServer((c) => {
    say('s connection', c.remoteFamily, typeof c.remotePort, c.localPort === server.address().port);
    c.on('data', (d) => say('s data', String(d)));
    c.on('end', () => say('s end'));
    c.on('close', (had) => say('s close', had, c.bytesRead, c.bytesWritten));
    c.pipe(c);
  });
  server.on('close', () => { say('server close'); done(); });
  server.listen(0, '127.0.0.1', () => {
    const a = server.address();
    say('listening', a.address, a.family, a.port > 0, server.listening);
    const c = net.connect(a.port, '127.0.0.1');
    c.setEncoding('utf8');
    c.on('connect', () => { say('c connect', c.remoteAddress, c.remoteFamily, c.remotePort === a.port, c.readyState); c.write('hello'); });
    c.on('data', (d) => { say('c data', d); if (d === 'hello') c.end('bye'); });
    c.on('end', () => say('c end'));
    c.on('close', (had) => { say('c close', had, c.bytesRead, c.bytesWritten); server.close(); });
  });
}

function big(done) {
  const size = 5 << 20;
  const server = net.createServer((c) => {
    let n = 0;
    c.on('data', (d) => { n += d.length; });
    c.on('end', () => { say('big server got', n); c.end(Buffer.alloc(size, 1)); });
  }).listen(0, '127.0.0.1', () => {
    const c = net.connect(server.address().port, '127.0.0.1');
    let n = 0, drains = 0;
    c.on('drain', () => drains++);
    c.on('data', (d) => { n += d.length; if (n === d.length) { c.pause(); setTimeout(() => c.resume(), 10); } });
    c.on('end', () => { say('big client got', n, drains > 0); server.close(done); });
    say('big write', c.write(Buffer.alloc(size, 2)), c.writableLength === size);
    c.end();
  });
}

function errors(done) {
  const c = net.connect(1, '127.0.0.1');
  c.on('error', (e) => say('refused', told(e)));
  c.on('close', (had) => {
    say('refused close', had);
    const one = net.createServer().listen(0, '127.0.0.1', () => {
      const two = net.createServer();
      two.on('error', (e) => { say('in use', told(e).replace(/\d+$/, 'PORT')); one.close(done); });
      two.listen(one.address().port, '127.0.0.1');
    });
  });
}

function half(done) {
  const server = net.createServer({ allowHalfOpen: true }, (c) => {
    let text = '';
    c.setEncoding('latin1').on('data', (d) => { text += d; }).on('end', () => { say('half got', text); setTimeout(() => c.end('late'), 5); });
  }).listen(0, () => {
    say('any', server.address().family, server.address().address);
    const c = net.connect(server.address().port);
    c.setEncoding('utf8').on('data', (d) => say('half data', d)).on('close', () => server.close(done));
    c.end('first');
  });
}

function destroy(done) {
  const server = net.createServer((c) => {
    c.on('error', (e) => say('peer error', e.code)).on('close', () => { say('peer close'); server.close(done); });
    c.resume();
  }).listen(0, '127.0.0.1', () => {
    const c = net.connect(server.address().port, '127.0.0.1', () => { c.write('x', () => { c.destroy(); say('destroyed', c.destroyed); }); });
    c.on('close', () => say('own close'));
  });
}

function unix(done) {
  const path = `/tmp/net-${process.pid}.sock`;
  const server = net.createServer((c) => c.end('over a path')).listen(path, () => {
    say('unix', server.address() === path);
    net.connect(path).setEncoding('utf8').on('data', (d) => say('unix data', d)).on('close', () => server.close(() => {
      net.connect(path).on('error', (e) => { say('unix gone', e.code, e.syscall); done(); });
    }));
  });
}

function localhost(done) {
  const server = net.createServer((c) => c.end('by name')).listen(0, () => {
    net.connect({ port: server.address().port, host: 'localhost' }).setEncoding('utf8').on('data', (d) => say('name data', d)).on('close', () => server.close(done));
  });
}

function unref(done) {
  const server = net.createServer().listen(0, () => { server.unref(); say('unref'); done(); });
}

const steps = [echo, big, errors, half, destroy, unix, localhost, unref];
(function next() { const step = steps.shift(); if (step) step(() => setImmediate(next)); else say('end'); })();

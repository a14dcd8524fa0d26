'use strict';
// Sockets and servers that are sent to other processes; cluster.
const { fork } = require('child_process');
const cluster = require('cluster');
const http = require('http');
const net = require('net');
const say = console.log;
const get = (port) => new Promise((resolve) => http.get({ port, agent: false }, (response) => response.setEncoding('utf8').on('data', resolve)));
if (process.argv[2] === 'child') {
  process.on('message', (message, handle) => {
    if (message === 'socket') handle.end(`a socket, and ${handle.constructor.name}`);
    if (message === 'server') {
      handle.on('connection', (connection) => connection.end('a server'));
      process.send('listening');
    }
  });
} else if (cluster.isWorker) {
  http.createServer((request, response) => response.end(`worker ${cluster.worker.id}`)).listen(0);
} else {
  const talk = (port) => new Promise((resolve) => {
    let text = '';
    net.connect(port).on('data', (data) => { text += data; }).on('close', () => resolve(text));
  });
  const listening = (server) => new Promise((resolve) => server.listen(0, () => resolve(server.address().port)));
  (async () => {
    const child = fork(__filename, ['child']);
    const gives = net.createServer((socket) => child.send('socket', socket));
    say(await talk(await listening(gives)));
    gives.close();
    const given = net.createServer();
    const port = await listening(given);
    child.send('server', given);
    await new Promise((resolve) => child.once('message', resolve));
    given.close();
    say(await talk(port));
    child.kill();
    await new Promise((resolve) => child.once('exit', resolve));

    const first = cluster.fork();
    const second = cluster.fork();
    const [{ port: one }, { port: other }] = await Promise.all([first, second].map((worker) => new Promise((resolve) => worker.once('listening', resolve))));
    say(one === other, [await get(one), await get(one), await get(one), await get(one)].sort());
    cluster.disconnect(() => say('disconnected'));
  })();
}

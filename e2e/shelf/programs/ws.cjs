const { WebSocketServer, WebSocket } = require('ws');
const server = new WebSocketServer({ port: 0 }, () => {
  const client = new WebSocket(`ws://localhost:${server.address().port}`);
  client.on('open', () => { client.send('hello'); client.send(Buffer.alloc(70000, 7)); });
  let count = 0;
  client.on('message', (data, binary) => {
    console.log(binary, data.length, binary ? data[0] : data.toString());
    if (++count === 2) client.close(1000, 'done');
  });
  client.on('close', (code) => { console.log('closed', code); server.close(); });
});
server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send(data, { binary })));

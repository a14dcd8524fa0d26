const { Server } = require('socket.io');
const { io } = require('socket.io-client');
const server = require('http').createServer();
const sockets = new Server(server);
sockets.on('connection', (socket) => {
  socket.on('sum', (a, b, reply) => reply(a + b));
  socket.on('room', () => { socket.join('r'); sockets.to('r').emit('news', { n: 1 }); });
});
server.listen(0, () => {
  const client = io(`http://localhost:${server.address().port}`);
  client.on('connect', () => client.emit('sum', 2, 3, (sum) => { console.log(sum); client.emit('room'); }));
  client.on('news', (news) => { console.log(news); client.close(); sockets.close(); });
});

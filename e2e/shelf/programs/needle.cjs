const needle = require('needle');
const http = require('http');
const server = http.createServer((req, res) => { let b = ''; req.on('data', (d) => b += d).on('end', () => res.end(b.toUpperCase())); }).listen(0, async () => {
  const res = await needle('post', `http://localhost:${server.address().port}/`, { a: 'b', c: [1, 2] });
  console.log(res.statusCode, String(res.body));
  server.close();
});

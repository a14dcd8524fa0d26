const fetch = require('node-fetch');
const http = require('http');
const server = http.createServer((req, res) => { res.setHeader('x-y', 'z'); req.pipe(res); }).listen(0, async () => {
  const res = await fetch(`http://localhost:${server.address().port}/`, { method: 'POST', body: 'some text' });
  console.log(res.ok, res.headers.get('x-y'), await res.text());
  server.close();
});

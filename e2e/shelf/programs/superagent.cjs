const request = require('superagent');
const http = require('http');
const server = http.createServer((req, res) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify({ url: req.url, auth: req.headers.authorization ?? null })); }).listen(0, async () => {
  const res = await request.get(`http://localhost:${server.address().port}/q`).query({ a: 1 }).auth('me', 'pw');
  console.log(res.status, res.body);
  server.close();
});

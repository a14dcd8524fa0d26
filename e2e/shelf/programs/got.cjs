const got = require('got');
const http = require('http');
let tries = 0;
const server = http.createServer((req, res) => {
  if (req.url === '/retry' && ++tries < 3) { res.statusCode = 503; return res.end(); }
  if (req.url === '/move') { res.writeHead(302, { location: '/there' }); return res.end(); }
  res.end(JSON.stringify({ url: req.url, tries }));
}).listen(0, async () => {
  const base = `http://localhost:${server.address().port}`;
  console.log(await got(`${base}/a`).json());
  console.log(await got(`${base}/retry`, { retry: { limit: 3, calculateDelay: ({ attemptCount }) => attemptCount > 3 ? 0 : 5 } }).json());
  const moved = await got(`${base}/move`);
  console.log(moved.body, moved.redirectUrls.length);
  server.close();
});

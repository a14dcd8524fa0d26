const { http } = require('follow-redirects');
const server = require('http').createServer((req, res) => {
  const n = +req.url.slice(1);
  if (n > 0) { res.writeHead(301, { location: `/${n - 1}` }); return res.end(); }
  res.end('arrived');
}).listen(0, () => {
  http.get(`http://localhost:${server.address().port}/3`, (res) => {
    let text = '';
    res.on('data', (d) => text += d).on('end', () => { console.log(text, res.responseUrl.replace(/:\d+/, '')); server.close(); });
  });
});

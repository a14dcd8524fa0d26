const connect = require('connect');
const http = require('http');
const app = connect();
app.use('/api', (req, res, next) => { req.seen = req.url; next(); });
app.use((req, res) => res.end(`${req.seen} ${req.url}`));
const server = http.createServer(app).listen(0, async () => {
  console.log(await (await fetch(`http://localhost:${server.address().port}/api/x`)).text());
  server.close();
});

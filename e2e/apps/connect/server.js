const connect = require('connect');
const http = require('node:http');
const app = connect();
app.use((req, res) => {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ framework: 'connect', path: req.url }));
});
http.createServer(app).listen(3000);

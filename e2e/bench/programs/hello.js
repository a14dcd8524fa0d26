'use strict';
const http = require('node:http');

const large = Buffer.alloc(16 << 20, 'z');
http
  .createServer((request, response) => {
    if (request.url === '/large') response.end(large);
    else response.setHeader('Content-Type', 'text/plain').end('Hello, world\n');
  })
  .listen(3000);

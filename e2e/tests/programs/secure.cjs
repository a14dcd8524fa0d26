// Three servers over TLS: HTTP/1.1; HTTP/2 for who speaks it; and one that wants to see a certificate. Port 3000 is the last to open.
const https = require('node:https');
const http2 = require('node:http2');
const { authority, certificate, key } = require('./certificates.json');

const page = '<!doctype html><title>secure</title><h1>Home</h1><a href="https://localhost:3001/about">about</a>';

function answer(request, response) {
  const { socket } = request;
  if (request.url === '/redirect') return response.writeHead(302, { location: 'https://localhost:3001/about' }).end();
  if (request.url === '/big') return response.end(Buffer.alloc(3_000_000, 'x'));
  if (request.url === '/echo') return request.pipe(response);
  if (request.url === '/') return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  const { encrypted, authorized, alpnProtocol, servername } = socket;
  response.end(JSON.stringify({ url: request.url, version: request.httpVersion, encrypted, authorized, alpnProtocol, servername, protocol: socket.getProtocol(), cipher: socket.getCipher().name }));
}

const strict = https.createServer({ key, cert: certificate, ca: authority, requestCert: true, rejectUnauthorized: true }, answer);
strict.on('tlsClientError', (error) => console.log(error.code));
strict.listen(3002, () =>
  http2.createSecureServer({ key, cert: certificate, allowHTTP1: true }, answer).listen(3001, () =>
    https.createServer({ key, cert: certificate }, answer).listen(3000, () => {
      // The same server, by TLS.
      https.get({ port: 3000, host: 'localhost', path: '/own', ca: authority, checkServerIdentity: () => undefined }, (response) => response.on('data', (text) => console.log(`${text}`)));
    }),
  ),
);

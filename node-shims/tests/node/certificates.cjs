'use strict';
// X.509 certificates, and TLS between a server and clients.
const crypto = require('node:crypto');
const tls = require('node:tls');
const https = require('node:https');
const { authority, certificate, key } = require('./certificates.json');

const x509 = new crypto.X509Certificate(certificate);
const issuer = new crypto.X509Certificate(authority);
console.log(x509);
console.log(x509.toLegacyObject());
console.log(x509.checkIssued(issuer), issuer.checkIssued(x509), x509.verify(issuer.publicKey), x509.verify(x509.publicKey), issuer.ca, x509.ca, x509.checkPrivateKey(crypto.createPrivateKey(key)));
for (const host of ['localhost', 'a.example.org', 'a.b.example.org', 'example.org', 'test']) console.log(host, x509.checkHost(host), x509.checkHost(host, { wildcards: false }));
console.log(x509.checkIP('127.0.0.1'), x509.checkIP('::1'), x509.checkEmail('a@b'), x509.toString() === certificate);

const attempt = (name, work) => {
  try {
    console.log(name, work());
  } catch (error) {
    console.log(name, error.name, error.message, error.code);
  }
};
attempt('bad key', () => tls.createSecureContext({ key: 'x' }));
attempt('bad certificate', () => tls.createSecureContext({ cert: 'x' }));
attempt('mismatch', () => tls.createSecureContext({ cert: authority, key }));
attempt('ciphers', () => tls.createSecureContext({ ciphers: 'none' }));
attempt('method', () => tls.createSecureContext({ secureProtocol: 'none' }));
attempt('curve', () => tls.createSecureContext({ ecdhCurve: 'none' }));

// OpenSSL's errors name the place in its source: what stands before and behind the reason is its own.
const words = (error) => `${error.code} ${error.reason ?? error.message}`;
async function meet(name, serverOptions, clientOptions) {
  const said = { server: [], client: [] };
  const server = tls.createServer({ key, cert: certificate, ...serverOptions }, (socket) => {
    said.server.push('secure', socket.authorized, socket.authorizationError, socket.getProtocol(), socket.getCipher().standardName, socket.servername, socket.alpnProtocol, socket.isSessionReused());
    socket.on('error', () => {});
    socket.end(`hello ${'x'.repeat(40000)}`);
  });
  server.on('tlsClientError', (error) => said.server.push(words(error)));
  await new Promise((resolve) => server.listen(0, resolve));
  await new Promise((resolve) => {
    let size = 0;
    const socket = tls.connect({ port: server.address().port, ca: authority, servername: 'localhost', ...clientOptions }, () => {
      said.client.push('secure', socket.authorized, socket.authorizationError, socket.getProtocol(), socket.alpnProtocol, socket.getPeerCertificate().subject.CN, socket.getEphemeralKeyInfo());
    });
    socket.on('data', (data) => (size += data.length));
    socket.on('error', (error) => said.client.push(words(error)));
    socket.on('close', () => {
      said.client.push(size);
      server.close(resolve);
    });
  });
  console.log(name, said);
}

(async () => {
  await meet('plain', {}, {});
  await meet('unknown authority', {}, { ca: [] });
  await meet('whoever it is', {}, { ca: [], rejectUnauthorized: false });
  await meet('another name', {}, { servername: 'other.test' });
  await meet('version 1.2', { maxVersion: 'TLSv1.2' }, {});
  await meet('no version', { minVersion: 'TLSv1.3' }, { maxVersion: 'TLSv1.2' });
  await meet('no cipher', { ciphers: 'AES128-SHA256', maxVersion: 'TLSv1.2' }, { ciphers: 'AES256-SHA256' });
  await meet('protocols', { ALPNProtocols: ['a', 'b'] }, { ALPNProtocols: ['b', 'c'] });
  await meet('no protocol', { ALPNProtocols: ['a'] }, { ALPNProtocols: ['z'] });
  await meet('the client too', { requestCert: true, ca: authority }, { key, cert: certificate });
  await meet('the client has none', { requestCert: true, rejectUnauthorized: false }, {});

  const server = https.createServer({ key, cert: certificate }, (request, response) => {
    let text = '';
    request.on('data', (data) => (text += data)).on('end', () => response.end(`${request.method} ${request.url} ${text} ${request.socket.encrypted}`));
  }).listen(0, () => {
    const request = https.request({ port: server.address().port, method: 'POST', path: '/p', ca: authority, host: 'localhost' }, (response) => {
      response.setEncoding('utf8').on('data', (data) => console.log(response.statusCode, data)).on('end', () => server.close());
    });
    request.end('body');
  });
})();

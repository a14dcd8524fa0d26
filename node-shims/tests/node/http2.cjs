'use strict';
// HTTP/2: both ends, over plain connections and over TLS.
const http2 = require('node:http2');
const { authority, certificate, key } = require('./certificates.json');

const server = http2.createServer({ settings: { maxConcurrentStreams: 50 } });
server.on('stream', (stream, headers) => {
  const path = headers[':path'];
  if (path === '/echo') {
    stream.respond({ ':status': 201, 'x-method': headers[':method'] });
    return stream.pipe(stream);
  }
  if (path === '/push') {
    return stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
      pushed.respond({ ':status': 200 });
      pushed.end('pushed body');
      stream.respond();
      stream.end('page');
    });
  }
  if (path === '/trailers') {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'abc' }));
    return stream.end('with trailers');
  }
  stream.on('error', (error) => console.log('server', error.code));
  if (path === '/reset') return stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
  if (path === '/file') return stream.respondWithFile(__filename, { 'content-type': 'text/plain' }, { offset: 0, length: 12 });
  if (path === '/big') {
    stream.respond();
    return stream.end(Buffer.alloc(1_000_000, 'b'));
  }
  if (headers[':method'] === 'HEAD') return stream.respond({ ':status': 204 }, { endStream: true });
  stream.respond({ ':status': 200, 'set-cookie': ['a=1', 'b=2'], 'x-many': 'one' });
  stream.end(`${headers[':method']} ${path} ${headers['x-in']}`);
});

function ask(client, headers, body) {
  return new Promise((resolve) => {
    const request = client.request(headers);
    const seen = { headers: undefined, trailers: undefined, size: 0, text: '', error: undefined };
    request.on('response', (all, flags) => (seen.headers = { ...all, date: undefined, 'last-modified': undefined, flags }));
    request.on('trailers', (all) => (seen.trailers = { ...all }));
    request.on('data', (data) => {
      seen.size += data.length;
      if (seen.size < 100) seen.text += data;
    });
    request.on('error', (error) => (seen.error = `${error.code} ${error.message}`));
    request.on('close', () => resolve({ ...seen, code: request.rstCode }));
    request.end(body);
  });
}

server.listen(0, async () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  client.on('stream', (pushed, headers) => {
    let text = '';
    pushed.on('data', (data) => (text += data)).on('end', () => console.log('pushed', headers[':path'], text));
  });
  await new Promise((resolve) => client.on('remoteSettings', resolve));
  console.log(client.remoteSettings.maxConcurrentStreams, client.alpnProtocol, client.encrypted);
  console.log(await ask(client, { ':path': '/', 'x-in': 'in' }));
  console.log(await ask(client, { ':path': '/', ':method': 'HEAD' }));
  const big = await ask(client, { ':path': '/echo', ':method': 'POST' }, Buffer.alloc(500_000, 'a'));
  console.log(big.headers[':status'], big.headers['x-method'], big.size);
  console.log((await ask(client, { ':path': '/big' })).size);
  console.log((await ask(client, { ':path': '/push' })).text);
  console.log((await ask(client, { ':path': '/trailers' })).trailers);
  console.log(await ask(client, { ':path': '/reset' }));
  console.log((await ask(client, { ':path': '/file' })).text);
  console.log((await Promise.all(Array.from({ length: 20 }, (_, n) => ask(client, { ':path': `/${n}` })))).every(({ text }, n) => text === `GET /${n} undefined`));
  await new Promise((resolve) => client.ping(Buffer.from('12345678'), (error, duration, payload) => {
    console.log('ping', error, duration >= 0, payload.toString());
    resolve();
  }));
  console.log(http2.getPackedSettings({ enablePush: false, initialWindowSize: 100 }).toString('hex'), http2.getUnpackedSettings(Buffer.from('000400000064', 'hex')));
  client.close(() => {
    console.log('closed', client.destroyed);
    server.close(secure);
  });
});

function secure() {
  const secured = http2.createSecureServer({ key, cert: certificate, allowHTTP1: true }, (request, response) => {
    response.setHeader('x-version', request.httpVersion);
    response.end(`compat ${request.url} ${request.stream?.session?.alpnProtocol}`);
  }).listen(0, async () => {
    const client = http2.connect(`https://localhost:${secured.address().port}`, { ca: authority });
    const { headers, text } = await ask(client, { ':path': '/secure' });
    console.log(headers['x-version'], text, client.encrypted, client.alpnProtocol);
    client.close();
    require('node:https').get({ port: secured.address().port, ca: authority, path: '/old' }, (response) => {
      response.setEncoding('utf8').on('data', (data) => console.log(response.headers['x-version'], data)).on('end', () => secured.close());
    });
  });
}

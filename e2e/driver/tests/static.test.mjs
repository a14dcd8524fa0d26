import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { serve } from '../static.mjs';

let place;
let site;

before(async () => {
  place = await mkdtemp(path.join(os.tmpdir(), 'porthole-static-'));
  await mkdir(path.join(place, 'site/folder'), { recursive: true });
  await writeFile(path.join(place, 'site/index.html'), 'home');
  await writeFile(path.join(place, 'site/folder/index.html'), 'inner');
  await writeFile(path.join(place, 'site/a b.wasm'), 'wasm');
  await writeFile(path.join(place, 'secret'), 'secret');
  site = await serve({ directory: path.join(place, 'site'), base: '/some/where/' });
});
after(async () => {
  await site.close();
  await rm(place, { recursive: true });
});

/** Without the normalisation that `fetch` does to paths. */
function get(pathname, { method = 'GET', headers } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(site.origin, { path: pathname, method, headers }, (response) => {
      let body = '';
      response.on('data', (text) => (body += text)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    request.on('error', reject).end();
  });
}

test('serves a folder below its base', async () => {
  assert.equal((await get('/some/where/')).body, 'home');
  assert.equal((await get('/some/where/folder/')).body, 'inner');
  assert.equal((await get('/')).status, 404);
});

test('wasm has its type, and escapes are read', async () => {
  const { status, headers, body } = await get('/some/where/a%20b.wasm');
  assert.deepEqual([status, headers['content-type'], body], [200, 'application/wasm', 'wasm']);
  assert.equal((await get('/some/where/%zz')).status, 400);
});

test('a folder without its slash is redirected', async () => {
  const { status, headers } = await get('/some/where/folder');
  assert.deepEqual([status, headers.location], [301, '/some/where/folder/']);
});

test('nothing outside the folder', async () => {
  for (const path of ['/some/where/../secret', '/some/where/..%2fsecret', '/some/where/%2e%2e/secret', '/some/where/folder/..%2f..%2fsecret']) {
    const { status, body } = await get(path);
    assert.equal(status, 404, path);
    assert.ok(!body.startsWith('secret'));
  }
});

test('what the browser has already is not sent again', async () => {
  const { headers } = await get('/some/where/');
  const again = await get('/some/where/', { headers: { 'if-none-match': headers.etag } });
  assert.deepEqual([again.status, again.body], [304, '']);
});

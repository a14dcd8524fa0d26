// `node serve.mjs [--port N] [--base /folder/] DIRECTORY`: serves until interrupted.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { serve } from './static.mjs';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '8080' }, base: { type: 'string', default: '/' } },
  allowPositionals: true,
});
const directory = path.resolve(positionals[0] ?? 'dist');

for (let port = Number(values.port); ; port += 1) {
  try {
    const { url } = await serve({ directory, base: values.base, port });
    console.log(`Porthole is at ${url}`);
    break;
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || port >= 65535) throw error;
    console.log(`port ${port} is taken`);
  }
}

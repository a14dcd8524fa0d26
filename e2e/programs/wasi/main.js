'use strict';
// A WASI program, held against Node's: what each of its calls answered (program.wat).
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

if (process.argv[2] === 'child') {
  const { WASI } = require('node:wasi');
  const wasi = new WASI({ version: 'preview1', args: ['one', 'two'], env: { A: 'b' }, preopens: { '/sandbox': process.argv[3] } });
  WebAssembly.instantiate(fs.readFileSync(path.join(__dirname, 'program.wasm')), wasi.getImportObject()).then(({ instance }) => {
    process.exitCode = wasi.start(instance);
  });
} else {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wasi-'));
  const sandbox = path.join(folder, 'sandbox');
  fs.mkdirSync(sandbox);
  fs.writeFileSync(path.join(folder, 'outside.txt'), 'not for the program');
  try {
    execFileSync(process.execPath, [__filename, 'child', sandbox], { stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    console.log(error.status, [...error.stdout].join(' '));
  }
  console.log(fs.readdirSync(sandbox), fs.readFileSync(path.join(sandbox, 'folder/renamed.txt'), 'utf8'));
  const { WASI } = require('node:wasi');
  for (const options of [{ version: 'preview1', preopens: { '/x': '/not/there' } }, { version: 'preview9' }, {}, { version: 'unstable' }]) {
    try {
      console.log(Object.keys(new WASI(options).getImportObject()));
    } catch (error) {
      console.log(error.code);
    }
  }
  const wasi = new WASI({ version: 'preview1' });
  try {
    wasi.wasiImport.fd_close(1);
  } catch (error) {
    console.log(error.code, error.message);
  }
  console.log(Object.keys(wasi.wasiImport).sort().join(' '));
  fs.rmSync(folder, { recursive: true });
}

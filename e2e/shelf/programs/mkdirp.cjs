const { mkdirpSync } = require('mkdirp');
const fs = require('fs'); const os = require('os'); const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'm-'));
console.log(path.relative(dir, mkdirpSync(path.join(dir, 'x/y/z'))), fs.statSync(path.join(dir, 'x/y/z')).isDirectory(), mkdirpSync(path.join(dir, 'x')));
fs.rmSync(dir, { recursive: true });

const webpack = require('webpack');
const fs = require('fs');
const os = require('os');
const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'w-'));
fs.writeFileSync(path.join(dir, 'a.js'), "import { x } from './b.js'; globalThis.result = x + 1;");
fs.writeFileSync(path.join(dir, 'b.js'), 'export const x = 41; export const unused = 0;');
webpack({ mode: 'production', context: dir, entry: './a.js', output: { path: dir, filename: 'out.js' }, cache: false }, (error, stats) => {
  if (error) throw error;
  console.log(stats.hasErrors(), stats.toJson().modules.length);
  eval(fs.readFileSync(path.join(dir, 'out.js'), 'utf8'));
  console.log(globalThis.result);
  fs.rmSync(dir, { recursive: true });
});

const { rimrafSync } = require('rimraf');
const fs = require('fs'); const os = require('os'); const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'r-'));
fs.mkdirSync(path.join(dir, 'a/b'), { recursive: true }); fs.writeFileSync(path.join(dir, 'a/b/c'), '');
console.log(rimrafSync(dir), fs.existsSync(dir));

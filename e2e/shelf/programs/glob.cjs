const { globSync } = require('glob');
const fs = require('fs'); const os = require('os'); const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'g-'));
for (const f of ['a.js', 'b/c.js', 'b/d/e.ts', '.h.js']) { fs.mkdirSync(path.dirname(path.join(dir, f)), { recursive: true }); fs.writeFileSync(path.join(dir, f), ''); }
console.log(globSync('**/*.js', { cwd: dir }).sort(), globSync('**/*.{js,ts}', { cwd: dir, dot: true, ignore: 'b/*.js' }).sort());
fs.rmSync(dir, { recursive: true });

const fg = require('fast-glob');
const fs = require('fs'); const os = require('os'); const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'g-'));
for (const f of ['a.js', 'b/c.js', 'b/d/e.ts']) { fs.mkdirSync(path.dirname(path.join(dir, f)), { recursive: true }); fs.writeFileSync(path.join(dir, f), 'xy'); }
fg(['**/*.js', '!a.js'], { cwd: dir }).then((r) => { console.log(r, fg.sync('**', { cwd: dir, onlyDirectories: true }).sort(), fg.sync('a.*', { cwd: dir, stats: true })[0].stats.size); fs.rmSync(dir, { recursive: true }); });

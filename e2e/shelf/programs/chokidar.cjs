const chokidar = require('chokidar');
const fs = require('fs'); const os = require('os'); const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'c-'));
const seen = [];
const watcher = chokidar.watch(dir, { ignoreInitial: true });
watcher.on('all', (event, file) => { seen.push(`${event} ${path.basename(file)}`); if (seen.length === 2) watcher.close().then(() => { console.log(seen.sort()); fs.rmSync(dir, { recursive: true }); }); });
watcher.on('ready', () => { fs.writeFileSync(path.join(dir, 'new.txt'), '1'); setTimeout(() => fs.mkdirSync(path.join(dir, 'sub')), 50); });

// Run by the pinned Node release itself: writes the sources of its builtin modules, one file each, into the directory given.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const directory = process.argv[2];
const sources = process.binding('natives');
let written = 0;
for (const [id, source] of Object.entries(sources)) {
  // Not JavaScript: the options that the release was built with.
  if (id === 'configs' || typeof source !== 'string') continue;
  const file = path.join(directory, `${id}.js`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, source);
  written += 1;
}
process.stdout.write(`${written}\n`);

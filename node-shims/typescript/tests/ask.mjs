// Strips the files below the folders that it is given, and the cases of modules, and writes name, source and answer of each: a length (u32, little-endian) and the text.
// An error is `!` and its message, and of cases the line and the snippet, which Node puts before the stack.
import { readFileSync, readdirSync, statSync, writeSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';

const chunks = [];
const put = (text) => {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  chunks.push(length, bytes);
};

function tell(name, source, words) {
  put(name);
  put(source);
  try {
    put(stripTypeScriptTypes(source));
  } catch (error) {
    // `name:line`, the snippet, an empty line, the stack.
    const [, line, snippet] = /^:(\d+)\n([^]*?)\n[A-Za-z]*Error \[/.exec(error.stack);
    put(words ? `!${error.message}\n${line}\n${snippet}` : `!${error.message}`);
  }
}

function walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' || process.env.PORTHOLE_FILES) walk(place);
    } else if (/\.[cm]?ts$/.test(entry.name)) {
      tell(place, readFileSync(place, 'utf8').toWellFormed(), false);
    }
  }
}

for (const place of process.argv.slice(2)) {
  if (statSync(place).isDirectory()) walk(place);
  else for (const [index, source] of (await import(place)).default.entries()) tell(`case ${index}: ${JSON.stringify(source)}`, source, true);
}
for (let all = Buffer.concat(chunks), at = 0; at < all.length;) at += writeSync(1, all, at);

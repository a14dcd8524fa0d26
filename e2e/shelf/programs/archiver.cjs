const { TarArchive } = require('archiver');
const archive = new TarArchive();
const parts = [];
archive.on('data', (d) => parts.push(d)).on('end', () => {
  const all = Buffer.concat(parts);
  console.log(all.length, all.toString('latin1', 0, 5));
});
archive.append('text', { name: 'a.txt', date: new Date(0) });
archive.finalize();

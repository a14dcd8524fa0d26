const tar = require('tar-stream');
const pack = tar.pack();
const extract = tar.extract();
pack.entry({ name: 'a.txt', mtime: new Date(0) }, 'content of a');
pack.entry({ name: 'd/', type: 'directory', mtime: new Date(0) });
pack.finalize();
extract.on('entry', (header, stream, next) => { let text = ''; stream.on('data', (d) => text += d).on('end', () => { console.log(header.name, header.type, header.size, text); next(); }); });
extract.on('finish', () => console.log('end'));
pack.pipe(extract);

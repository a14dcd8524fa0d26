const { Readable, Transform, pipeline, finished } = require('readable-stream');
const upper = new Transform({ transform(chunk, e, cb) { cb(null, chunk.toString().toUpperCase()); } });
pipeline(Readable.from(['a', 'b', 'c']), upper, async function(source) { let all = ''; for await (const c of source) all += c; console.log(all); }, (error) => console.log('done', error));
finished(Readable.from([]).resume(), () => console.log('finished'));

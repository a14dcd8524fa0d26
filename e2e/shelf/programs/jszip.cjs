const JSZip = require('jszip');
(async () => {
  const zip = new JSZip();
  zip.file('a.txt', 'hello '.repeat(100)).folder('d').file('b.bin', new Uint8Array([1, 2, 3]));
  const bytes = await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  const again = await JSZip.loadAsync(bytes);
  console.log(bytes.length < 700, Object.keys(again.files), (await again.file('a.txt').async('string')).length, [...await again.file('d/b.bin').async('uint8array')]);
})();

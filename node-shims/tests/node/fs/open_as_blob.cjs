'use strict';
// Blobs over files: read when they are asked for, and refused when the file is another than it was.
const { fs, at, check, put } = require('./shared/check.cjs');
const gather = async (stream) => { const all = []; for await (const piece of stream) all.push(Buffer.from(piece)); return Buffer.concat(all); };
put('f', 'abcdefghijklmnopqrstuvwxyz');
check('openAsBlob', async () => { const blob = await fs.openAsBlob(at('f'), { type: 'text/plain' }); return [blob.size, blob.type, await blob.text(), await blob.slice(3, 6).text(), Buffer.from(await blob.slice(-3).arrayBuffer()).toString(), String(await gather(blob.stream()))]; });
check('openAsBlob of an empty file', async () => { put('zero', ''); const blob = await fs.openAsBlob(at('zero')); return [blob.size, blob.type, await blob.text()]; });
check('openAsBlob missing', () => fs.openAsBlob(at('none')));
check('openAsBlob changed since', async () => { put('ch', 'before'); const blob = await fs.openAsBlob(at('ch')); await new Promise((done) => setTimeout(done, 20)); fs.writeFileSync(at('ch'), 'afterwards'); try { return await blob.text(); } catch (e) { return [e.name, e.message]; } });
check('large, in slices', async () => { const bytes = Buffer.alloc(1 << 20, 'slices'); put('large', bytes); const blob = await fs.openAsBlob(at('large')); const part = blob.slice(100000, 900000).slice(5, 700000); return [blob.size, part.size, Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(100005, 800000)), (await gather(blob.stream())).equals(bytes)]; });
check('in a blob of blobs', async () => { const blob = await fs.openAsBlob(at('f')); const sum = new Blob(['<', blob, '|', blob.slice(0, 3), '>']); return [sum.size, await sum.text(), await sum.slice(1, 30).text()]; });
check('read twice', async () => { const blob = await fs.openAsBlob(at('f')); return [await blob.text() === await blob.text(), (await blob.bytes()).length]; });
check('same size, changed', async () => { put('sa', 'one'); const blob = await fs.openAsBlob(at('sa')); await new Promise((done) => setTimeout(done, 30)); fs.writeFileSync(at('sa'), 'two'); try { return await blob.text(); } catch (e) { return [e.name, e.message]; } });
check('removed', async () => { put('rm', 'one'); const blob = await fs.openAsBlob(at('rm')); fs.unlinkSync(at('rm')); try { return await blob.text(); } catch (e) { return [e.name, e.message]; } });
check('a folder', async () => { fs.mkdirSync(at('d')); const blob = await fs.openAsBlob(at('d')); try { return typeof await blob.text(); } catch (e) { return [e.name, e.message]; } });
check('wrong type', () => fs.openAsBlob(at('f'), { type: 7 }));
check('cloned', async () => { const blob = structuredClone(await fs.openAsBlob(at('f'))); return [blob.size, await blob.text()]; });

// A tar archive as tests need it: files with short names.

const BLOCK = 512;

export function tarOf(files: Record<string, Uint8Array>): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [name, data] of Object.entries(files)) {
    const head = Buffer.alloc(BLOCK);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('14524000000\0', 136);
    head.write('        ', 148);
    head.write('0', 156);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((all, byte) => all + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    pieces.push(head, data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK));
  }
  return Buffer.concat([...pieces, Buffer.alloc(2 * BLOCK)]);
}

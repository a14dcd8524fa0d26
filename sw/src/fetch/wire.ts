// Headers between the browser, which shows each byte as a character, and the kernel: `count:u32`, then name and value, each behind its length.

/** A character of the value stands for one byte. */
export type Header = readonly [name: string, value: string];

export function putHeaders(headers: readonly Header[]): Uint8Array<ArrayBuffer> {
  const room = headers.reduce((sum, [name, value]) => sum + 8 + name.length + value.length, 4);
  const bytes = new Uint8Array(room);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const number = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  number(headers.length);
  for (const text of headers.flat()) {
    number(text.length);
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
  }
  return bytes;
}

/** Throws a RangeError when the bytes end early. */
export function getHeaders(bytes: Uint8Array): Header[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = (): number => {
    const value = view.getUint32(at, true);
    at += 4;
    return value;
  };
  const text = (): string => {
    const length = number();
    if (at + length > bytes.length) throw new RangeError("headers end early");
    const value = latin1(bytes.subarray(at, at + length));
    at += length;
    return value;
  };
  const headers: Header[] = [];
  for (let count = number(); count > 0; count--) headers.push([text(), text()]);
  return headers;
}

/** Each byte as one character. `TextDecoder("latin1")` would be windows-1252. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The bytes that a string of byte characters stands for, as UTF-8 text. */
export function utf8(value: string): string {
  return new TextDecoder().decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
}

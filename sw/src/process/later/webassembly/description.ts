// What a module imports and exports, as the image beside tells it (node-shims/webassembly/src/describe.rs).

export const FUNCTION = 0;
export const TABLE = 1;
export const MEMORY = 2;
export const GLOBAL = 3;
export const TAG = 4;

export interface Import {
  module: string;
  name: string;
  kind: number;
  /** In letters: a function's signature, a global's type. */
  type: string;
}

export interface Export {
  name: string;
  kind: number;
  type: string;
  index: number;
}

export interface Memory {
  /** Which import it is; null for one of the module's own. */
  imported: number | null;
  minimum: number;
  maximum: number | null;
  shared: boolean;
}

export interface Description {
  imports: Import[];
  exports: Export[];
  memories: Memory[];
}

const NONE = 0xffff_ffff;

/** Reads a description, and answers it with what lies behind it. */
export function describe(bytes: Uint8Array<ArrayBuffer>): { description: Description; rest: Uint8Array<ArrayBuffer> } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = 0;
  const number = () => view.getUint32((at += 4) - 4, true);
  const byte = () => view.getUint8((at += 1) - 1);
  const text = () => {
    const length = number();
    return decoder.decode(bytes.subarray(at, (at += length)));
  };
  const list = <T>(read: () => T): T[] => Array.from({ length: number() }, read);
  const none = (value: number) => (value === NONE ? null : value);
  const imports = list(() => ({ module: text(), name: text(), kind: byte(), type: text() }));
  const exports = list(() => ({ name: text(), kind: byte(), type: text(), index: number() }));
  const memories = list(() => ({ imported: none(number()), minimum: number(), maximum: none(number()), shared: byte() !== 0 }));
  return { description: { imports, exports, memories }, rest: bytes.subarray(at) };
}

// Node's library as one file. Filled in when the process image can compile.
export async function compileLibrary(_wasm, _library) {
  return undefined;
}

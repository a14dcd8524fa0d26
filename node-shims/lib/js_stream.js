'use strict';
// internalBinding('js_stream'): a stream whose bottom is JavaScript.

const { AsyncWrap, UV_EOF, streamBaseState } = internalBinding('handles');
const { TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetByteOffset } = primordials;

const kReadBytesOrError = 0, kArrayBufferOffset = 1, kBytesWritten = 2, kLastWriteWasAsync = 3;

class JSStream extends AsyncWrap {
  bytesRead = 0;
  bytesWritten = 0;

  constructor() { super('JSSTREAM'); }

  get isStreamBase() { return true; }
  get fd() { return -1; }
  readStart() { return this.onreadstart() ?? 0; }
  readStop() { return this.onreadstop() ?? 0; }
  shutdown(req) { return this.onshutdown(req) ?? 0; }

  #write(req, bufs) {
    let total = 0;
    for (let i = 0; i < bufs.length; i++) total += TypedArrayPrototypeGetByteLength(bufs[i]);
    this.bytesWritten += total;
    const status = this.onwrite(req, bufs) ?? 0;
    // Others may have written meanwhile.
    streamBaseState[kBytesWritten] = total;
    streamBaseState[kLastWriteWasAsync] = 1;
    return status;
  }

  writeBuffer(req, buffer) { return this.#write(req, [buffer]); }
  writeUtf8String(req, text) { return this.#write(req, [bytes(text, 'utf8')]); }
  writeAsciiString(req, text) { return this.#write(req, [bytes(text, 'latin1')]); }
  writeLatin1String(req, text) { return this.#write(req, [bytes(text, 'latin1')]); }
  writeUcs2String(req, text) { return this.#write(req, [bytes(text, 'utf16le')]); }
  writev(req, chunks, allBuffers) {
    const bufs = [];
    for (let i = 0; i < chunks.length; i += allBuffers ? 1 : 2) {
      const chunk = chunks[i];
      bufs[bufs.length] = typeof chunk === 'string' ? bytes(chunk, chunks[i + 1]) : chunk;
    }
    return this.#write(req, bufs);
  }

  finishWrite(req, status) { req.oncomplete(status, this, undefined); }
  finishShutdown(req, status) { req.oncomplete(status, this, undefined); }

  readBuffer(buffer) {
    const length = TypedArrayPrototypeGetByteLength(buffer);
    this.bytesRead += length;
    streamBaseState[kReadBytesOrError] = length;
    streamBaseState[kArrayBufferOffset] = TypedArrayPrototypeGetByteOffset(buffer);
    this.onread(TypedArrayPrototypeGetBuffer(buffer));
  }

  emitEOF() {
    streamBaseState[kReadBytesOrError] = UV_EOF;
    this.onread(undefined);
  }
}

function bytes(text, encoding) {
  return globalThis.Buffer.from(text, encoding);
}

binding.JSStream = JSStream;

'use strict';
// internalBinding('stream_pipe'): a file, given to a stream. HTTP/2 alone asks for it.

const { AsyncWrap, UV_EOF, streamBaseState } = internalBinding('handles');
const { MathMin, TypedArrayPrototypeSubarray, Uint8Array } = primordials;
const kReadBytesOrError = 0, kLastWriteWasAsync = 3;
const SIZE = 65536;

class Request extends AsyncWrap {
  constructor(provider, oncomplete) {
    super(provider);
    this.oncomplete = oncomplete;
  }
}

binding.StreamPipe = class StreamPipe extends AsyncWrap {
  #position;
  #left;
  #over = false;

  constructor(source, sink) {
    super('STREAMPIPE');
    this.source = source;
    this.sink = sink;
    const { offset, length } = internalBinding('fs').rangeOf(source);
    this.#position = offset;
    this.#left = length;
  }

  start() { this.#read(); }
  isClosed() { return this.#over; }
  pendingWrites() { return 0; }
  unpipe() { this.#end(); }

  #read() {
    if (this.#over) return;
    const size = this.#left < 0 ? SIZE : MathMin(SIZE, this.#left);
    if (size === 0) return this.#finish();
    const bytes = new Uint8Array(size);
    const position = this.#position < 0 ? null : this.#position;
    const { read } = internalBinding('process_methods').require('fs');
    read(this.source.fd, bytes, 0, size, position, (error, count) => {
      if (this.#over) return;
      if (error) {
        streamBaseState[kReadBytesOrError] = error.errno;
        this.source.onread?.(undefined);
        return this.#end();
      }
      if (count === 0) return this.#finish();
      if (this.#position >= 0) this.#position += count;
      if (this.#left > 0) this.#left -= count;
      const request = new Request('WRITEWRAP', (status) => {
        if (status !== 0) this.#end();
        else this.#read();
      });
      const status = this.sink.writeBuffer(request, TypedArrayPrototypeSubarray(bytes, 0, count));
      if (status !== 0) return this.#end();
      if (streamBaseState[kLastWriteWasAsync] === 0) this.#read();
    });
  }
  #finish() {
    streamBaseState[kReadBytesOrError] = UV_EOF;
    this.source.onread?.(undefined);
    if (this.#over) return;
    this.sink.shutdown(new Request('SHUTDOWNWRAP', () => {}));
    this.#end();
  }
  #end() {
    if (this.#over) return;
    this.#over = true;
    this.onunpipe?.();
  }
};

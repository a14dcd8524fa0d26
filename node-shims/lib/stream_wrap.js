'use strict';
// internalBinding('stream_wrap').

const { AsyncWrap, LibuvStreamWrap, streamBaseState } = internalBinding('handles');

binding.WriteWrap = class WriteWrap extends AsyncWrap {
  constructor() { super('WRITEWRAP'); }
};
binding.ShutdownWrap = class ShutdownWrap extends AsyncWrap {
  constructor() { super('SHUTDOWNWRAP'); }
};
binding.LibuvStreamWrap = LibuvStreamWrap;
binding.kReadBytesOrError = 0;
binding.kArrayBufferOffset = 1;
binding.kBytesWritten = 2;
binding.kLastWriteWasAsync = 3;
binding.streamBaseState = streamBaseState;

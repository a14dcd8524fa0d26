'use strict';
// Only HTTP/2 pipes streams below JavaScript, and it is not there.
binding.StreamPipe = class StreamPipe {
  constructor() {
    const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = internalBinding('process_methods').require('internal/errors');
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('http2');
  }
};

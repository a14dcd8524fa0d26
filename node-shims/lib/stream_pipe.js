'use strict';
// internalBinding('stream_pipe'): streams joined below JavaScript, which HTTP/2 alone asks for.

const { Error } = primordials;

binding.StreamPipe = class StreamPipe {
  constructor() {
    // eslint-disable-next-line no-restricted-syntax
    const error = new Error('StreamPipe is not available in Porthole');
    error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
    throw error;
  }
};

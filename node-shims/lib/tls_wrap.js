'use strict';
// internalBinding('tls_wrap'). There is no TLS over the sockets here: the browser speaks it for `fetch`.

const { Error } = primordials;
const { AsyncWrap } = internalBinding('handles');

function unavailable() {
  // eslint-disable-next-line no-restricted-syntax
  const error = new Error('TLS sockets are not available in Porthole: use fetch() for https:// addresses');
  error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
  return error;
}

binding.TLSWrap = class TLSWrap extends AsyncWrap {
  constructor() { throw unavailable(); }
};
binding.wrap = () => { throw unavailable(); };
binding.HAVE_SSL_TRACE = 1;

'use strict';
// URLPattern is not there yet: whoever makes one hears so.
binding.URLPattern = class URLPattern {
  constructor() {
    const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = internalBinding('process_methods').require('internal/errors');
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('URLPattern');
  }
};

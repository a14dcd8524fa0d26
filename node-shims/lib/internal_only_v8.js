'use strict';
binding.queryObjects = () => {
  const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = internalBinding('process_methods').require('internal/errors');
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('v8.queryObjects');
};

'use strict';
const unavailable = (name) => () => {
  const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = internalBinding('process_methods').require('internal/errors');
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(name);
};
binding.buildEmbedderGraph = () => [];
binding.triggerHeapSnapshot = unavailable('v8.writeHeapSnapshot');
binding.createHeapSnapshotStream = unavailable('v8.getHeapSnapshot');

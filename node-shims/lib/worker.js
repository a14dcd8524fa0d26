'use strict';
binding.isMainThread = true;
binding.isInternalThread = false;
binding.ownsProcessState = true;
binding.threadId = 0;
binding.threadName = '';
binding.resourceLimits = new Float64Array(4);
binding.getEnvMessagePort = () => undefined;
binding.kMaxYoungGenerationSizeMb = 0;
binding.kMaxOldGenerationSizeMb = 1;
binding.kCodeRangeSizeMb = 2;
binding.kStackSizeMb = 3;
binding.kTotalResourceLimitCount = 4;
// A thread would have to share memory with this one. Programs that want one hear so when they ask for it.
binding.Worker = class Worker {
  constructor() {
    const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = internalBinding('process_methods').require('internal/errors');
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('worker_threads.Worker');
  }
};

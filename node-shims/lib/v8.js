'use strict';
const { Float64Array } = primordials;
const { memoryUsage } = binding.ops;
delete binding.ops;
const unavailable = (name) => () => {
  const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = internalBinding('process_methods').require('internal/errors');
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(name);
};
const names = ['kTotalHeapSizeIndex', 'kTotalHeapSizeExecutableIndex', 'kTotalPhysicalSizeIndex', 'kTotalAvailableSize', 'kUsedHeapSizeIndex',
  'kHeapSizeLimitIndex', 'kMallocedMemoryIndex', 'kPeakMallocedMemoryIndex', 'kDoesZapGarbageIndex', 'kNumberOfNativeContextsIndex',
  'kNumberOfDetachedContextsIndex', 'kTotalGlobalHandlesSizeIndex', 'kUsedGlobalHandlesSizeIndex', 'kExternalMemoryIndex'];
for (let i = 0; i < names.length; i++) binding[names[i]] = i;
Object.assign(binding, {
  kCodeAndMetadataSizeIndex: 0, kBytecodeAndMetadataSizeIndex: 1, kExternalScriptSourceSizeIndex: 2, kCPUProfilerMetaDataSizeIndex: 3,
  kSpaceSizeIndex: 0, kSpaceUsedSizeIndex: 1, kSpaceAvailableSizeIndex: 2, kPhysicalSpaceSizeIndex: 3,
});
binding.kHeapSpaces = ['old_space'];
const heap = binding.heapStatisticsBuffer = new Float64Array(14);
binding.heapCodeStatisticsBuffer = new Float64Array(4);
const space = binding.heapSpaceStatisticsBuffer = new Float64Array(4);
const LIMIT = 2 ** 31;
binding.updateHeapStatisticsBuffer = () => {
  const { 0: total, 1: used } = memoryUsage();
  heap[0] = heap[2] = heap[6] = heap[7] = total;
  heap[3] = LIMIT - total;
  heap[4] = used;
  heap[5] = LIMIT;
  heap[9] = 1;
};
binding.updateHeapSpaceStatisticsBuffer = () => {
  const { 0: total, 1: used } = memoryUsage();
  space[0] = space[3] = total;
  space[1] = used;
  space[2] = total - used;
};
binding.updateHeapCodeStatisticsBuffer = () => {};
binding.cachedDataVersionTag = () => 0x70686f6c;
binding.setFlagsFromString = () => {};
binding.setHeapSnapshotNearHeapLimit = () => {};
binding.isStringOneByteRepresentation = (text) => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return false;
  return true;
};
binding.getHashSeed = () => 0;
binding.startCpuProfile = unavailable('v8.startCpuProfile');
binding.stopCpuProfile = unavailable('v8.stopCpuProfile');
binding.getCppHeapStatistics = unavailable('v8.getCppHeapStatistics');
binding.detailLevel = { DETAILED: 1, BRIEF: 0 };
binding.GCProfiler = class GCProfiler { start() {} stop() { return undefined; } };

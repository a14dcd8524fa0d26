'use strict';
const { Float64Array, Uint32Array } = primordials;
const { uptimeMs, wallMs, bootstrappedMs } = binding.ops;
delete binding.ops;

binding.constants = {
  NODE_PERFORMANCE_GC_MAJOR: 4, NODE_PERFORMANCE_GC_MINOR: 1, NODE_PERFORMANCE_GC_INCREMENTAL: 8, NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0, NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2, NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8, NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32, NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64, NODE_PERFORMANCE_ENTRY_TYPE_GC: 0,
  NODE_PERFORMANCE_ENTRY_TYPE_HTTP: 1, NODE_PERFORMANCE_ENTRY_TYPE_HTTP2: 2, NODE_PERFORMANCE_ENTRY_TYPE_NET: 3, NODE_PERFORMANCE_ENTRY_TYPE_DNS: 4,
  NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN_TIMESTAMP: 0, NODE_PERFORMANCE_MILESTONE_TIME_ORIGIN: 1, NODE_PERFORMANCE_MILESTONE_ENVIRONMENT: 2,
  NODE_PERFORMANCE_MILESTONE_NODE_START: 3, NODE_PERFORMANCE_MILESTONE_V8_START: 4, NODE_PERFORMANCE_MILESTONE_LOOP_START: 5,
  NODE_PERFORMANCE_MILESTONE_LOOP_EXIT: 6, NODE_PERFORMANCE_MILESTONE_BOOTSTRAP_COMPLETE: 7,
};

// Milestones are in nanoseconds, but the time origin's timestamp in microseconds. The process begins at 1 ns: 0 would be "not yet".
const milestones = binding.milestones = new Float64Array(8);
milestones[0] = (wallMs() - uptimeMs()) * 1e3;
milestones[1] = milestones[2] = milestones[3] = milestones[4] = 1;
milestones[5] = milestones[6] = -1;
binding.markBootstrapComplete = () => { milestones[7] = bootstrappedMs() * 1e6; milestones[5] = uptimeMs() * 1e6; };
binding.now = () => uptimeMs();
binding.observerCounts = new Uint32Array(5);
binding.setupObservers = (observer) => { binding.observer = observer; };
binding.installGarbageCollectionTracking = () => {};
binding.removeGarbageCollectionTracking = () => {};
binding.notify = () => {};
binding.loopIdleTime = () => 0;
binding.uvMetricsInfo = () => [0, 0, 0];

// All values, sorted when asked: histograms here are small.
class Histogram {
  #values = [];
  #exceeds = 0;
  #sorted = true;
  #max;
  constructor(lowest, highest) { this.#max = Number(highest ?? Number.MAX_SAFE_INTEGER); }
  record(value) {
    value = Number(value);
    if (value > this.#max) { this.#exceeds++; return; }
    this.#values.push(value);
    this.#sorted = false;
  }
  recordDelta() {
    const now = uptimeMs() * 1e6;
    if (this.last !== undefined) this.record(Math.trunc(now - this.last));
    this.last = now;
  }
  #sort() {
    if (!this.#sorted) this.#values.sort((a, b) => a - b);
    this.#sorted = true;
    return this.#values;
  }
  count() { return this.#values.length; }
  countBigInt() { return BigInt(this.#values.length); }
  min() { return this.#values.length === 0 ? 9223372036854776000 : this.#sort()[0]; }
  minBigInt() { return this.#values.length === 0 ? 9223372036854775807n : BigInt(this.#sort()[0]); }
  max() { return this.#values.length === 0 ? 0 : this.#sort().at(-1); }
  maxBigInt() { return BigInt(this.max()); }
  mean() { return this.#values.length === 0 ? NaN : this.#values.reduce((a, b) => a + b, 0) / this.#values.length; }
  stddev() {
    if (this.#values.length === 0) return NaN;
    const mean = this.mean();
    return Math.sqrt(this.#values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / this.#values.length);
  }
  exceeds() { return this.#exceeds; }
  exceedsBigInt() { return BigInt(this.#exceeds); }
  percentile(p) {
    const values = this.#sort();
    return values.length === 0 ? 0 : values[Math.max(0, Math.ceil(p / 100 * values.length) - 1)];
  }
  percentileBigInt(p) { return BigInt(this.percentile(p)); }
  percentiles(map) {
    for (let p = 0; p < 100; p += (100 - p) / 2 > 0.4 ? (100 - p) / 2 : 100) map.set(p, this.percentile(p));
    map.set(100, this.max());
  }
  percentilesBigInt(map) {
    const plain = new Map();
    this.percentiles(plain);
    for (const { 0: p, 1: value } of plain) map.set(p, BigInt(value));
  }
  reset() { this.#values = []; this.#exceeds = 0; this.#sorted = true; this.last = undefined; }
  add(other) { for (const value of other.#values) this.record(value); return this.count(); }
}
binding.Histogram = Histogram;
binding.createELDHistogram = (resolution) => {
  const histogram = new Histogram();
  const { setInterval, clearInterval } = internalBinding('process_methods').require('timers');
  let timer;
  histogram.start = (reset) => {
    if (reset) histogram.reset();
    let last = uptimeMs();
    timer ??= setInterval(() => {
      const now = uptimeMs();
      histogram.record(Math.max(1, Math.trunc((now - last) * 1e6)));
      last = now;
    }, resolution).unref();
  };
  histogram.stop = () => { clearInterval(timer); timer = undefined; };
  return histogram;
};

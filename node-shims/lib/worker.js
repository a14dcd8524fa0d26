// Threads: processes that are bound to this one by message ports.
'use strict';
const { ArrayPrototypePush, Float64Array, ObjectKeys } = primordials;
const { ops, thread } = binding;
delete binding.ops;
delete binding.thread;
const { facts } = internalBinding('process_methods');
const SIGKILL = 9;

binding.isMainThread = thread === undefined;
binding.isInternalThread = thread?.isInternal ?? false;
binding.ownsProcessState = thread === undefined;
binding.threadId = thread?.id ?? 0;
binding.threadName = thread?.name ?? '';
binding.resourceLimits = new Float64Array(thread?.limits ?? 4);
binding.kMaxYoungGenerationSizeMb = 0;
binding.kMaxOldGenerationSizeMb = 1;
binding.kCodeRangeSizeMb = 2;
binding.kStackSizeMb = 3;
binding.kTotalResourceLimitCount = 4;
const standardLimits = [16, 64, 0, 4];

let own;
binding.getEnvMessagePort = () => {
  if (thread === undefined) return undefined;
  const { openLink, portOn } = internalBinding('messaging');
  // Numbers of new ports: odd ones are the thread's.
  return own ??= portOn(openLink(thread.link, 1), 0);
};

let last = 0;
// Threads of threads have numbers of their own, which no other thread has.
const nextId = () => { last++; return binding.threadId * 1000 + last; };

binding.Worker = class Worker extends internalBinding('handles').AsyncWrap {
  #link;
  #end;
  #env;
  #execArgv;
  #isInternal;
  #limits;
  #pid = -1;
  #handle = -1;
  #stopping = false;
  #begun = -1;
  // `undefined` once it is over.
  #referenced = true;

  constructor(url, env, execArgv, limits, trackUnmanagedFds, isInternal, name) {
    super('WORKER');
    const { refused, parseThreadOptions } = internalBinding('options');
    if (execArgv) {
      const wrong = refused(execArgv);
      if (wrong.length > 0) { this.invalidExecArgv = wrong; return; }
    }
    if (env?.NODE_OPTIONS !== undefined && env.NODE_OPTIONS !== process.env.NODE_OPTIONS) {
      const error = parseThreadOptions(`${env.NODE_OPTIONS}`);
      if (error.length > 0) { this.invalidNodeOptions = error; return; }
    }
    const pair = ops.pair();
    if (typeof pair === 'number') this.#fail(pair);
    this.threadId = nextId();
    this.threadName = name;
    this.#env = env ?? process.env;
    this.#execArgv = execArgv ?? process.execArgv;
    this.#isInternal = isInternal;
    this.#limits = new Float64Array(4);
    for (let i = 0; i < 4; i++) this.#limits[i] = limits?.[i] > 0 ? limits[i] : standardLimits[i];
    this.#end = pair[1];
    const { openLink, portOn } = internalBinding('messaging');
    this.#link = openLink(pair[0], 2);
    this.messagePort = portOn(this.#link, 0);
  }

  #fail(status) {
    const { codes: { ERR_WORKER_INIT_FAILED } } = internalBinding('process_methods').require('internal/errors');
    throw new ERR_WORKER_INIT_FAILED(internalBinding('uv').errname(status));
  }

  startThread() {
    const env = [];
    for (const name of ObjectKeys(this.#env)) ArrayPrototypePush(env, `${name}=${this.#env[name]}`);
    const options = {
      file: process.execPath, args: [process.argv0, ...this.#execArgv], env, end: this.#end, id: this.threadId, name: this.threadName, limits: [...this.#limits], isInternal: this.#isInternal,
    };
    const pid = ops.start(options, (code, signal) => {
      // All that it has said comes before the news of its end.
      this.#link.drain();
      ops.closeHandle(this.#handle);
      this.#pid = -1;
      const lost = signal !== 0 && !this.#stopping;
      setImmediate(() => { this.#referenced = undefined; });
      this.onexit?.(signal !== 0 ? 1 : code, lost ? 'ERR_WORKER_OUT_OF_MEMORY' : undefined, lost ? `it was ended by signal ${signal}` : undefined);
    });
    if (pid < 0) this.#fail(pid);
    this.#pid = pid;
    this.#begun = performance.now();
    this.#handle = ops.openHandle();
  }

  stopThread() {
    this.#stopping = true;
    if (this.#pid > 0) ops.kill(this.#pid, SIGKILL);
  }

  ref() { this.#refer(true); }
  unref() { this.#refer(false); }
  #refer(referenced) {
    if (this.#pid <= 0) return;
    ops.setRef(this.#handle, referenced);
    this.#referenced = referenced;
  }
  hasRef() { return this.#referenced; }
  getResourceLimits() { return this.#limits; }
  loopStartTime() { return this.#begun; }
  loopIdleTime() { return 0; }
};

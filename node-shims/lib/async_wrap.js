'use strict';
const { Float64Array, ReflectApply } = primordials;

const kInit = 0, kBefore = 1, kAfter = 2, kDestroy = 3, kPromiseResolve = 4, kTotals = 5, kCheck = 6, kStackLength = 7, kUsesExecutionAsyncResource = 8;
const kExecutionAsyncId = 0, kTriggerAsyncId = 1, kAsyncIdCounter = 2, kDefaultTriggerAsyncId = 3;
binding.constants = {
  kInit, kBefore, kAfter, kDestroy, kPromiseResolve, kTotals, kCheck, kExecutionAsyncId, kTriggerAsyncId, kAsyncIdCounter,
  kDefaultTriggerAsyncId, kUsesExecutionAsyncResource, kStackLength,
};

const fields = binding.async_hook_fields;
const ids = binding.async_id_fields = new Float64Array(4);
const stack = binding.async_ids_stack = new Float64Array(32);
const resources = binding.execution_async_resources = [];
// Resources of callbacks that began below, where the library's own fast path does not keep them.
const nativeResources = [];
const overflow = [];
fields[kCheck] = 1;
ids[kAsyncIdCounter] = 1;
ids[kDefaultTriggerAsyncId] = -1;

const names = ['NONE', 'DIRHANDLE', 'DNSCHANNEL', 'ELDHISTOGRAM', 'FILEHANDLE', 'FILEHANDLECLOSEREQ', 'BLOBREADER', 'FSEVENTWRAP', 'FSREQCALLBACK',
  'FSREQPROMISE', 'GETADDRINFOREQWRAP', 'GETNAMEINFOREQWRAP', 'HEAPSNAPSHOT', 'HTTP2SESSION', 'HTTP2STREAM', 'HTTP2PING', 'HTTP2SETTINGS',
  'HTTPINCOMINGMESSAGE', 'HTTPCLIENTREQUEST', 'LOCKS', 'JSSTREAM', 'JSUDPWRAP', 'MESSAGEPORT', 'PIPECONNECTWRAP', 'PIPESERVERWRAP', 'PIPEWRAP',
  'PROCESSWRAP', 'PROMISE', 'QUERYWRAP', 'QUIC_ENDPOINT', 'QUIC_LOGSTREAM', 'QUIC_PACKET', 'QUIC_SESSION', 'QUIC_STREAM', 'QUIC_UDP', 'SHUTDOWNWRAP',
  'SIGNALWRAP', 'STATWATCHER', 'STREAMPIPE', 'TCPCONNECTWRAP', 'TCPSERVERWRAP', 'TCPWRAP', 'TTYWRAP', 'UDPSENDWRAP', 'UDPWRAP', 'SIGINTWATCHDOG',
  'WORKER', 'WORKERCPUPROFILE', 'WORKERCPUUSAGE', 'WORKERHEAPPROFILE', 'WORKERHEAPSNAPSHOT', 'WORKERHEAPSTATISTICS', 'WRITEWRAP', 'ZLIB',
  'CHECKPRIMEREQUEST', 'PBKDF2REQUEST', 'KEYPAIRGENREQUEST', 'KEYGENREQUEST', 'KEYEXPORTREQUEST', 'ARGON2REQUEST', 'CIPHERREQUEST', 'DERIVEBITSREQUEST',
  'HASHREQUEST', 'RANDOMBYTESREQUEST', 'RANDOMPRIMEREQUEST', 'SCRYPTREQUEST', 'SIGNREQUEST', 'TLSWRAP', 'VERIFYREQUEST'];
binding.Providers = { __proto__: null };
for (let i = 0; i < names.length; i++) binding.Providers[names[i]] = i;

let hooks;
binding.setupHooks = (nativeHooks) => { hooks = nativeHooks; };
binding.setCallbackTrampoline = () => {};
binding.getPromiseHooks = () => [undefined, undefined, undefined, undefined];
const collected = new FinalizationRegistry(({ id, flag }) => { if (!flag?.destroyed) binding.queueDestroyAsyncId(id); });
binding.registerDestroyHook = (object, id, flag) => { collected.register(object, { id, flag }); };
// Ends are told in the next turn of the loop: whatever ends may be at work still.
let ended = [];
const { later } = binding;
delete binding.later;
binding.queueDestroyAsyncId = (id) => {
  if (fields[kDestroy] === 0 || id <= 0) return;
  ended.push(id);
  if (ended.length > 1) return;
  later(() => {
    const list = ended;
    ended = [];
    for (let i = 0; i < list.length; i++) hooks.destroy(list[i]);
  });
};

// The library keeps the first 16 contexts in `async_ids_stack` itself; deeper ones come here.
binding.pushAsyncContext = (id, trigger) => {
  const depth = fields[kStackLength];
  const at = 2 * depth;
  if (at + 1 < stack.length) {
    stack[at] = ids[kExecutionAsyncId];
    stack[at + 1] = ids[kTriggerAsyncId];
  } else {
    overflow[depth] = [ids[kExecutionAsyncId], ids[kTriggerAsyncId]];
  }
  fields[kStackLength] = depth + 1;
  ids[kExecutionAsyncId] = id;
  ids[kTriggerAsyncId] = trigger;
};
binding.popAsyncContext = (id) => {
  const length = fields[kStackLength];
  if (length === 0) return false;
  const depth = length - 1;
  const at = 2 * depth;
  if (at + 1 < stack.length) {
    ids[kExecutionAsyncId] = stack[at];
    ids[kTriggerAsyncId] = stack[at + 1];
  } else {
    const { 0: execution, 1: trigger } = overflow[depth];
    overflow.length = depth;
    ids[kExecutionAsyncId] = execution;
    ids[kTriggerAsyncId] = trigger;
  }
  fields[kStackLength] = depth;
  if (resources.length > depth) resources.length = depth;
  return depth > 0;
};
// A resource of the system begins to be.
binding.emitInit = (resource, id, provider) => {
  const trigger = ids[kDefaultTriggerAsyncId] >= 0 ? ids[kDefaultTriggerAsyncId] : ids[kExecutionAsyncId];
  hooks?.init(id, provider, trigger, resource);
  return trigger;
};
// What `make` makes is triggered by `resource`.
binding.triggeredBy = (resource, make) => {
  const before = ids[kDefaultTriggerAsyncId];
  ids[kDefaultTriggerAsyncId] = resource.getAsyncId();
  try {
    return make();
  } finally {
    ids[kDefaultTriggerAsyncId] = before;
  }
};
// Runs `func`, a method of such a resource that the system calls back.
binding.enter = (resource, func, name, ...args) => {
  const id = resource.getAsyncId?.() ?? 0;
  if (id === 0) return ReflectApply(func, resource, args);
  const depth = fields[kStackLength];
  nativeResources[depth] = resource;
  binding.pushAsyncContext(id, resource.getTriggerAsyncId?.() ?? 0);
  try {
    if (fields[kBefore] > 0) hooks.before(id);
    const result = ReflectApply(func, resource, args);
    if (fields[kAfter] > 0) hooks.after(id);
    return result;
  } finally {
    binding.popAsyncContext(id);
    nativeResources.length = depth;
    // A request is over with its answer.
    if (name === 'oncomplete' || name === 'onclosed') binding.queueDestroyAsyncId(id);
  }
};
binding.executionAsyncResource = (index) => nativeResources[index];
binding.clearAsyncIdStack = () => {
  ids[kExecutionAsyncId] = 0;
  ids[kTriggerAsyncId] = 0;
  fields[kStackLength] = 0;
  resources.length = 0;
  overflow.length = 0;
};

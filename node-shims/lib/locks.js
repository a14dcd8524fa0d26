// Web Locks inside one process.
'use strict';
const { ArrayPrototypeFilter, ArrayPrototypeIndexOf, ArrayPrototypeMap, ArrayPrototypePush, ArrayPrototypeSplice, Error, Promise, PromiseResolve, SafeMap } = primordials;
binding.LOCK_MODE_SHARED = 'shared';
binding.LOCK_MODE_EXCLUSIVE = 'exclusive';
binding.LOCK_STOLEN_ERROR = 'LOCK_STOLEN';

let held = [];
const pending = [];

const free = (name, mode) => {
  for (const lock of held) if (lock.name === name && (mode === 'exclusive' || lock.mode === 'exclusive')) return false;
  return true;
};
function grant(request) {
  const { name, mode, clientId, callback, resolve, reject } = request;
  const lock = { name, mode, clientId, reject };
  ArrayPrototypePush(held, lock);
  const release = () => {
    const at = ArrayPrototypeIndexOf(held, lock);
    if (at >= 0) ArrayPrototypeSplice(held, at, 1);
    next();
  };
  PromiseResolve().then(() => callback({ name, mode })).then((value) => { release(); resolve(value); }, (error) => { release(); reject(error); });
}
function next() {
  const blocked = new SafeMap();
  for (let i = 0; i < pending.length;) {
    const request = pending[i];
    if (!blocked.has(request.name) && free(request.name, request.mode)) {
      ArrayPrototypeSplice(pending, i, 1);
      grant(request);
    } else {
      blocked.set(request.name, true);
      i++;
    }
  }
}
binding.request = (name, clientId, mode, steal, ifAvailable, callback) => new Promise((resolve, reject) => {
  const request = { name, clientId, mode, callback, resolve, reject };
  if (steal) {
    for (const lock of ArrayPrototypeFilter(held, (lock) => lock.name === name)) lock.reject(new Error('LOCK_STOLEN'));
    held = ArrayPrototypeFilter(held, (lock) => lock.name !== name);
    grant(request);
    return;
  }
  const waiting = ArrayPrototypeFilter(pending, (other) => other.name === name).length > 0;
  if (!waiting && free(name, mode)) {
    grant(request);
  } else if (ifAvailable) {
    PromiseResolve().then(() => callback(null)).then(resolve, reject);
  } else {
    ArrayPrototypePush(pending, request);
  }
});
binding.query = async () => {
  const show = ({ name, mode, clientId }) => ({ name, mode, clientId });
  return { held: ArrayPrototypeMap(held, show), pending: ArrayPrototypeMap(pending, show) };
};

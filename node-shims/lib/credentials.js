'use strict';
// As programs see it now.
const env = { get: (name) => Object.hasOwn(process.env, name) ? process.env[name] : undefined };
binding.implementsPosixCredentials = true;
binding.safeGetenv = (name) => env.get(`${name}`);
binding.getTempDir = () => {
  const dir = env.get('TMPDIR') || env.get('TMP') || env.get('TEMP') || '/tmp';
  return dir.length > 1 && dir.endsWith('/') ? dir.slice(0, -1) : dir;
};
const { uid, gid } = internalBinding('process_methods').identity;
binding.getuid = () => uid;
binding.geteuid = () => uid;
binding.getgid = () => gid;
binding.getegid = () => gid;
binding.getgroups = () => [gid];
// Owners are recorded, not enforced: a process is always allowed to stay who it is, and never to become another.
const EPERM = -1;
const become = (syscall, own) => (id) => {
  if (id === own) return 0;
  const { UVException } = internalBinding('process_methods').require('internal/errors');
  throw new UVException({ errno: EPERM, syscall });
};
binding.initgroups = () => 0;
binding.setgroups = () => {};
binding.setuid = become('setuid', uid);
binding.seteuid = become('seteuid', uid);
binding.setgid = become('setgid', gid);
binding.setegid = become('setegid', gid);

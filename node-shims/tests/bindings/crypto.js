const c = internalBinding('crypto');
const SYNC = c.kCryptoJobSync;
const u8 = (s) => Uint8Array.from(s, (x) => x.charCodeAt(0));
const data = new Uint8Array(1000).map((_, i) => i * 7);
const key = (bytes) => { const k = new c.KeyObjectHandle(); k.init(c.kKeyTypeSecret, bytes); return k; };
const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, '0')).join('');
const names = c.getHashes().filter((n) => !/sm3/i.test(n));
print(names);
for (const n of [...names, 'SHA256', 'sha-256', 'Sha1', 'sha512/256', 'SHA-512/256', 'none', '']) {
  print(n, attempt(() => { const h = new c.Hash(n, undefined, -1, {}); h.update(data); h.update('x'); const k = new c.Hash(h, undefined, -1, {}); k.update('y', 'latin1'); return [h.digest('hex'), k.digest('base64')]; }));
  if (!/shake/i.test(n)) {
    print(attempt(() => { const h = new c.Hmac(); h.init(n, key(data)); h.update('abc'); return h.digest('hex'); }));
    print(attempt(() => hex(new c.PBKDF2Job(SYNC, u8('pw'), u8('salt'), 5, 100, n).run()[1])));
    print(attempt(() => hex(new c.HKDFJob(SYNC, n, key(u8('k')), u8('salt'), u8('info'), 100).run()[1])));
  }
}
for (const length of [0, 1, 31, 32, 33, 500]) print(attempt(() => new c.Hash('shake256', length, -1, {}).digest('hex')), attempt(() => new c.Hash('sha256', length, -1, {}).digest('hex')));
for (const [n, r, p] of [[16, 8, 1], [2, 1, 1], [1024, 8, 2], [15, 8, 1], [1 << 20, 8, 1]]) print(attempt(() => hex(new c.ScryptJob(SYNC, u8('pw'), u8('salt'), n, r, p, 32 << 20, 50).run()[1])));
for (const name of ['aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc', 'aes-128-ctr', 'aes-256-ctr', 'aes-128-ecb', 'aes-192-ecb', 'aes-128-gcm', 'aes-256-gcm', 'chacha20-poly1305', 'AES128', 'nothing']) {
  const info = c.getCipherInfo({}, name); print(name, info);
  if (!info) { print(attempt(() => new c.CipherBase(true, name, u8('k'), null, -1))); continue; }
  const k = data.slice(0, info.keyLength), aead = /gcm|poly/.test(name);
  for (const ivLength of aead ? [1, 8, 12, 13, 16, 60] : [0, 1, info.ivLength ?? 0]) for (const len of [0, 1, 15, 16, 17, 33, 600])
    print(ivLength, len, attempt(() => {
      const iv = name === 'aes-128-ecb' || name === 'aes-192-ecb' ? (ivLength ? data.slice(0, ivLength) : null) : data.slice(0, ivLength);
      const e = new c.CipherBase(true, name, k, iv, -1); if (aead) e.setAAD(u8('extra'), -1);
      const out = [e.update(data.slice(0, len >> 1)), e.update(data.slice(len >> 1, len)), e.final()].map(hex); const tag = aead ? e.getAuthTag() : undefined;
      const d = new c.CipherBase(false, name, k, iv, -1); if (aead) { d.setAAD(u8('extra'), -1); d.setAuthTag(tag); }
      const whole = Uint8Array.from(out.join('').match(/../g) ?? [], (x) => parseInt(x, 16));
      return [...out, tag && hex(tag), hex(d.update(whole)) + hex(d.final()) === hex(data.slice(0, len))];
    }));
}
print(c.timingSafeEqual(u8('a'), u8('a')), c.timingSafeEqual(u8('a'), u8('b')), attempt(() => c.timingSafeEqual(u8('a'), u8(''))));
const k = key(u8('abc')); print(k.getSymmetricKeySize(), hex(k.export()), k.exportJwk({}, false), k.equals(key(u8('abc'))), k.equals(key(u8('abd'))));

'use strict';
// SecureContext and the ciphers' names, for internalBinding('crypto'). See tls_wrap.js for what TLS is here.

const { DateNow, Error, ObjectDefineProperty, ObjectGetOwnPropertyNames, ReflectApply, SafeMap, SafeSet, TypeError } = primordials;
const crypto = internalBinding('crypto');
const { KeyObjectHandle, verifyChain, blocks, pkcs12 } = crypto;

const TLS1 = 0x301, TLS1_1 = 0x302, TLS1_2 = 0x303, TLS1_3 = 0x304;
const kKeyTypePrivate = 2, kKeyFormatPEM = 1;

// Name, its standard name, key exchange, authentication, cipher, MAC, the least version: as OpenSSL lists them, the best first.
const suites = [
  ['TLS_AES_256_GCM_SHA384', 'TLS_AES_256_GCM_SHA384', '', '', 'AES256GCM', 'AEAD', TLS1_3],
  ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_CHACHA20_POLY1305_SHA256', '', '', 'CHACHA20', 'AEAD', TLS1_3],
  ['TLS_AES_128_GCM_SHA256', 'TLS_AES_128_GCM_SHA256', '', '', 'AES128GCM', 'AEAD', TLS1_3],
  ['TLS_AES_128_CCM_SHA256', 'TLS_AES_128_CCM_SHA256', '', '', 'AES128CCM', 'AEAD', TLS1_3],
  ['TLS_AES_128_CCM_8_SHA256', 'TLS_AES_128_CCM_8_SHA256', '', '', 'AES128CCM8', 'AEAD', TLS1_3],
];
for (const { 0: bits, 1: hash, 2: mode } of [[256, 'SHA384', 'GCM'], [0, 'SHA256', 'CHACHA'], [128, 'SHA256', 'GCM'], [256, 'SHA384', 'CBC'], [128, 'SHA256', 'CBC'],
                                             [256, 'SHA', 'CBC'], [128, 'SHA', 'CBC']]) {
  for (const { 0: kx, 1: au } of [['ECDHE', 'ECDSA'], ['ECDHE', 'RSA'], ['DHE', 'RSA'], ['ECDHE', 'PSK'], ['DHE', 'PSK'], ['RSA', 'PSK'], ['RSA', 'RSA'], ['PSK', 'PSK']]) {
    const psk = au === 'PSK';
    if (psk && kx === 'ECDHE' && mode === 'GCM') continue;
    if (kx === 'RSA' && au === 'RSA' && mode === 'CHACHA') continue;
    // With RSA alone and with DHE the long key comes with the short hash, in CBC.
    const short = mode === 'CBC' && bits === 256 && hash === 'SHA384' && !psk && kx !== 'ECDHE' ? 'SHA256' : hash;
    const prefix = kx === au ? (psk ? 'PSK-' : '') : `${kx}-${au}-`;
    const cipher = mode === 'CHACHA' ? 'CHACHA20-POLY1305' : `AES${bits}${mode === 'GCM' ? '-GCM' : psk ? '-CBC' : ''}`;
    const standard = `TLS_${kx === au ? kx : `${kx}_${au}`}_WITH_${mode === 'CHACHA' ? 'CHACHA20_POLY1305' : `AES_${bits}_${mode}`}_${short}`;
    suites.push([`${prefix}${cipher}${mode === 'CHACHA' ? '' : `-${short}`}`, standard, kx, au, mode === 'CHACHA' ? 'CHACHA20' : `AES${bits}${mode === 'GCM' ? 'GCM' : ''}`,
                 mode === 'CBC' ? short : 'AEAD', mode === 'CBC' && short === 'SHA' ? TLS1 : TLS1_2]);
  }
}
const byName = new SafeMap(suites.map((suite) => [suite[0], suite]));
// For lists alone: what needs SRP.
const listed = ['srp-aes-128-cbc-sha', 'srp-aes-256-cbc-sha', 'srp-rsa-aes-128-cbc-sha', 'srp-rsa-aes-256-cbc-sha'];
binding.getSSLCiphers = () => [...suites.map((suite) => suite[0].toLowerCase()), ...listed];
binding.suite = (name) => byName.get(name);

// Whether a word of a cipher list means a suite.
function means(word, { 0: name, 2: kx, 3: au, 4: cipher, 5: mac, 6: version }) {
  switch (word) {
    case 'ALL': case 'HIGH': case 'DEFAULT': case 'COMPLEMENTOFDEFAULT': return word !== 'COMPLEMENTOFDEFAULT';
    case 'ECDHE': case 'EECDH': case 'kEECDH': case 'kECDHE': return kx === 'ECDHE';
    case 'DHE': case 'EDH': case 'kEDH': case 'kDHE': case 'DH': return kx === 'DHE';
    case 'kRSA': return kx === 'RSA';
    case 'RSA': return kx === 'RSA' || au === 'RSA';
    case 'aRSA': return au === 'RSA';
    case 'ECDSA': case 'aECDSA': return au === 'ECDSA';
    case 'PSK': return au === 'PSK' || kx === 'PSK';
    case 'kPSK': return kx === 'PSK';
    case 'AES': return cipher.startsWith('AES');
    case 'AES128': return cipher.startsWith('AES128');
    case 'AES256': return cipher.startsWith('AES256');
    case 'AESGCM': return cipher.endsWith('GCM');
    case 'CHACHA20': return cipher === 'CHACHA20';
    case 'SHA': case 'SHA1': return mac === 'SHA';
    case 'SHA256': case 'SHA384': return mac === word;
    case 'TLSv1': case 'SSLv3': case 'TLSv1.0': return version === TLS1;
    case 'TLSv1.2': return version === TLS1_2;
    case 'FIPS': return cipher !== 'CHACHA20';
    default: return name === word;
  }
}

function opensslError(number, library, reason, code) {
  // eslint-disable-next-line no-restricted-syntax
  const error = new Error(`error:${number}:${library}::${reason}`);
  error.library = library;
  error.reason = reason;
  error.code = code;
  return error;
}
function operationFailed(message) {
  // eslint-disable-next-line no-restricted-syntax
  const error = new Error(message);
  error.code = 'ERR_CRYPTO_OPERATION_FAILED';
  return error;
}
const noMatch = () => opensslError('0A0000B9', 'SSL routines', 'no cipher match', 'ERR_SSL_NO_CIPHER_MATCH');

function cipherList(text) {
  let chosen = [];
  const killed = new SafeSet();
  let known = 0;
  for (const part of text.split(/[:, ]+/)) {
    // How strong all must be comes behind an @.
    const token = part.replace(/@.*$/, '');
    if (token === '') continue;
    const sign = '!-+'.includes(token[0]) ? token[0] : '';
    const words = (sign === '' ? token : token.slice(1)).split('+');
    const matches = suites.filter((suite) => suite[6] < TLS1_3 && words.every((word) => means(word, suite)));
    if (sign === '' && matches.length > 0) known++;
    if (sign === '!') for (const suite of matches) killed.add(suite);
    if (sign === '!' || sign === '-') chosen = chosen.filter((suite) => !matches.includes(suite));
    else if (sign === '+') chosen = [...chosen.filter((suite) => !matches.includes(suite)), ...chosen.filter((suite) => matches.includes(suite))];
    else for (const suite of matches) if (!killed.has(suite) && !chosen.includes(suite)) chosen.push(suite);
  }
  if (text !== '' && known === 0) throw noMatch();
  return chosen.map((suite) => suite[0]);
}

// What a name of a method means: who may use it, from which version to which.
const methods = {
  '__proto__': null, 'SSLv23': [0, 0], 'TLS': [0, 0], 'TLSv1': [TLS1, TLS1], 'TLSv1_1': [TLS1_1, TLS1_1], 'TLSv1_2': [TLS1_2, TLS1_2],
};

function methodError(message) {
  const error = new TypeError(message);
  error.code = 'ERR_TLS_INVALID_PROTOCOL_METHOD';
  return error;
}

const CURVES = new SafeSet(['auto', 'P-256', 'P-384', 'P-521', 'prime256v1', 'secp384r1', 'secp521r1', 'X25519', 'X448', 'ffdhe2048', 'ffdhe3072', 'ffdhe4096',
                            'ffdhe6144', 'ffdhe8192', 'secp256k1', 'X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024', 'MLKEM512', 'MLKEM768', 'MLKEM1024']);

// Whom contexts trust that name nobody: what the program has set, or who is in the file that NODE_EXTRA_CA_CERTS names. There is no list of the world's authorities: outside
// this machine the browser makes the connections, and judges them.
let set;
let extra;
function extras() {
  if (extra !== undefined) return extra;
  extra = [];
  const file = internalBinding('credentials').safeGetenv('NODE_EXTRA_CA_CERTS');
  if (file) {
    try {
      extra = blocks(internalBinding('process_methods').require('fs').readFileSync(file), 'CERTIFICATE');
    } catch (error) {
      process.emitWarning(`Ignoring extra certs from \`${file}\`, load failed: ${error.message}`);
    }
  }
  return extra;
}
const defaults = () => set ?? extras();
const pems = (list) => list.map((der) => crypto.parseX509(der).pem().trimEnd());
binding.getExtraCACertificates = () => pems(extras());
binding.getUserRootCertificates = () => pems(set ?? []);
binding.resetRootCertStore = (certificates) => {
  const list = [];
  for (const certificate of certificates) {
    const found = blocks(certificate, 'CERTIFICATE');
    if (found.length === 0) crypto.parseX509(certificate);
    for (const der of found) {
      crypto.parseX509(der);
      if (!list.some((known) => known.equals(der))) list.push(der);
    }
  }
  set = list;
};

const kindOf = (key) => key.getAsymmetricKeyType();

// What a context holds: nothing of it is seen by programs.
class Context {
  init(method, min, max) {
    this.side = '';
    if (typeof method === 'string') {
      const { 1: name, 2: side } = /^(.*?)(?:_(client|server))?_method$/.exec(method) ?? ['', method];
      if (name === 'SSLv2' || name === 'SSLv3') throw methodError(`${name} methods disabled`);
      const range = methods[name];
      if (range === undefined) throw methodError(`Unknown method: ${method}`);
      this.side = side ?? '';
      if (range[0] !== 0) {
        min = range[0];
        max = range[1];
      } else if (name === 'SSLv23') {
        max = TLS1_2;
      } else {
        max = TLS1_3;
      }
      if (range[0] === 0) min = 0;
    }
    this.min = min;
    this.max = max;
    this.options = 0;
    // How strong keys must be, as OpenSSL counts: 2 asks for 2048 bits.
    this.level = 2;
    this.list = [];
    this.suites = suites.slice(0, 3).map((suite) => suite[0]);
    this.trusted = [];
    this.lists = [];
    this.chain = undefined;
    this.certificate = undefined;
    this.certificates = [];
    this.keys = [];
    this.chains = [];
    this.sessionIdContext = '';
    this.timeout = 7200;
    this.curves = 'auto';
    this.ticketKeys = globalThis.Buffer.from(crypto.randomKey(48));
  }

  setOptions(options) { this.options |= options; }
  getMinProto() { return this.min; }
  getMaxProto() { return this.max; }
  setMinProto(version) { this.min = version; }
  setMaxProto(version) { this.max = version; }
  setCiphers(text) {
    this.list = cipherList(text);
    const level = /@SECLEVEL=(\d)/.exec(text);
    if (level !== null) this.level = +level[1];
  }
  setCipherSuites(text) {
    const names = text.split(':').filter((name) => name[0] !== '!');
    for (const name of names) if (byName.get(name)?.[6] !== TLS1_3) throw noMatch();
    this.suites = names;
  }
  setSigalgs(text) {
    const known = /^(?:RSA(?:-PSS)?|ECDSA|DSA|ed25519|ed448)(?:\+SHA(?:1|224|256|384|512))?$|^(?:rsa_pss_(?:rsae|pss)|rsa_pkcs1|ecdsa_\w+)_sha\d+$|^ed(?:25519|448)$/i;
    for (const name of text.split(':')) {
      if (!known.test(name)) {
        // eslint-disable-next-line no-restricted-syntax
        throw new Error('error:00000000:lib(0)::reason(0)');
      }
    }
    this.sigalgs = text.split(':');
  }
  setECDHCurve(names) {
    for (const name of names.split(':')) if (!CURVES.has(name)) throw operationFailed('Failed to set ECDH curve');
    this.curves = names;
  }
  setDHParam(value) {
    if (value === true) {
      this.dh = 2048;
      return undefined;
    }
    const bits = crypto.dhBits(value);
    if (bits === undefined) return undefined;
    if (bits < 1024) {
      // eslint-disable-next-line no-restricted-syntax
      const error = new Error('DH parameter is less than 1024 bits');
      error.code = 'ERR_INVALID_ARG_VALUE';
      throw error;
    }
    this.dh = bits;
    return bits < 2048 ? 'DH parameter is less than 2048 bits' : undefined;
  }

  addCACert(text) {
    for (const der of blocks(text, 'CERTIFICATE')) this.trusted.push(der);
  }
  addRootCerts() { this.trusted.push(...defaults()); }
  setAllowPartialTrustChain() { this.partial = true; }
  addCRL(text) {
    const lists = blocks(text, 'X509 CRL');
    if (lists.length === 0) throw operationFailed('Failed to parse CRL');
    this.lists.push(...lists);
  }

  setCert(text) {
    const chain = blocks(text, 'CERTIFICATE');
    if (chain.length === 0) crypto.parseX509(text);
    const certificate = crypto.parseX509(chain[0]);
    const key = certificate.publicKey();
    const kind = kindOf(key);
    const { modulusLength } = key.keyDetail({});
    if (this.level >= 2 && modulusLength !== undefined && modulusLength < 2048) throw opensslError('0A00018F', 'SSL routines', 'ee key too small', 'ERR_SSL_EE_KEY_TOO_SMALL');
    this.certificate = certificate;
    this.chain = chain;
    // One of each kind, the newest.
    this.certificates = [...this.certificates.filter((own) => own.kind !== kind), { kind, chain, certificate }];
    const own = this.keys.find((other) => other.kind === kind)?.key;
    if (own !== undefined) this.#pair(kind, own, false);
  }
  setKey(text, passphrase) {
    const key = new KeyObjectHandle();
    const { Buffer } = globalThis;
    try {
      key.init(kKeyTypePrivate, typeof text === 'string' ? Buffer.from(text) : text, kKeyFormatPEM, undefined, Buffer.from(typeof passphrase === 'string' ? passphrase : ''));
    } catch (error) {
      delete error.opensslErrorStack;
      throw error;
    }
    const kind = kindOf(key);
    this.keys = [...this.keys.filter((own) => own.kind !== kind), { kind, key }];
    this.#pair(kind, key, true);
  }
  // A certificate and its key can be shown.
  #pair(kind, key, complain) {
    const own = this.certificates.find((certificate) => certificate.kind === kind);
    if (own === undefined && (!complain || this.certificates.length === 0)) return;
    if (own === undefined || !own.certificate.checkPrivateKey(key)) {
      if (complain) throw opensslError('05800074', 'x509 certificate routines', 'key values mismatch', 'ERR_OSSL_X509_KEY_VALUES_MISMATCH');
      return;
    }
    this.chains = [...this.chains.filter((pair) => pair.kind !== kind), own];
  }

  loadPKCS12(bytes, passphrase) {
    const { 0: key, 1: chain, 2: authorities } = pkcs12(bytes, passphrase);
    this.certificate = crypto.parseX509(chain[0]);
    this.chain = chain;
    const kind = kindOf(key);
    this.certificates = [{ kind, chain, certificate: this.certificate }];
    this.keys = [{ kind, key }];
    this.#pair(kind, key, true);
    for (const der of authorities) this.trusted.push(der);
  }

  setSessionIdContext(text) { this.sessionIdContext = text; }
  setSessionTimeout(seconds) { this.timeout = seconds; }
  setTicketKeys(keys) { this.ticketKeys = globalThis.Buffer.from(keys); }
  getTicketKeys() { return globalThis.Buffer.from(this.ticketKeys); }
  enableTicketKeyCallback() { this.ticketCallback = true; }
  setFreeListLength() {}
  getCertificate() { return this.certificate?.raw(); }
  getIssuer() {
    const { certificate } = this;
    if (certificate === undefined) return undefined;
    for (const der of [...(this.chain ?? []).slice(1), ...this.trusted]) {
      const issuer = crypto.parseX509(der);
      if (certificate.checkIssued(issuer)) return issuer.raw();
    }
    return undefined;
  }
  close() {}

  // What a peer's chain is worth: the code of what is wrong with it, or null, and the chain as far as it is known.
  judge(chain) { return verifyChain(chain, this.trusted, this.lists, DateNow()); }
}

let contextOf;
class SecureContext {
  #context = new Context();
  static {
    contextOf = (context) => context.#context;
  }
}
const hidden = ['constructor', 'judge'];
for (const name of ObjectGetOwnPropertyNames(Context.prototype)) {
  if (hidden.includes(name)) continue;
  ObjectDefineProperty(SecureContext.prototype, name, {
    __proto__: null,
    configurable: true,
    writable: true,
    value: { [name](...args) {
      const context = contextOf(this);
      return ReflectApply(context[name], context, args);
    } }[name],
  });
}

binding.SecureContext = SecureContext;
binding.contextOf = contextOf;
binding.opensslError = opensslError;

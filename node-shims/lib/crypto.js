'use strict';
// What of internalBinding('crypto') keeps a state that the image for asymmetric keys reads: the object here holds it, and hands it over at every call.

const { ObjectDefineProperty, ReflectApply, Uint8Array } = primordials;
const { call } = binding;
delete binding.call;

// A class whose constructor and methods are calls. `own`: the names of its methods; `made`: what the constructor has from its call beside the state.
function stateful(name, prefix, methods, made) {
  let stateOf;
  const Class = { [name]: class {
    #state;
    constructor(...args) {
      if (args[0] === stateOf) {
        this.#state = args[1];
        return;
      }
      const { 0: state, 1: result } = call(name, ...args);
      this.#state = state;
      if (made) this[made] = result;
    }
    static {
      stateOf = (value, state) => {
        if (typeof value !== 'object' || value === null || !(#state in value)) return undefined;
        if (state !== undefined) value.#state = state;
        return value.#state;
      };
    }
  } }[name];
  for (const method of methods) {
    const full = `${prefix}.${method}`;
    ObjectDefineProperty(Class.prototype, method, {
      __proto__: null,
      configurable: true,
      writable: true,
      value: { [method](...args) {
        for (let i = 0; i < args.length; i++) args[i] = stateOf(args[i]) ?? args[i];
        const { 0: state, 1: result } = call(full, stateOf(this), ...args);
        stateOf(this, state);
        return result;
      } }[method],
    });
  }
  return { Class, from: (state) => new Class(stateOf, state), stateOf };
}

const dhMethods = ['generateKeys', 'computeSecret', 'getPrime', 'getGenerator', 'getPublicKey', 'getPrivateKey'];
const setters = ['setPublicKey', 'setPrivateKey'];
binding.DiffieHellman = stateful('DiffieHellman', 'DiffieHellman', [...dhMethods, ...setters], 'verifyError').Class;
binding.DiffieHellmanGroup = stateful('DiffieHellmanGroup', 'DiffieHellman', dhMethods, 'verifyError').Class;
binding.ECDH = stateful('ECDH', 'ECDH', ['generateKeys', 'computeSecret', 'getPublicKey', 'getPrivateKey', ...setters]).Class;

const X509 = stateful('X509Certificate', 'X509Certificate', [
  'subject', 'issuer', 'subjectAltName', 'infoAccess', 'validFrom', 'validTo', 'validFromDate', 'validToDate', 'fingerprint', 'fingerprint256',
  'fingerprint512', 'keyUsage', 'serialNumber', 'signatureAlgorithm', 'signatureAlgorithmOid', 'raw', 'pem', 'publicKey', 'checkCA', 'checkHost',
  'checkEmail', 'checkIP', 'checkIssued', 'checkPrivateKey', 'verify', 'toLegacy', 'getIssuerCert',
]);
binding.parseX509 = (certificate) => X509.from(call('parseX509', certificate)[0]);
binding.x509Handle = X509;

const { Hash } = binding;

// Sign and Verify: the digest is taken here, and the key sees the hash.
class Signature {
  #algorithm;
  #hash;

  init(algorithm) {
    try {
      this.#hash = new Hash(algorithm);
    } catch {
      call('signature.check', algorithm);
    }
    this.#algorithm = algorithm;
  }

  update(data, encoding) { this.#hash.update(data, encoding); }

  finish(name, args) {
    return call(name, this.#algorithm, this.#hash.digest(), ...args);
  }
}

const { finish } = Signature.prototype;
delete Signature.prototype.finish;

binding.Sign = class Sign extends Signature {
  sign(...args) { return ReflectApply(finish, this, ['sign', args]); }
};
binding.Verify = class Verify extends Signature {
  verify(...args) { return ReflectApply(finish, this, ['verify', args]); }
};
// For TLS: what is in a PEM file, a PKCS #12 file, and what a chain of certificates is worth.
binding.blocks = (text, label) => call('pemBlocks', text, label);
binding.pkcs12 = (bytes, passphrase) => call('pkcs12', bytes, passphrase);
binding.dhBits = (text) => call('dhBits', text);
binding.randomKey = (length) => {
  const bytes = new Uint8Array(length);
  new binding.RandomBytesJob(binding.kCryptoJobSync, bytes, 0, length).run();
  return bytes;
};
for (const name of ['SecureContext', 'getSSLCiphers', 'getExtraCACertificates', 'getUserRootCertificates', 'resetRootCertStore']) {
  ObjectDefineProperty(binding, name, {
    __proto__: null, configurable: true, enumerable: true,
    get: () => internalBinding('tls_context')[name],
    set(value) { ObjectDefineProperty(binding, name, { __proto__: null, value, configurable: true, enumerable: true, writable: true }); },
  });
}
binding.verifyChain = (...args) => call('verifyChain', ...args);

// Jobs are resources of the system: who started one is known while its answer is heard.
const { AsyncWrap } = internalBinding('handles');
const jobs = [
  ['CheckPrimeJob', 'CHECKPRIMEREQUEST'], ['PBKDF2Job', 'PBKDF2REQUEST'], ['RsaKeyPairGenJob', 'KEYPAIRGENREQUEST'], ['DsaKeyPairGenJob', 'KEYPAIRGENREQUEST'],
  ['EcKeyPairGenJob', 'KEYPAIRGENREQUEST'], ['NidKeyPairGenJob', 'KEYPAIRGENREQUEST'], ['DhKeyPairGenJob', 'KEYPAIRGENREQUEST'],
  ['SecretKeyGenJob', 'KEYGENREQUEST'], ['ECKeyExportJob', 'KEYEXPORTREQUEST'], ['RSAKeyExportJob', 'KEYEXPORTREQUEST'], ['AESCipherJob', 'CIPHERREQUEST'],
  ['RSACipherJob', 'CIPHERREQUEST'], ['HKDFJob', 'DERIVEBITSREQUEST'], ['DHBitsJob', 'DERIVEBITSREQUEST'], ['ECDHBitsJob', 'DERIVEBITSREQUEST'],
  ['KEMEncapsulateJob', 'DERIVEBITSREQUEST'], ['KEMDecapsulateJob', 'DERIVEBITSREQUEST'], ['HashJob', 'HASHREQUEST'], ['RandomBytesJob', 'RANDOMBYTESREQUEST'],
  ['RandomPrimeJob', 'RANDOMPRIMEREQUEST'], ['ScryptJob', 'SCRYPTREQUEST'], ['SignJob', 'SIGNREQUEST'], ['HmacJob', 'SIGNREQUEST'],
];
for (const { 0: name, 1: provider } of jobs) {
  const Work = binding[name];
  binding[name] = { [name]: class extends AsyncWrap {
    #work;
    constructor(...args) {
      super(provider);
      this.#work = new Work(...args);
    }
    run() {
      const work = this.#work;
      work.ondone = (error, result) => internalBinding('async_wrap').enter(this, this.ondone, 'ondone', error, result);
      return work.run();
    }
  } }[name];
}

// Keys and certificates can be sent to other threads: `revive` makes them again of what was sent.
const { transfer_mode_private_symbol: transferMode } = privateSymbols;
const { messaging_clone_symbol: kClone } = isolateSymbols;
const kCloneable = 2;
const { keyState, keyFrom, createNativeKeyObjectClass, KeyObjectHandle } = binding;
delete binding.keyState;
delete binding.keyFrom;

function cloneable(prototype, info, take) {
  ObjectDefineProperty(prototype, transferMode, { __proto__: null, value: kCloneable });
  ObjectDefineProperty(prototype, kClone, { __proto__: null, value() { return { data: take(this), deserializeInfo: info }; } });
}

const revivers = {
  '__proto__': null,
  'porthole:key': ({ kind, bytes }) => keyFrom(kind, bytes),
  'porthole:certificate': ({ bytes }) => binding.parseX509(bytes),
  'porthole:keyobject': ({ type, handle }) => {
    const { SecretKeyObject, PublicKeyObject, PrivateKeyObject } = internalBinding('process_methods').require('internal/crypto/keys');
    return new (type === 'secret' ? SecretKeyObject : type === 'public' ? PublicKeyObject : PrivateKeyObject)(handle);
  },
};
binding.revive = (info, data) => revivers[info](data);
cloneable(KeyObjectHandle.prototype, 'porthole:key', (handle) => {
  const { 0: kind, 1: bytes } = keyState(handle);
  return { kind, bytes };
});
cloneable(X509.Class.prototype, 'porthole:certificate', (handle) => ({ bytes: handle.raw() }));
binding.createNativeKeyObjectClass = (extend) => createNativeKeyObjectClass((Native, handleOf) => {
  cloneable(Native.prototype, 'porthole:keyobject', (key) => ({ type: key.type, handle: handleOf(key) }));
  return extend(Native);
});

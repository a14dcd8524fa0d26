// Addresses and rules about them.
'use strict';
const { ArrayPrototypeMap, ArrayPrototypeSome, ArrayPrototypeUnshift, BigInt, Error } = primordials;
const AF_INET = binding.AF_INET = 2;
const AF_INET6 = binding.AF_INET6 = 10;

const four = (text) => {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || +part > 255) return undefined;
    value = value << 8n | BigInt(part);
  }
  return value;
};
const six = (text) => {
  const zone = text.indexOf('%');
  if (zone >= 0) text = text.slice(0, zone);
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (dotted !== null) {
    const value = four(dotted[2]);
    if (value === undefined) return undefined;
    text = `${dotted[1]}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
  }
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const list = (half) => half === '' ? [] : half.split(':');
  const head = list(halves[0]);
  const tail = halves.length === 2 ? list(halves[1]) : [];
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  let value = 0n;
  for (const part of [...head, ...new Array(gap).fill('0'), ...tail]) {
    if (!/^[0-9a-f]{1,4}$/i.test(part)) return undefined;
    value = value << 16n | BigInt(`0x${part}`);
  }
  return value;
};
// `::ffff:1.2.3.4` is the same host as `1.2.3.4`.
const MAPPED = 0xffffn << 32n;
const normal = ({ value, family }) => family === AF_INET6 && value >> 32n === 0xffffn ? { value: value - MAPPED, family: AF_INET } : { value, family };

class SocketAddress {
  constructor(address, port, family, flowlabel) {
    this.value = family === AF_INET ? four(address) : six(address);
    if (this.value === undefined) {
      const error = new Error('Invalid address');
      error.code = 'ERR_INVALID_ADDRESS';
      throw error;
    }
    this.address = address;
    this.port = port;
    this.family = family;
    this.label = flowlabel;
  }
  detail(object) {
    object.address = this.address;
    object.port = this.port;
    object.family = this.family;
    object.flowlabel = this.label >>> 0;
    return object;
  }
  flowlabel() { return this.label >>> 0; }
  legacyDetail() { return { address: this.address, port: this.port, family: this.family === AF_INET ? 'IPv4' : 'IPv6' }; }
}
binding.SocketAddress = SocketAddress;

const name = (family) => family === AF_INET ? 'IPv4' : 'IPv6';
class BlockList {
  rules = [];
  #add(text, test) { ArrayPrototypeUnshift(this.rules, { text, test }); }
  addAddress(address) {
    const own = normal(address);
    this.#add(`Address: ${name(address.family)} ${address.address}`, (other) => other.family === own.family && other.value === own.value);
  }
  addRange(start, end) {
    if (start.value > end.value) return false;
    const first = normal(start), last = normal(end);
    this.#add(`Range: ${name(start.family)} ${start.address}-${end.address}`,
              (other) => other.family === first.family && other.value >= first.value && other.value <= last.value);
    return true;
  }
  addSubnet(network, prefix) {
    const shift = BigInt((network.family === AF_INET ? 32 : 128) - prefix);
    this.#add(`Subnet: ${name(network.family)} ${network.address}/${prefix}`,
              (other, plain) => (plain.family === network.family && plain.value >> shift === network.value >> shift) ||
                (other.family === network.family && other.value >> shift === network.value >> shift));
  }
  check(address) {
    const other = normal(address);
    return ArrayPrototypeSome(this.rules, ({ test }) => test(other, address));
  }
  getRules() { return ArrayPrototypeMap(this.rules, ({ text }) => text); }
}
binding.BlockList = BlockList;

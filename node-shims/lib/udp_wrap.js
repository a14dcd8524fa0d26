'use strict';
// internalBinding('udp_wrap'). There are no datagrams: whoever binds, sends or connects is told ENOSYS.

const { ObjectDefineProperty } = primordials;
const { AsyncWrap, HandleWrap } = internalBinding('handles');
const UV_ENOSYS = -38;

class UDP extends HandleWrap {
  constructor() { super('UDPWRAP', 'UDPWrap'); }
  get fd() { return -9; }
  getSendQueueSize() { return 0; }
  getSendQueueCount() { return 0; }
}

const calls = ['open', 'bind', 'bind6', 'connect', 'connect6', 'disconnect', 'send', 'send6', 'recvStart', 'recvStop', 'getpeername', 'getsockname',
               'addMembership', 'dropMembership', 'addSourceSpecificMembership', 'dropSourceSpecificMembership', 'setMulticastInterface',
               'setMulticastTTL', 'setMulticastLoopback', 'setBroadcast', 'setTTL', 'bufferSize'];
for (const name of calls) {
  ObjectDefineProperty(UDP.prototype, name, { __proto__: null, configurable: true, writable: true, value: () => UV_ENOSYS });
}

binding.UDP = UDP;
binding.SendWrap = class SendWrap extends AsyncWrap {
  constructor() { super('UDPSENDWRAP'); }
};
binding.constants = { UV_UDP_IPV6ONLY: 1, UV_UDP_REUSEADDR: 4, UV_UDP_REUSEPORT: 64 };

'use strict';
// internalBinding('cares_wrap'). Questions for a name server fail as they do where none is reached.

const { ObjectDefineProperty } = primordials;
const { AsyncWrap } = internalBinding('handles');
const { complete } = binding;
delete binding.complete;

for (const name of ['GetAddrInfoReqWrap', 'GetNameInfoReqWrap', 'QueryReqWrap']) {
  const provider = name === 'QueryReqWrap' ? 'QUERYWRAP' : name === 'GetAddrInfoReqWrap' ? 'GETADDRINFOREQWRAP' : 'GETNAMEINFOREQWRAP';
  const Class = class extends AsyncWrap {
    constructor() { super(provider); }
  };
  ObjectDefineProperty(Class, 'name', { __proto__: null, value: name });
  binding[name] = Class;
}

class ChannelWrap extends AsyncWrap {
  #servers = [['127.0.0.1', 53]];

  constructor() { super('DNSCHANNEL'); }
  getServers() { return this.#servers; }
  setServers(servers) {
    const list = [];
    for (let i = 0; i < servers.length; i++) list[i] = [servers[i][1], servers[i][2]];
    this.#servers = list;
    return 0;
  }
  setLocalAddress() {}
  cancel() {}
}

const queries = ['getHostByAddr', 'queryA', 'queryAny', 'queryAaaa', 'queryCaa', 'queryCname', 'queryMx', 'queryNaptr', 'queryNs', 'queryPtr',
                 'querySrv', 'querySoa', 'queryTlsa', 'queryTxt'];
for (const name of queries) {
  ObjectDefineProperty(ChannelWrap.prototype, name, {
    __proto__: null,
    configurable: true,
    writable: true,
    value(req) { return complete(req, 'ECONNREFUSED'); },
  });
}
binding.ChannelWrap = ChannelWrap;

const texts = {
  __proto__: null,
  ENODATA: 'DNS server returned answer with no data',
  ENOTFOUND: 'Domain name not found',
  ECONNREFUSED: 'Could not contact DNS servers',
  ETIMEOUT: 'Timeout while contacting DNS servers',
  ECANCELLED: 'DNS query cancelled',
};
binding.strerror = (code) => texts[code] ?? 'unknown';

'use strict';
// internalBinding('tcp_wrap').

const handles = internalBinding('handles');
const { AsyncWrap, LibuvStreamWrap, idOf, listenWith } = handles;

const constants = { SOCKET: 0, SERVER: 1, UV_TCP_IPV6ONLY: 1, UV_TCP_REUSEPORT: 2 };

class TCP extends LibuvStreamWrap {
  constructor(type, fd = -1) {
    super(type === constants.SERVER ? 'TCPSERVERWRAP' : 'TCPWRAP', type === constants.SERVER ? 'TCPServerWrap' : 'TCPSocketWrap', fd);
  }

  open(fd) { return handles.adopt(idOf(this), fd); }
  bind(address, port) { return handles.bind(idOf(this), 4, address, port | 0); }
  bind6(address, port) { return handles.bind(idOf(this), 6, address, port | 0); }
  connect(req, address, port) { return handles.connect(idOf(this), req, 4, address, port); }
  connect6(req, address, port) { return handles.connect(idOf(this), req, 6, address, port); }
  listen(backlog) { return listenWith(this, backlog, (fd) => new TCP(constants.SOCKET, fd)); }
  getsockname(out) { return handles.getsockname(idOf(this), out); }
  getpeername(out) { return handles.getpeername(idOf(this), out); }
  isFromBrowser() { return handles.fromBrowser(idOf(this)); }
  // A loopback inside one kernel has neither Nagle's delay nor peers that vanish without a word.
  setNoDelay() { return 0; }
  setKeepAlive() { return 0; }

  reset(callback) {
    this.close(callback);
    return 0;
  }
}

binding.TCP = TCP;
binding.TCPConnectWrap = class TCPConnectWrap extends AsyncWrap {
  constructor() { super('TCPCONNECTWRAP'); }
};
binding.constants = constants;

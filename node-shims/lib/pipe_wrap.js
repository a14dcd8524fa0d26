'use strict';
// internalBinding('pipe_wrap').

const { FunctionPrototypeCall, ObjectDefineProperty } = primordials;
const handles = internalBinding('handles');
const { AsyncWrap, LibuvStreamWrap, idOf, listenWith } = handles;

const constants = { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 };

// A handle for a descriptor of a kind (`fd_kind`).
const FD_TCP = 2, FD_LISTENER = 6;
function adopted(fd, kind) {
  const { TCP, constants: kinds } = internalBinding('tcp_wrap');
  if (kind === FD_TCP) return new TCP(kinds.SOCKET, fd);
  return kind === FD_LISTENER ? new TCP(kinds.SERVER, fd) : new Pipe(constants.SOCKET, fd);
}

class Pipe extends LibuvStreamWrap {
  #path;

  constructor(type, fd = -1) {
    super(type === constants.SERVER ? 'PIPESERVERWRAP' : 'PIPEWRAP', type === constants.SERVER ? 'PipeServerWrap' : 'PipeWrap', fd);
    if (type === constants.IPC) this.#takeDescriptors();
  }

  // Descriptors come with what is read: as in Node, the handle stands in `pendingHandle` when the library hears of the bytes.
  #takeDescriptors() {
    let heard;
    ObjectDefineProperty(this, 'onread', {
      __proto__: null, enumerable: true, configurable: true,
      get: () => heard,
      set: (onread) => {
        heard = typeof onread !== 'function' ? onread : function(buffer) {
          const taken = handles.takeFd(idOf(this));
          if (taken !== undefined) this.pendingHandle = adopted(taken[0], taken[1]);
          return FunctionPrototypeCall(onread, this, buffer);
        };
      },
    });
  }

  open(fd) { return handles.adopt(idOf(this), fd); }

  bind(path) {
    this.#path = path;
    return handles.bind(idOf(this), 1, path, 0);
  }

  connect(req, path) { return handles.connect(idOf(this), req, 1, path, 0); }
  listen(backlog) { return listenWith(this, backlog, (fd) => new Pipe(constants.SOCKET, fd)); }

  // The two bits say who else may read (1) and write (2).
  fchmod(mode) {
    const bits = (mode & 1 ? 0o444 : 0) | (mode & 2 ? 0o222 : 0);
    return handles.chmodPath(this.#path, 0o600 | bits);
  }
}

binding.Pipe = Pipe;
binding.PipeConnectWrap = class PipeConnectWrap extends AsyncWrap {
  constructor() { super('PIPECONNECTWRAP'); }
};
binding.constants = constants;

'use strict';
// internalBinding('tty_wrap').

const handles = internalBinding('handles');
const { LibuvStreamWrap, idOf } = handles;
const UV_EINVAL = -22;

binding.isTTY = (fd) => handles.isTTY(fd);

binding.TTY = class TTY extends LibuvStreamWrap {
  constructor(fd, ctx) {
    super('TTYWRAP', 'TTYWrap', fd);
    if (!handles.isTTY(fd)) {
      ctx.errno = UV_EINVAL;
      ctx.code = 'EINVAL';
      ctx.message = 'invalid argument';
      ctx.syscall = 'uv_tty_init';
    }
  }

  getWindowSize(size) { return handles.ttySize(idOf(this), size); }
  setRawMode(raw) { return handles.ttyRaw(idOf(this), !!raw); }
};

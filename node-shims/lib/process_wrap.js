'use strict';
// internalBinding('process_wrap').

const { HandleWrap, idOf } = internalBinding('handles');
const { spawn, kill } = binding;
delete binding.spawn;
delete binding.kill;

const UV_ESRCH = -3;

binding.Process = class Process extends HandleWrap {
  constructor() {
    super('PROCESSWRAP', 'ProcessWrap');
  }

  spawn(options) {
    const pid = spawn(idOf(this), options, idOf);
    if (pid < 0) return pid;
    this.pid = pid;
    return 0;
  }

  kill(signal) {
    return this.pid === undefined ? UV_ESRCH : kill(this.pid, signal);
  }
};

'use strict';
// internalBinding('signal_wrap').

const { HandleWrap, idOf } = internalBinding('handles');
const { start, stop } = binding;
delete binding.start;
delete binding.stop;

binding.Signal = class Signal extends HandleWrap {
  constructor() {
    super('SIGNALWRAP', 'SignalWrap');
  }

  start(signal) {
    return start(idOf(this), signal);
  }

  stop() {
    stop(idOf(this));
    return 0;
  }

  close(callback) {
    stop(idOf(this));
    super.close(callback);
  }
};

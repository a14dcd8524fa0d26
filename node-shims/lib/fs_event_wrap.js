'use strict';
// internalBinding('fs_event_wrap').

const { HandleWrap, idOf } = internalBinding('handles');
const { start } = binding;
delete binding.start;

binding.FSEvent = class FSEvent extends HandleWrap {
  #started = false;

  constructor() {
    super('FSEVENTWRAP', 'FSEventWrap');
  }

  get initialized() {
    return this.#started;
  }

  start(path, persistent, recursive, encoding) {
    const err = start(idOf(this), path, !!recursive, encoding);
    if (err === 0) {
      this.#started = true;
      if (persistent !== true) this.unref();
    }
    return err;
  }
};

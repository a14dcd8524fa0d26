'use strict';
// internalBinding('fs_dir').

const { FunctionPrototypeCall } = primordials;
const { AsyncWrap } = internalBinding('handles');
const { open, read, close } = binding;
delete binding.open;
delete binding.read;
delete binding.close;

class DirHandle extends AsyncWrap {
  #id;

  constructor(id) {
    super('DIRHANDLE');
    this.#id = id;
  }

  read(encoding, count, req) { return read(this.#id, encoding, count, req); }
  close(req) { return close(this.#id, req); }
}

// opendir(path, encoding[, req])
binding.opendir = function opendir(path, encoding, req) {
  if (req === undefined) return new DirHandle(open(path, true));
  const { oncomplete } = req;
  req.oncomplete = function(err, id) {
    if (err) return FunctionPrototypeCall(oncomplete, this, err);
    return FunctionPrototypeCall(oncomplete, this, null, new DirHandle(id));
  };
  return open(path, true, req);
};

binding.opendirSync = function opendirSync(path) {
  return new DirHandle(open(path, false));
};

binding.DirHandle = DirHandle;

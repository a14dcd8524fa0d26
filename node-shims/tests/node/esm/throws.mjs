throw new RangeError("from a module");

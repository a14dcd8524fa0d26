'use strict';
const { JSONParse, JSONStringify, ObjectDefineProperty, SafeMap, StringPrototypeEndsWith, StringPrototypeLastIndexOf, StringPrototypeSlice, StringPrototypeStartsWith } = primordials;
const { readText } = binding;
delete binding.readText;

binding.compileCacheStatus = ['FAILED', 'ENABLED', 'ALREADY_ENABLED', 'DISABLED'];
binding.cachedCodeTypes = { __proto__: null, kCommonJS: 0, kESM: 1, kStrippedTypeScript: 2, kTransformedTypeScript: 3, kTransformedTypeScriptWithSourceMaps: 4 };
binding.enableCompileCache = () => [3];
binding.getCompileCacheDir = () => undefined;
binding.flushCompileCache = () => {};
binding.getCompileCacheEntry = () => undefined;
binding.saveCompileCacheEntry = () => {};

const parsed = new SafeMap();
// `[name, main, type, imports, exports, path]`; undefined where there is no such file.
function read(path, isESM, base, specifier) {
  if (parsed.has(path)) return parsed.get(path);
  const text = readText(path);
  if (text === undefined) {
    parsed.set(path, undefined);
    return undefined;
  }
  let data;
  try {
    data = JSONParse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    const { codes: { ERR_INVALID_PACKAGE_CONFIG } } = internalBinding('process_methods').require('internal/errors');
    const importer = base === undefined ? undefined : toPath(base) ?? base;
    const from = specifier === undefined ? importer : `"${specifier}" from ${importer}`;
    throw new ERR_INVALID_PACKAGE_CONFIG(path, from, error.message);
  }
  if (typeof data !== 'object' || data === null) data = {};
  const plain = (value) => typeof value === 'string' ? value : undefined;
  const packed = (value) => {
    if (value === undefined || value === null) return undefined;
    return typeof value === 'object' ? JSONStringify(value) : typeof value === 'string' ? value : undefined;
  };
  const type = data.type === 'module' || data.type === 'commonjs' ? data.type : 'none';
  const result = [plain(data.name), plain(data.main), type, packed(data.imports), packed(data.exports), path];
  parsed.set(path, result);
  return result;
}
binding.readPackageJSON = read;

// The nearest `package.json` at or above `path`, not looking past a `node_modules`.
function nearest(path) {
  for (let end = StringPrototypeLastIndexOf(path, '/'); end >= 0; end = end === 0 ? -1 : StringPrototypeLastIndexOf(path, '/', end - 1)) {
    const folder = StringPrototypeSlice(path, 0, end);
    if (StringPrototypeEndsWith(folder, '/node_modules')) return undefined;
    const found = read(`${folder}/package.json`);
    if (found !== undefined) return found;
  }
  return undefined;
}
binding.getNearestParentPackageJSON = nearest;
binding.getNearestParentPackageJSONType = (path) => nearest(path)?.[2] ?? 'none';

const toPath = (url) => {
  if (!StringPrototypeStartsWith(url, 'file:')) return undefined;
  return internalBinding('process_methods').require('internal/url').fileURLToPath(url);
};
binding.getPackageScopeConfig = (url) => {
  const path = toPath(url);
  if (path === undefined) return '/package.json';
  return nearest(path) ?? '/package.json';
};
binding.getPackageType = (url) => {
  const path = toPath(url);
  if (path === undefined) return undefined;
  const type = nearest(path)?.[2];
  return type === 'none' ? undefined : type;
};

// `import.meta`'s folder and file, worked out when they are read.
binding.setLazyPathHelpers = (meta, url) => {
  const { fileURLToPath } = internalBinding('process_methods').require('internal/url');
  const filename = fileURLToPath(url);
  const end = StringPrototypeLastIndexOf(filename, '/');
  const plain = (name, value) => ObjectDefineProperty(meta, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  plain('dirname', end > 0 ? StringPrototypeSlice(filename, 0, end) : '/');
  plain('filename', filename);
};

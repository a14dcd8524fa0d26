'use strict';
const { ErrorPrototypeToString, FunctionPrototypeToString, ObjectPrototypeToString, SymbolPrototypeToString } = primordials;
const { isError } = Error;
const plain = primordials.ObjectPrototype.toString;
const { prelude } = binding;
delete binding.prelude;
binding.sourceText = prelude.sourceText;
binding.joinRealm = prelude.joinRealm;
// An error of the engine's parser gets the place in `text` above its stack.
binding.decorate = prelude.decorate;
binding.decorateThrown = prelude.decorateThrown;
binding.place = prelude.place;
binding.keepText = prelude.keepText;
binding.exitCodes = {
  kNoFailure: 0, kGenericUserError: 1, kInternalJSParseError: 3, kInternalJSEvaluationFailure: 4, kV8FatalError: 5,
  kInvalidFatalExceptionMonkeyPatching: 6, kExceptionInFatalExceptionHandler: 7, kInvalidCommandLineArgument: 9,
  kBootstrapFailure: 10, kInvalidCommandLineArgument2: 12, kUnsettledTopLevelAwait: 13, kStartupSnapshotFailure: 14, kAbort: 134,
};
// Calls nothing of the program's: an object with the plain `toString` is told by its constructor's name, any other by its class.
binding.noSideEffectsToString = (value) => {
  if (typeof value === 'symbol') return SymbolPrototypeToString(value);
  if (typeof value === 'function') return FunctionPrototypeToString(value);
  if (typeof value !== 'object' || value === null) return `${value}`;
  if (isError(value)) return ErrorPrototypeToString(value);
  if (value.toString === plain) {
    const name = internalBinding('util').getConstructorName(value);
    if (name !== '') return `#<${name}>`;
  }
  return ObjectPrototypeToString(value);
};
// The line of a call, and the column where the call begins: `assert(false)` quotes it. The engine knows the last name or call in the arguments, so the
// call is looked for from there.
binding.getErrorSourcePositions = (error) => prelude.callSource(error) ?? { sourceLine: '', scriptResourceName: '', lineNumber: 0, startColumn: 0 };
binding.setGetSourceMapErrorSource = (callback) => { prelude.mappedSource = callback; };
binding.setSourceMapsEnabled = (enabled) => { prelude.sourceMapsEnabled = enabled; };
binding.setMaybeCacheGeneratedSourceMap = () => {};

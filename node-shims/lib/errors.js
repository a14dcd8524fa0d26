'use strict';
binding.exitCodes = {
  kNoFailure: 0, kGenericUserError: 1, kInternalJSParseError: 3, kInternalJSEvaluationFailure: 4, kV8FatalError: 5,
  kInvalidFatalExceptionMonkeyPatching: 6, kExceptionInFatalExceptionHandler: 7, kInvalidCommandLineArgument: 9,
  kBootstrapFailure: 10, kInvalidCommandLineArgument2: 12, kUnsettledTopLevelAwait: 13, kStartupSnapshotFailure: 14, kAbort: 134,
};
binding.noSideEffectsToString = (value) => {
  try {
    return typeof value === 'symbol' ? value.toString() : `${value}`;
  } catch {
    return '[object Object]';
  }
};
binding.getErrorSourcePositions = () => undefined;
binding.setGetSourceMapErrorSource = () => {};
binding.setSourceMapsEnabled = () => {};
binding.setMaybeCacheGeneratedSourceMap = () => {};

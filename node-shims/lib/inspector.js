'use strict';
// No debugger can attach.
binding.console = {};
binding.consoleCall = (inspector, node, ...args) => node(...args);
binding.setConsoleExtensionInstaller = () => {};
binding.isEnabled = () => false;
binding.url = () => undefined;
binding.open = () => {};
binding.waitForDebugger = () => false;
binding.registerAsyncHook = () => {};
binding.setupNetworkTracking = () => {};
binding.emitProtocolEvent = () => {};
binding.callAndPauseOnStart = (fn, self, ...args) => Reflect.apply(fn, self, args);

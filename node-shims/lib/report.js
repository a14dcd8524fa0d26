'use strict';
// Diagnostic reports hold facts of a native process. What can be told without one is told.
const state = { compact: false, network: false, env: false, directory: '', filename: '', signal: 'SIGUSR2', fatal: false, onSignal: false, uncaught: false };
const report = () => JSON.stringify({
  header: { reportVersion: 5, event: 'JavaScript API', nodejsVersion: process.version, arch: process.arch, platform: process.platform, processId: process.pid, cwd: process.cwd() },
  javascriptHeap: process.memoryUsage(), environmentVariables: { ...process.env },
});
binding.getReport = report;
binding.writeReport = (event, trigger, file) => {
  const name = file || state.filename || `report.${process.pid}.json`;
  internalBinding('process_methods').require('fs').writeFileSync(name, report());
  return name;
};
binding.getCompact = () => state.compact;
binding.setCompact = (v) => { state.compact = v; };
binding.getExcludeNetwork = () => state.network;
binding.setExcludeNetwork = (v) => { state.network = v; };
binding.getExcludeEnv = () => state.env;
binding.setExcludeEnv = (v) => { state.env = v; };
binding.getDirectory = () => state.directory;
binding.setDirectory = (v) => { state.directory = v; };
binding.getFilename = () => state.filename;
binding.setFilename = (v) => { state.filename = v; };
binding.getSignal = () => state.signal;
binding.setSignal = (v) => { state.signal = v; };
binding.shouldReportOnFatalError = () => state.fatal;
binding.setReportOnFatalError = (v) => { state.fatal = v; };
binding.shouldReportOnSignal = () => state.onSignal;
binding.setReportOnSignal = (v) => { state.onSignal = v; };
binding.shouldReportOnUncaughtException = () => state.uncaught;
binding.setReportOnUncaughtException = (v) => { state.uncaught = v; };

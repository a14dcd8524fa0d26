function inner() { throw new TypeError('deep'); }
try { inner(); } catch (error) { console.log(error.stack.split('\n').slice(0, 2).map((line) => line.replace(/\(.*[/\\]/, '(').replace(/:\d+\)/, ')')).join(' | ')); }
try { null.x; } catch (error) { console.log(error.message); }
try { undefined.y = 1; } catch (error) { console.log(error.message); }
try { const c = 1; c = 2; } catch (error) { console.log(error.message); }
try { early; let early; } catch (error) { console.log(error.name, error.message); }
try { notThere; } catch (error) { console.log(error.message); }
console.log(Object.getOwnPropertyNames(new Error('x')).sort(), Object.hasOwn(new Error('x'), 'stack'));
class Custom extends Error { constructor(message) { super(message); this.name = 'Custom'; this.code = 'E_CUSTOM'; } }
console.log(new Custom('m') instanceof Error, String(new Custom('m')), new Custom('m').stack.split('\n')[0]);
const holder = {};
Error.captureStackTrace(holder);
console.log(typeof holder.stack, holder.stack.split('\n')[0]);
const { prepareStackTrace } = Error;
Error.prepareStackTrace = (_, sites) => sites;
const { stack } = new Error();
console.log(Array.isArray(stack), stack[0].getFileName().endsWith('errors.cjs'), stack[0].getLineNumber(), typeof stack[0].isEval());
Error.prepareStackTrace = prepareStackTrace;
console.log(new Error('outer', { cause: new Error('inner') }).cause.message);
process.on('uncaughtException', (error, origin) => console.log('uncaught', error.message, origin));
process.on('unhandledRejection', (reason) => console.log('unhandled', reason.message));
setTimeout(() => { throw new Error('from a timer'); }, 1);
Promise.reject(new Error('a rejection'));

'use strict';
// Scripts that are broken off when their time is over.
const vm=require('vm');
for (const f of [() => vm.runInThisContext('for(;;);', {timeout: 20}), () => vm.runInNewContext('try { for(;;); } catch (e) { 1 } finally { 2 }', {}, {timeout: 20}), () => vm.runInNewContext('1+1', {}, {timeout: 100}), () => vm.runInNewContext('run("for(;;);", {timeout: 10})', {run: vm.runInThisContext}, {timeout: 1000}), () => vm.runInNewContext('throw new Error("own")', {}, {timeout: 1000})]) { try { console.log(f()); } catch (e) { console.log(e.code, e.message); } }

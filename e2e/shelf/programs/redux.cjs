const { createStore, combineReducers, applyMiddleware, legacy_createStore } = require('redux');
const log = [];
const store = (legacy_createStore ?? createStore)(combineReducers({ n: (s = 0, a) => a.type === 'inc' ? s + (a.by ?? 1) : s, l: (s = [], a) => a.type === 'push' ? [...s, a.v] : s }), applyMiddleware(() => (next) => (a) => { log.push(a.type); return next(a); }));
store.dispatch({ type: 'inc' }); store.dispatch({ type: 'inc', by: 5 }); store.dispatch({ type: 'push', v: 'x' });
console.log(store.getState(), log);

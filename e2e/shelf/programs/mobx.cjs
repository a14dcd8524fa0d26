const { makeAutoObservable, autorun, computed, observable, runInAction } = require('mobx');
class Store { items = []; constructor() { makeAutoObservable(this); } get total() { return this.items.reduce((a, b) => a + b, 0); } add(n) { this.items.push(n); } }
const store = new Store(); const seen = [];
autorun(() => seen.push(store.total)); store.add(2); store.add(3);
const o = observable.map({ a: 1 }); const c = computed(() => o.get('a') * 10); runInAction(() => o.set('a', 4));
console.log(seen, c.get());

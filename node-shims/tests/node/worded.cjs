'use strict';
// How the engine words what went wrong, up to the names of objects.
const frozen = Object.freeze({ there: 1 });
class Branded { #mark = 1; static read(it) { return it.#mark; } #act() {} static act(it) { it.#act(); } }
const tries = {
  symbolText: () => `${Symbol('s')}`,
  symbolNumber: () => +Symbol('s'),
  readOnly: () => { frozen.there = 2; },
  added: () => { frozen.more = 1; },
  defined: () => Object.defineProperty(frozen, 'more', { value: 1 }),
  redefined: () => Object.defineProperty(frozen, 'there', { value: 2 }),
  deleted: () => { delete frozen.there; },
  getterOnly: () => { ({ get only() { return 1; } }).only = 1; },
  member: () => Branded.read({}),
  constant: () => { const it = 1; it = 2; },
  iterator: () => { for (const it of { [Symbol.iterator]: () => 1 }) it; },
};
for (const [name, attempt] of Object.entries(tries)) {
  try {
    attempt();
    console.log(name, 'did not throw');
  } catch (error) {
    console.log(name, error.name, error.message.replace(/( only)? of (object '#<Object>'|#<Object>|object)/, ' of object'));
  }
}

const { createMachine, createActor, assign } = require('xstate');
const machine = createMachine({ id: 'm', initial: 'off', context: { n: 0 }, states: { off: { on: { T: { target: 'on', actions: assign({ n: ({ context }) => context.n + 1 }) } } }, on: { on: { T: 'off' }, initial: 'dim', states: { dim: { on: { B: 'bright' } }, bright: {} } } } });
const actor = createActor(machine); const seen = [];
actor.subscribe((s) => seen.push(JSON.stringify(s.value))); actor.start(); actor.send({ type: 'T' }); actor.send({ type: 'B' }); actor.send({ type: 'T' }); actor.send({ type: 'T' });
console.log(seen, actor.getSnapshot().context);

const { h, Fragment } = require('preact'); const { useState } = require('preact/hooks'); const render = require('preact-render-to-string');
const C = ({ n }) => { const [v] = useState(n + 1); return h(Fragment, null, h('i', { class: 'c' }, v), '<'); };
console.log((render.render ?? render)(h('div', { id: 'x' }, h(C, { n: 1 }))));

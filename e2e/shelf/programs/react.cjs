const React = require('react');
const { renderToString, renderToPipeableStream } = require('react-dom/server');
const Item = ({ x }) => React.createElement('li', { className: 'i', style: { color: 'red' } }, x, ' & ', React.useMemo(() => x * 2, [x]));
console.log(renderToString(React.createElement('ul', { 'data-a': 1 }, [1, 2].map((x) => React.createElement(Item, { key: x, x })))));
const Lazy = React.lazy(() => Promise.resolve({ default: () => React.createElement('b', null, 'late') }));
const { PassThrough } = require('stream');
const out = new PassThrough(); let html = '';
out.on('data', (d) => html += d).on('end', () => console.log(html.includes('<b>late</b>')));
const s = renderToPipeableStream(React.createElement(React.Suspense, { fallback: 'wait' }, React.createElement(Lazy)), { onAllReady: () => s.pipe(out) });

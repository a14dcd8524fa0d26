const { JSDOM } = require('jsdom');
const { window } = new JSDOM('<div id="a"><span>x</span></div><script>document.title = "set by script"; window.n = [1, 2].map((v) => v * 2)</script>', { runScripts: 'dangerously', url: 'http://example.org/p?q=1' });
const { document } = window;
document.querySelector('#a').addEventListener('click', (e) => { e.target.textContent = 'clicked'; });
document.querySelector('span').click();
console.log(document.title, window.n.join(), document.body.innerHTML.slice(0, 44), window.location.search);

const { Parser, parseDocument, DomUtils } = require('htmlparser2');
const events = [];
const parser = new Parser({ onopentag: (n, a) => events.push(n, a), ontext: (t) => events.push(t), onclosetag: (n) => events.push(`/${n}`) });
parser.write('<p class="x">Hi <b>there</b><br>&amp; you');
parser.end();
console.log(events, DomUtils.textContent(parseDocument('<a>1<i>2</i></a>')));

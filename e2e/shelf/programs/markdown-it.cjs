const md = require('markdown-it')({ html: true, linkify: true, typographer: true });
console.log(md.render('## H\n\n"quotes" -- see http://example.com\n\n1. a\n2. b\n\n> q'));

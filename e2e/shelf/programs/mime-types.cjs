const mime = require('mime-types');
console.log(mime.lookup('a/b.json'), mime.contentType('html'), mime.extension('image/svg+xml'), mime.charset('text/css'), mime.lookup('noext'));

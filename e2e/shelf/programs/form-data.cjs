const FormData = require('form-data');
const form = new FormData();
form.setBoundary('BOUND');
form.append('a', 'b');
form.append('file', Buffer.from('content'), { filename: 'x.txt', contentType: 'text/plain' });
console.log(form.getHeaders(), form.getLengthSync());
console.log(form.getBuffer().toString());

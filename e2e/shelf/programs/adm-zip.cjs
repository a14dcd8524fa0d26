const AdmZip = require('adm-zip');
const zip = new AdmZip();
zip.addFile('x/y.txt', Buffer.from('inside'), 'comment');
const again = new AdmZip(zip.toBuffer());
console.log(again.getEntries().map((e) => [e.entryName, e.comment, e.header.size]), again.readAsText('x/y.txt'));

const EE = require('eventemitter3');
const e = new EE();
e.on('a', function(x) { console.log(x, this.y); }, { y: 2 }); e.once('a', () => console.log('once'));
console.log(e.emit('a', 1), e.emit('a', 3), e.emit('none'), e.listenerCount('a'));

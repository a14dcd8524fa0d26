const log = require('loglevel');
log.setLevel('info');
log.debug('no'); log.info('yes'); log.getLogger('other').setLevel('warn');
console.log(log.getLevel(), log.getLogger('other').getLevel());

console.log(require('figlet').textSync('Port', { font: 'Standard' }));

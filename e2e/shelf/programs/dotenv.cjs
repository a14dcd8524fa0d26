const dotenv = require('dotenv');
console.log(dotenv.parse('A=1\n# c\nB="two\\nlines"\nexport C=\'x y\' # t\nD=`a`\n'));

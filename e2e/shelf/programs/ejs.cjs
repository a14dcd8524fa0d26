console.log(require('ejs').render('<% for (const x of xs) { %><li><%= x %></li><%- "<br>" %>\n<% } -%>', { xs: ['a', '<'] }));

const $ = require('cheerio').load('<ul><li class="a">1</li><li>2</li></ul>');
$('li').first().text('one').addClass('b');
$('ul').append('<li data-x="3">three</li>');
console.log($('ul').html(), $('li').map((i, e) => $(e).text()).get(), $('[data-x]').data('x'));

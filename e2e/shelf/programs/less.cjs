require('less').render('@c: #336699; .m() { border: 1px } .a { color: darken(@c, 10%); .m(); .b { width: (10px * 3) } }').then(({ css }) => console.log(css));

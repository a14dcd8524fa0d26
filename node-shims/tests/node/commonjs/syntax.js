let let = 1 2

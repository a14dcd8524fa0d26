exports.from = "package main";

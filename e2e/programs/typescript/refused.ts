const before: number = 1;
enum Colour {
  Red,
}
console.log(Colour.Red, before);

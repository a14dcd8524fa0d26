class Base { log: string[] = ['base']; constructor(protected readonly name: string) { this.log.push(name); } }
class Derived extends Base {
  field = 'field of ' + this.name;
  declare never: number;
  unset?: string;
  static count = 0;
  #private = 1;
  constructor(public first: number, private second = first + 1, ...rest: any[]) {
    const text = 'before';
    super(text);
    Derived.count += rest.length;
  }
  get sum(): number { return this.first + this.second + this.#private; }
}
abstract class Shape<T> { abstract area(): T; constructor(readonly sides = 3) {} describe(this: Shape<T>): string { return `${this.sides} ${this.area()}`; } }
class Square extends Shape<number> { override area() { return 16; } }
const made = new (class { constructor(public x = 1, override?: any) {} })();
console.log(new Derived(1, undefined, 3, 4), new Derived(5).sum, Derived.count, new Square(4).describe(), new Square(), made);

import { strictEqual } from 'node:assert';
import * as Path from 'node:path';
import path = Path.posix;

enum Colour {
  Red,
  Green = 5,
  Blue,
  Long = 'abc'.length,
}
const enum Size {
  Small = 1 << 0,
  Large = Small << 3,
}
namespace Count {
  export let now = 0;
  export const step = 2;
  export const [first, { second }] = [1, { second: 'two' }];
  export function up(): number {
    now += step;
    return now;
  }
  export namespace Inner {
    export const name = 'inner' + step;
  }
}
namespace Count {
  export const again = 'again';
}
class Point {
  z = 3;
  constructor(
    public x: number,
    private readonly y = 2,
  ) {
    this.z += this.y;
  }
}
Count.up();
Count.now++;
strictEqual(Colour[5], 'Green');
console.log(Colour, Size.Large, Count.up(), Count, new Point(1), path.basename('/a/b'));

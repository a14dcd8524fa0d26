import type { Circle } from './shapes.ts';

interface Square {
  kind: 'square';
  side: number;
}

export type { Circle } from './circle.ts';

export type Shape =
  | Square
  | Circle;

export abstract class Described<T extends Shape> {
  declare never: string;
  protected readonly shape: T;
  static count?: number = 0;
  constructor(shape: T) {
    this.shape = shape;
    Described.count!++;
  }
  abstract area(): number;
  toString(): string {
    return `${this.shape.kind} of ${this.area()}, number ${Described.count}`;
  }
}

class DescribedSquare extends Described<Square> {
  override area(): number {
    return this.shape.side ** 2;
  }
}

export function describe(shape: Square): string;
export function describe(shape: Shape): string {
  return String(new DescribedSquare(shape as Square));
}

export const type = <T,>(value: T): value is T & {} => value !== undefined;

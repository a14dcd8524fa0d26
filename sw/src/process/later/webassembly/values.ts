// Values between the guest's engine and WebAssembly. A number, a bigint and nothing are themselves; anything else is one side's, and a number for the other.

export const UNDEFINED = 0;
export const NUMBER = 1;
export const BIGINT = 2;
export const NULL = 3;
/** A function of WebAssembly's. */
export const CALLABLE = 4;
/** A value of the guest's. */
export const FOREIGN = 5;
/** Anything else of the browser's: the guest can only give it back. */
export const OPAQUE = 6;

/** Stands for a value of the guest's where WebAssembly holds it. */
class Foreign {
  constructor(readonly handle: number) {}
}

type Callable = (...args: unknown[]) => unknown;

/** A value in JSON: a kind, and a number or a bigint's digits. */
export type Plain = [kind: number, value?: number | string];

export class Values {
  readonly #callables: Callable[] = [];
  readonly #numbers = new Map<unknown, number>();
  readonly #opaque: unknown[] = [];
  /** Handles that nothing holds any more. */
  #released: number[] = [];
  readonly #registry = new FinalizationRegistry<number>((handle) => this.#released.push(handle));

  /** The number of a function: the same one for the same function. */
  numberOf(callable: Callable): number {
    return this.#number(callable, this.#callables);
  }

  callable(number: number): Callable {
    const found = this.#callables[number];
    if (found === undefined) throw new TypeError("WebAssembly objects are not of this process");
    return found;
  }

  forget(callables: Iterable<number>): void {
    for (const number of callables) {
      this.#numbers.delete(this.#callables[number]);
      delete this.#callables[number];
    }
  }

  /** Handles of the guest's values that may be let go of. */
  released(): number[] {
    const released = this.#released;
    this.#released = [];
    return released;
  }

  /** What kind of a value this is, and its number where it has one. */
  sort(value: unknown): [kind: number, number: number] {
    if (value === undefined) return [UNDEFINED, 0];
    if (value === null) return [NULL, 0];
    if (typeof value === "number") return [NUMBER, 0];
    if (typeof value === "bigint") return [BIGINT, 0];
    if (value instanceof Foreign) return [FOREIGN, value.handle];
    if (typeof value === "function") return [CALLABLE, this.numberOf(value as Callable)];
    return [OPAQUE, this.#number(value, this.#opaque)];
  }

  /** The value of a kind and number; of numbers and bigints nothing is known here. */
  make(kind: number, number: number): unknown {
    switch (kind) {
      case NULL:
        return null;
      case CALLABLE:
        return this.callable(number);
      case FOREIGN: {
        const foreign = new Foreign(number);
        this.#registry.register(foreign, number);
        return foreign;
      }
      case OPAQUE:
        return this.#opaque[number];
      default:
        return undefined;
    }
  }

  toPlain(value: unknown): Plain {
    const [kind, number] = this.sort(value);
    if (kind === NUMBER) return [kind, Object.is(value, -0) ? "-0" : String(value)];
    return kind === BIGINT ? [kind, String(value)] : [kind, number];
  }

  fromPlain([kind, value]: Plain): unknown {
    if (kind === NUMBER) return Number(value);
    return kind === BIGINT ? BigInt(value ?? 0) : this.make(kind, Number(value));
  }

  #number(value: unknown, list: unknown[]): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = list.push(value) - 1;
      this.#numbers.set(value, number);
    }
    return number;
  }
}

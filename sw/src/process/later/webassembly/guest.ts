// The guest's WebAssembly (node-shims/lib/webassembly.js asks for it): modules of the browser's, at the browser's speed, whose memories lie in the process's.

import { type Description, describe, FUNCTION, GLOBAL, TABLE, TAG } from "./description.ts";
import { BIGINT, NUMBER, type Plain, Values } from "./values.ts";
import type { Jspi } from "../../imports.ts";

type Callable = (...args: unknown[]) => unknown;
type Bytes = Uint8Array<ArrayBuffer>;

/** The process image, as far as it is called from here. */
export interface Image {
  memory: WebAssembly.Memory;
  /** Calls a function that the guest gave to an instance; 0, or 1 where it threw. */
  guest_import: (instance: number, index: number, at: number) => number;
  /** As the instruction `memory.grow`. */
  guest_grow: (memory: number, pages: number) => number;
}

/** What an instance was given for an import. */
type Given = { guest: true } | { function: number } | { table: number } | { global: number } | { tag: number } | { value: Plain } | { memory: number };

type Request =
  | { op: "begin"; at: number; end: number }
  | { op: "validate" | "compile" }
  | { op: "instantiate"; module: number; instance: number; imports: Given[]; memories: number[] }
  | { op: "place"; memory: number; base: number; bytes: number }
  | { op: "release"; instances: number[]; memories: number[] }
  | { op: "forget"; module: number }
  | { op: "error" }
  | { op: "table"; element: string; initial: number; maximum: number | null; value: Plain }
  | { op: "tableGet" | "tableLength"; table: number; index: number }
  | { op: "tableSet" | "tableGrow"; table: number; index: number; value: Plain | null }
  | { op: "global"; type: string; mutable: boolean; value: Plain | null }
  | { op: "globalGet"; global: number }
  | { op: "globalSet"; global: number; value: Plain }
  | { op: "tag"; parameters: string[] }
  | { op: "exception"; tag: number; values: Plain[] }
  | { op: "isOf"; exception: number; tag: number }
  | { op: "argument"; exception: number; tag: number; index: number };

interface Place {
  base: number;
  bytes: number;
  /** Where it is told when the memory moves. */
  told: Set<{ base: WebAssembly.Global; limit: WebAssembly.Global }>;
}

interface Instance {
  callables: Set<number>;
  told: Map<number, { base: WebAssembly.Global; limit: WebAssembly.Global }>;
}

/** An answer in the guest's place of the arguments: a kind of 4 bytes, 4 of nothing, and 8 of the value. */
const SLOT = 16;
/** The guest's own function threw: it has kept what. */
const THREW = -1;
const FAILED = -2;

/** Leaves WebAssembly where the guest's function threw. */
class Thrown extends Error {}

export class Guest {
  readonly #values = new Values();
  readonly #modules: { module: WebAssembly.Module; description: Description }[] = [];
  readonly #instances = new Map<number, Instance>();
  readonly #memories = new Map<number, Place>();
  readonly #tables: WebAssembly.Table[] = [];
  readonly #globals: WebAssembly.Global[] = [];
  readonly #tags: WebAssembly.Tag[] = [];
  /** Functions that call nothing of the guest's: a stack of theirs is never suspended. */
  readonly #quiet = new WeakSet<Callable>();
  readonly #promising = new WeakMap<Callable, (...args: unknown[]) => Promise<unknown>>();
  /** Where the arguments of the next call of the guest's lie. */
  readonly #at = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  #end = 0;
  #failure: unknown;

  constructor(
    readonly image: () => Image,
    /** Whether a function that waits suspends the stack. */
    readonly suspends: boolean,
    /** Asks the image that rewrites modules. */
    readonly rewrite: (request: Bytes) => Bytes | undefined,
  ) {}

  /** Answers a request in JSON (its length, itself, and bytes behind it) with JSON. */
  ask(request: Bytes): Bytes {
    const length = new DataView(request.buffer, request.byteOffset).getUint32(0, true);
    let answer: object;
    try {
      answer = this.#answer(JSON.parse(new TextDecoder().decode(request.subarray(4, 4 + length))) as Request, request.subarray(4 + length));
    } catch (error) {
      answer = { error: this.#describe(error) };
    }
    const released = this.#values.released();
    return new TextEncoder().encode(JSON.stringify(released.length > 0 ? { ...answer, released } : answer));
  }

  /** Calls a function with the arguments at `at`, and puts its results there; answers how many, or below 0 why there are none. */
  run(callable: number, at: number, count: number, room: number): number | Promise<number> {
    try {
      const work = this.#values.callable(callable);
      const args = this.#read(at, count);
      if (!this.suspends || this.#quiet.has(work)) return this.#write(at, room, work(...args));
      let promising = this.#promising.get(work);
      if (promising === undefined) {
        promising = (WebAssembly as unknown as Jspi).promising(work as (...args: number[]) => number) as (...args: unknown[]) => Promise<unknown>;
        this.#promising.set(work, promising);
      }
      return promising(...args).then(
        (result) => this.#write(at, room, result),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  #fail(error: unknown): number {
    if (error instanceof Thrown) return THREW;
    this.#failure = error;
    return FAILED;
  }

  #view(): DataView {
    return new DataView(this.image().memory.buffer);
  }

  #read(at: number, count: number): unknown[] {
    const view = this.#view();
    return Array.from({ length: count }, (_, index) => {
      const slot = (at >>> 0) + index * SLOT;
      const kind = view.getUint32(slot, true);
      if (kind === NUMBER) return view.getFloat64(slot + 8, true);
      return kind === BIGINT ? view.getBigInt64(slot + 8, true) : this.#values.make(kind, view.getUint32(slot + 8, true));
    });
  }

  #write(at: number, room: number, result: unknown): number {
    // More than one result is an array, and nothing else is.
    const results = Array.isArray(result) ? (result as unknown[]) : result === undefined ? [] : [result];
    if (results.length > room) return this.#fail(new RangeError(`a function of WebAssembly gave ${results.length} results where ${room} have room`));
    const view = this.#view();
    for (const [index, value] of results.entries()) {
      const slot = (at >>> 0) + index * SLOT;
      const [kind, number] = this.#values.sort(value);
      view.setUint32(slot, kind, true);
      if (kind === NUMBER) view.setFloat64(slot + 8, value as number, true);
      else if (kind === BIGINT) view.setBigInt64(slot + 8, value as bigint, true);
      else view.setUint32(slot + 8, number, true);
    }
    return results.length;
  }

  /** An error as the guest makes it anew. */
  #describe(error: unknown): object {
    if (error instanceof WebAssembly.Exception) return { type: "Exception", exception: this.#values.sort(error)[1] };
    if (error instanceof Error) return { type: error.name, message: error.message };
    return { type: "Error", message: String(error) };
  }

  #answer(request: Request, bytes: Bytes): object {
    switch (request.op) {
      case "begin":
        this.#at.value = request.at;
        this.#end = request.end;
        return {};
      case "validate":
        return { valid: WebAssembly.validate(bytes) };
      case "compile":
        return this.#compile(bytes);
      case "instantiate":
        return this.#instantiate(request);
      case "place":
        return this.#place(request);
      case "release":
        return this.#release(request);
      case "forget":
        delete this.#modules[request.module];
        return {};
      case "error":
        return { error: this.#describe(this.#failure) };
      case "table": {
        const { element, initial, maximum, value } = request;
        const descriptor = { element: element as WebAssembly.TableKind, initial, ...(maximum === null ? {} : { maximum }) };
        const table = value[0] === 0 ? new WebAssembly.Table(descriptor) : new WebAssembly.Table(descriptor, this.#values.fromPlain(value));
        return { table: this.#tables.push(table) - 1 };
      }
      case "tableLength":
        return { length: this.#table(request.table).length };
      case "tableGet":
        return { value: this.#values.toPlain(this.#table(request.table).get(request.index)) };
      case "tableSet": {
        const table = this.#table(request.table);
        if (request.value === null) table.set(request.index);
        else table.set(request.index, this.#values.fromPlain(request.value));
        return {};
      }
      case "tableGrow": {
        const table = this.#table(request.table);
        return { length: request.value === null ? table.grow(request.index) : table.grow(request.index, this.#values.fromPlain(request.value)) };
      }
      case "global": {
        const descriptor = { value: request.type as WebAssembly.ValueType, mutable: request.mutable };
        const global = request.value === null ? new WebAssembly.Global(descriptor) : new WebAssembly.Global(descriptor, this.#values.fromPlain(request.value) as number);
        return { global: this.#globals.push(global) - 1 };
      }
      case "globalGet":
        return { value: this.#values.toPlain(this.#global(request.global).value) };
      case "globalSet":
        this.#global(request.global).value = this.#values.fromPlain(request.value);
        return {};
      case "tag":
        return { tag: this.#tags.push(new WebAssembly.Tag({ parameters: request.parameters as WebAssembly.ValueType[] })) - 1 };
      case "exception": {
        const exception = new WebAssembly.Exception(this.#tag(request.tag), request.values.map((value) => this.#values.fromPlain(value)) as number[]);
        return { exception: this.#values.sort(exception)[1] };
      }
      case "isOf":
        return { is: this.#exception(request.exception).is(this.#tag(request.tag)) };
      case "argument":
        return { value: this.#values.toPlain(this.#exception(request.exception).getArg(this.#tag(request.tag), request.index)) };
    }
  }

  #table = (number: number) => this.#tables[number] ?? unknown("table");
  #global = (number: number) => this.#globals[number] ?? unknown("global");
  #tag = (number: number) => this.#tags[number] ?? unknown("tag");
  #exception = (number: number) => this.#values.fromPlain([6, number]) as WebAssembly.Exception;

  #compile(bytes: Bytes): object {
    // Says what is wrong with it, in the browser's words. What is valid is not compiled twice.
    if (!WebAssembly.validate(bytes)) new WebAssembly.Module(bytes);
    const { description, rest } = describe(this.#rewritten(0, bytes));
    return { module: this.#modules.push({ module: new WebAssembly.Module(rest), description }) - 1, ...description };
  }

  #rewritten(request: number, bytes: Uint8Array): Bytes {
    const message = new Uint8Array(bytes.length + 1);
    message[0] = request;
    message.set(bytes, 1);
    const answer = this.rewrite(message);
    if (answer === undefined) throw new WebAssembly.CompileError("the image that places WebAssembly in a process could not be loaded");
    if (answer[0] === 0) throw new WebAssembly.CompileError(new TextDecoder().decode(answer.subarray(1)));
    return answer.subarray(1);
  }

  #instantiate({ module: number, instance, imports, memories }: Request & { op: "instantiate" }): object {
    const { module, description } = this.#modules[number] ?? unknown("module");
    const given: Record<string, WebAssembly.ImportValue> = { memory: this.image().memory };
    const adapters = this.#adapters(instance, description, imports);
    let quiet = true;
    for (const [index, value] of imports.entries()) {
      // An imported table, too, may hold functions of any instance.
      if ("guest" in value || "table" in value || ("function" in value && !this.#quiet.has(this.#values.callable(value.function)))) quiet = false;
      const imported = "guest" in value ? adapters?.exports[index] : this.#given(value);
      if (imported !== undefined) given[index] = imported as WebAssembly.ImportValue;
    }
    for (const [index, memory] of memories.entries()) given[`grow${index}`] = (pages: number) => this.image().guest_grow(memory, pages);
    const { exports } = new WebAssembly.Instance(module, { "": given });

    const made: Instance = { callables: new Set(), told: new Map() };
    for (const [index, memory] of memories.entries()) {
      const place = this.#memories.get(memory) ?? unknown("memory");
      const told = { base: exports[`base${index}`] as WebAssembly.Global, limit: exports[`limit${index}`] as WebAssembly.Global };
      tell(told, place);
      place.told.add(told);
      made.told.set(memory, told);
    }
    this.#instances.set(instance, made);
    const numbered = (value: unknown): number => {
      const callable = value as Callable;
      if (quiet) this.#quiet.add(callable);
      const number = this.#values.numberOf(callable);
      made.callables.add(number);
      return number;
    };
    return {
      begin: numbered(exports.begin),
      exports: description.exports.map(({ kind }, index) => {
        const value = exports[index];
        if (kind === FUNCTION) return numbered(value);
        if (kind === TABLE) return this.#same(this.#tables, value as WebAssembly.Table);
        if (kind === GLOBAL) return this.#same(this.#globals, value as WebAssembly.Global);
        return kind === TAG ? this.#same(this.#tags, value as WebAssembly.Tag) : -1;
      }),
    };
  }

  /** The number of one that was imported is the one that it has. */
  #same<T>(list: T[], value: T): number {
    const known = list.indexOf(value);
    return known >= 0 ? known : list.push(value) - 1;
  }

  #given(value: Exclude<Given, { guest: true }>): unknown {
    if ("function" in value) return this.#values.callable(value.function);
    if ("table" in value) return this.#table(value.table);
    if ("global" in value) return this.#global(value.global);
    if ("tag" in value) return this.#tag(value.tag);
    return "value" in value ? this.#values.fromPlain(value.value) : undefined;
  }

  /** Functions of WebAssembly's for those of the guest's that an instance imports. */
  #adapters(instance: number, { imports }: Description, given: Given[]): WebAssembly.Instance | undefined {
    const parts: number[] = [];
    const number = (value: number) => parts.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
    number(instance);
    number(this.#end);
    for (const [index, value] of given.entries()) {
      if (!("guest" in value)) continue;
      const signature = new TextEncoder().encode(imports[index]?.type ?? ":");
      number(index);
      number(signature.length);
      parts.push(...signature);
    }
    if (parts.length === 8) return undefined;
    const { memory, guest_import } = this.image();
    const keep = (value: unknown) => {
      const [kind, number] = this.#values.sort(value);
      return BigInt(number) * 8n + BigInt(kind);
    };
    const give = (code: bigint) => this.#values.make(Number(code & 7n), Number(code >> 3n));
    const helpers = {
      memory,
      at: this.#at,
      call: guest_import,
      raise() {
        throw new Thrown();
      },
      full() {
        throw new RangeError("Maximum call stack size exceeded");
      },
      keep,
      give,
      keepFunction: keep,
      giveFunction: give,
    };
    return new WebAssembly.Instance(new WebAssembly.Module(this.#rewritten(1, Uint8Array.from(parts))), { "": helpers as unknown as WebAssembly.ModuleImports });
  }

  #place({ memory, base, bytes }: Request & { op: "place" }): object {
    const place = this.#memories.get(memory) ?? { base: 0, bytes: 0, told: new Set() };
    this.#memories.set(memory, place);
    place.base = base;
    place.bytes = bytes;
    for (const told of place.told) tell(told, place);
    return {};
  }

  #release({ instances, memories }: Request & { op: "release" }): object {
    for (const number of instances) {
      const instance = this.#instances.get(number);
      if (instance === undefined) continue;
      this.#instances.delete(number);
      this.#values.forget(instance.callables);
      for (const [memory, told] of instance.told) this.#memories.get(memory)?.told.delete(told);
    }
    for (const memory of memories) this.#memories.delete(memory);
    return {};
  }
}

function tell({ base, limit }: { base: WebAssembly.Global; limit: WebAssembly.Global }, place: Place): void {
  base.value = place.base;
  limit.value = place.bytes;
}

function unknown(what: string): never {
  throw new TypeError(`WebAssembly: there is no such ${what}`);
}

// Extended headers of tar (POSIX pax): records `length key=value\n`, the length counting itself.

import { bytes, text } from "../../generated/abi.ts";
import { SECOND } from "./entry.ts";
import { damaged } from "./refuse.ts";

const broken = (): Error => damaged("tar archive", "a pax header is malformed");

/** Values are bytes: names need not be UTF-8. */
export function readPax(body: Uint8Array): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const digits = space < 0 ? "" : text(body.subarray(at, space));
    const end = at + Number(digits);
    if (!/^\d{1,9}$/.test(digits) || end > body.length || body[end - 1] !== 10) throw broken();
    const equals = body.indexOf(61, space);
    if (equals < 0 || equals >= end) throw broken();
    found.set(text(body.subarray(space + 1, equals)), body.subarray(equals + 1, end - 1));
    at = end;
  }
  return found;
}

export function writePax(records: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const all: number[] = [];
  for (const [key, value] of records) {
    const rest = 3 + key.length + value.length;
    let length = rest + 1;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    for (const part of [bytes(`${length} ${key}=`), value]) for (const byte of part) all.push(byte);
    all.push(10);
  }
  return Uint8Array.from(all);
}

/** Seconds with a fraction, as nanoseconds. */
export function readTime(value: string): bigint {
  const parts = /^(-?)(\d{1,20})(?:\.(\d*))?$/.exec(value);
  if (parts === null) throw damaged("tar archive", `a pax header has the time ${JSON.stringify(value.slice(0, 40))}`);
  const [, sign, seconds = "0", fraction = ""] = parts;
  const time = BigInt(seconds) * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return sign === "-" ? -time : time;
}

export function writeTime(time: bigint): string {
  const size = time < 0n ? -time : time;
  const fraction = String(size % SECOND).padStart(9, "0").replace(/0+$/, "");
  return `${time < 0n ? "-" : ""}${size / SECOND}${fraction === "" ? "" : `.${fraction}`}`;
}

// Archives that were damaged on the way: each is read or refused with words, soon and in little memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, gzipSync, inflateRawSync, constants } from "node:zlib";
import { writeBinary } from "../src/client/archive/binary.ts";
import type { Found } from "../src/client/archive/found.ts";
import { Gate } from "../src/client/archive/gate.ts";
import { Deflated, inflate, inflateWhole } from "../src/client/archive/inflate.ts";
import { openArchive } from "../src/client/archive/open.ts";
import { readPax, writePax } from "../src/client/archive/pax.ts";
import { pathOf } from "../src/client/archive/path.ts";
import { writeTar } from "../src/client/archive/write_tar.ts";
import { writeZip } from "../src/client/archive/write_zip.ts";
import { PortholeError } from "../src/client/errors.ts";
import { check } from "../src/client/mount.ts";
import { type Dice, replayable, seeds } from "./archives/dice.ts";

const LIMITS = { bytes: 8 << 20, entries: 2000 };

/** What `mount` does before it writes. `whole`: it must be taken. */
async function looked(data: Uint8Array, whole = false): Promise<"taken" | "refused"> {
  const began = performance.now();
  try {
    const archive = openArchive(data);
    await check(archive, new Gate(archive, { base: "/tmp/x", links: "inside", limits: LIMITS }));
    return "taken";
  } catch (error) {
    if (!whole && error instanceof PortholeError && ["ERR_ARCHIVE", "ERR_UNSAFE_ENTRY", "ERR_LIMIT"].includes(error.code)) return "refused";
    throw error;
  } finally {
    assert.ok(performance.now() - began < 5000, "it took longer than any archive of this size may");
  }
}

async function* sample(dice: Dice): AsyncGenerator<Found, void> {
  const names = ["a", "b c", "d/e", `long/${"n".repeat(150)}`, `${"deep/".repeat(40)}x`, "ü", "l"];
  for (const [at, name] of names.entries()) {
    const kind = dice.pick([0o100644, 0o100755, 0o120777, 0o040755]);
    const data = kind === 0o120777 ? new TextEncoder().encode("a") : kind === 0o040755 ? new Uint8Array() : dice.bytes(dice.below(dice.pick([1, 40, 600, 3000])));
    yield { path: pathOf(new TextEncoder().encode(name)), mode: kind, mtime: BigInt(dice.below(2 ** 31)) * 1_000_000_003n, ino: BigInt(dice.below(4) === 0 ? 99 : at), nlink: 2, size: data.length, data, content: async function* () {} };
  }
}

async function archive(write: (all: AsyncIterable<Found>) => AsyncIterable<Uint8Array>, dice: Dice): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of write(sample(dice))) parts.push(part);
  return Uint8Array.from(Buffer.concat(parts));
}

const makers: Record<string, (dice: Dice) => Promise<Uint8Array>> = {
  tar: (dice) => archive(writeTar, dice),
  zip: (dice) => archive(writeZip, dice),
  binary: (dice) => archive(writeBinary, dice),
  "tar.gz": async (dice) => gzipSync(await archive(writeTar, dice)),
  "binary.gz": async (dice) => gzipSync(await archive(writeBinary, dice), { level: 1, strategy: constants.Z_HUFFMAN_ONLY }),
};

for (const [format, make] of Object.entries(makers)) {
  const name = `damaged archives: ${format}`;
  test(name, async () => {
    const outcomes = { taken: 0, refused: 0 };
    const all = seeds(600);
    for (const seed of all) {
      await replayable(seed, name, async (dice) => {
        const whole = await make(dice);
        if (seed % 20 === 0) await looked(whole, true);
        outcomes[await looked(dice.damage(whole))] += 1;
      });
    }
    if (all.length >= 100) assert.ok(outcomes.refused > all.length / 4, `of ${all.length} damaged archives only ${outcomes.refused} were refused`);
  });
}

/** The checksum of a tar header made right again, so that what is behind it is reached. */
function resummed(data: Uint8Array): Uint8Array {
  for (let at = 0; at + 512 <= data.length; at += 512) {
    const head = data.subarray(at, at + 512);
    if (Buffer.from(head.subarray(257, 262)).toString("latin1") !== "ustar") continue;
    head.fill(32, 148, 156);
    head.set(Buffer.from(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `), 148);
  }
  return data;
}

test("damaged archives: tar with right checksums", async () => {
  for (const seed of seeds(600)) {
    await replayable(seed, "tar with right checksums", async (dice) => void (await looked(resummed(dice.damage(await makers["tar"]!(dice))))));
  }
});

test("noise behind the first bytes of each format", async () => {
  const starts = [[0x50, 0x4b, 3, 4], [0x50, 0x4b, 5, 6], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], [0x89, 0x50, 0x48, 0x54, 0x52, 0x45, 0x45, 1], []];
  for (const seed of seeds(1500)) {
    await replayable(seed, "noise behind", async (dice) => {
      const data = Uint8Array.from([...dice.pick(starts), ...dice.bytes(dice.below(2000))]);
      await looked(data);
    });
  }
});

function unpacked(work: () => Uint8Array): Uint8Array | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Deflated || (error instanceof Error && "code" in error && String(error.code).startsWith("Z_"))) return undefined;
    throw error;
  }
}

test("inflate answers what zlib answers, for what is whole and what is not", async () => {
  let whole = 0;
  const all = seeds(1500);
  for (const seed of all) {
    await replayable(seed, "inflate answers", (dice) => {
      const words = Array.from({ length: 20 }, () => Buffer.from(dice.bytes(1 + dice.below(12))));
      const text = Buffer.concat(Array.from({ length: dice.below(dice.pick([3, 50, 2000])) }, () => dice.pick(words)));
      const data = dice.below(3) === 0 ? Buffer.from(dice.bytes(dice.below(3000))) : text;
      const good = deflateRawSync(data, { level: dice.below(10), strategy: dice.below(5), windowBits: 9 + dice.below(7), memLevel: 1 + dice.below(9) });
      const packed = dice.below(3) === 0 ? good : dice.damage(good);
      const theirs = unpacked(() => inflateRawSync(packed, { maxOutputLength: 4 << 20 }));
      const ours = unpacked(() => {
        const parts: Uint8Array[] = [];
        for (const piece of inflate(packed, 0)) parts.push(piece);
        return Buffer.concat(parts);
      });
      assert.equal(ours === undefined, theirs === undefined, "one of the two refuses");
      if (ours === undefined || theirs === undefined) return;
      whole += 1;
      assert.ok(Buffer.from(ours).equals(theirs));
      if (packed === good) assert.ok(Buffer.from(inflateWhole(good, 0, good.length, data.length)).equals(data));
    });
  }
  assert.ok(all.length < 100 || whole > all.length / 4, "most was refused");
});

test("long data is unpacked in pieces", () => {
  const data = Buffer.alloc(3_000_000);
  for (let at = 0; at < data.length; at += 1) data[at] = (at >> 3) ^ (at % 251);
  for (const level of [0, 1, 9]) {
    const packed = deflateRawSync(data, { level });
    const unpacking = inflate(Buffer.concat([Buffer.from("before"), packed, Buffer.from("behind")]), 6);
    const parts: Uint8Array[] = [];
    for (;;) {
      const { done, value } = unpacking.next();
      if (done) {
        assert.equal(value, 6 + packed.length);
        break;
      }
      assert.ok(value.length <= 300 << 10, "a piece is small");
      parts.push(value);
    }
    assert.ok(Buffer.concat(parts).equals(data));
  }
});

test("pax headers of any length", () => {
  for (const length of [0, 1, 5, 90, 91, 92, 93, 94, 95, 985, 986, 987, 988, 989, 9_985]) {
    const value = new TextEncoder().encode("v".repeat(length));
    assert.deepEqual(readPax(writePax([["path", value], ["x", value]])), new Map([["path", value], ["x", value]]));
  }
});

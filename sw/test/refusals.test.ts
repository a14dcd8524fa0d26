// Archives that are not taken: each is refused by name and reason, and leaves nothing behind.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { deflateRawSync, gzipSync } from "node:zlib";
import { writeBinary } from "../src/client/archive/binary.ts";
import type { Found } from "../src/client/archive/found.ts";
import { openArchive } from "../src/client/archive/open.ts";
import { central, ending, writeZip } from "../src/client/archive/write_zip.ts";
import type { Mountable, MountOptions } from "../src/client/mount.ts";
import { END, pax, tar, tarOf, type TarHead, zip, type ZipEntry } from "./archives/craft.ts";
import { Box } from "./archives/kernel.ts";

let box: Box;
before(() => void (box = new Box()));
after(() => box.close());

/** Mounts at a place that is not there, and makes sure that it is not there afterwards either. */
async function refused(what: Mountable, code: string, message: RegExp, options?: MountOptions): Promise<void> {
  await assert.rejects(box.mount(what, "/tmp/r", options), (error: Error & { code: string }) => {
    assert.deepEqual({ name: error.name, code: error.code }, { name: "PortholeError", code }, error.message);
    assert.match(error.message, message);
    return true;
  });
  assert.equal(await box.isThere("/tmp/r"), false, "something was written");
}

async function taken(what: Mountable, paths: string[], options?: MountOptions): Promise<void> {
  await box.mount(what, "/tmp/t", options);
  const found: string[] = [];
  const { entries } = await box.link.call("read_tree", { base: Buffer.from("/tmp/t"), after: new Uint8Array(), limit: 1 << 20 });
  for (const { path } of entries) found.push(Buffer.from(path).toString());
  await box.fs.rm("/tmp/t", { recursive: true });
  assert.deepEqual(found, paths);
}

const good: TarHead = { name: "good", body: "first" };
const file = { file: { contents: "x" } };

/** Everything a path can be that is not below the place where an archive goes. */
const paths: [string, RegExp][] = [
  ["../up", /"\.\.\/up".*`\.\.`/],
  ["a/../../up", /`\.\.`/],
  ["a/..", /`\.\.`/],
  ["./../up", /`\.\.`/],
  ["/etc/passwd", /"\/etc\/passwd".*absolute/],
  ["//server/share", /absolute/],
  ["C:/Windows/x", /"C:\/Windows\/x".*drive/],
  ["c:\\x", /drive/],
  ["./c:\\x", /drive/],
  ["..\\up", /separates/],
  ["a\\..\\..\\up", /separates/],
  ["\\\\server\\share", /separates/],
  ["n".repeat(256), /255 bytes/],
  [`${"d/".repeat(2100)}f`, /4095 bytes/],
  [`${"./".repeat(9000)}f`, /18001 bytes/],
];

for (const [path, why] of paths) {
  test(`a path that is not below: ${path.slice(0, 40)}`, async () => {
    await refused(tarOf(good, pax({ path }), { body: "x" }), "ERR_UNSAFE_ENTRY", why);
    await refused(Uint8Array.from(gzipSync(tarOf(good, pax({ path }), { body: "x" }))), "ERR_UNSAFE_ENTRY", why);
    await refused(zip([{ name: "good" }, { name: path, data: "x" }]), "ERR_UNSAFE_ENTRY", why);
    await refused(zip([{ name: "good" }, { name: `${path}/`, data: "" }]), "ERR_UNSAFE_ENTRY", /refused/);
    if (path.length < 100) await refused(tarOf(good, { name: path, body: "x" }), "ERR_UNSAFE_ENTRY", why);
    if (path.length < 8192) await refused(await binary([{ path, kind: 0o100644 }]), "ERR_UNSAFE_ENTRY", why);
  });
}

test("names with null bytes, and without any letter", async () => {
  await refused(zip([{ name: "a\0b" }]), "ERR_UNSAFE_ENTRY", /null byte/);
  await refused(tarOf(pax({ path: "a\0b" }), {}), "ERR_UNSAFE_ENTRY", /null byte/);
  await refused(tarOf({ name: "././@LongLink", kind: "L", body: "a\0b\0" }, {}), "ERR_UNSAFE_ENTRY", /null byte/);
  await refused(tarOf({ name: "./", kind: "0", size: "00000000000" }, { name: "." }), "ERR_UNSAFE_ENTRY", /no name/);
  await refused({ a: { directory: { "../x": file } } }, "ERR_INVALID_ARG", /a\/\.\.\/x/);
  await refused({ "..": file }, "ERR_INVALID_ARG", /"\.\."/);
});

test("backslashes and colons that lead nowhere else are letters", async () => {
  await taken(tarOf({ name: "a\\b" }, { name: "node:fs" }, { name: "a:b/c" }), ["a:b", "a:b/c", "a\\b", "node:fs"]);
  // Some Windows programs write their own separator.
  await taken(zip([{ name: "dir\\file", by: 0 }]), ["dir", "dir/file"]);
  await refused(zip([{ name: "dir\\..\\..\\file", by: 0 }]), "ERR_UNSAFE_ENTRY", /`\.\.`/);
});

test("links that lead outside", async () => {
  const link = (name: string, target: string) => tarOf(good, { name, kind: "2", link: target });
  const inside = /link to .*outside/;
  for (const [name, target] of [["l", "/etc"], ["l", ".."], ["l", "../x"], ["a/l", "../../x"], ["a/b/l", "../../../tmp"], ["l", "/tmp/rr"], ["l", "/tmp"], ["a/l", "./.././../x"]] as const) {
    await refused(link(name, target), "ERR_UNSAFE_ENTRY", inside);
    await refused(zip([{ name, data: target, mode: 0o120777 }]), "ERR_UNSAFE_ENTRY", inside);
    await refused(await binary([{ path: name, kind: 0o120777, data: target }]), "ERR_UNSAFE_ENTRY", inside);
    await refused(name === "l" ? { l: { file: { symlink: target } } } : tree(name, { symlink: { target } }), "ERR_UNSAFE_ENTRY", inside);
  }
  // Two links, each of which looks as if it stayed inside, lead out together.
  await refused(tarOf({ name: "d/a", kind: "2", link: "../e" }, { name: "d/l", kind: "2", link: "a/../.." }), "ERR_UNSAFE_ENTRY", /goes down and up again/);
  await refused(link("l", "/tmp/r/../x"), "ERR_UNSAFE_ENTRY", /goes down and up again/);
  await refused(tarOf({ name: "l", kind: "2", link: "" }), "ERR_UNSAFE_ENTRY", /says nothing/);
  await refused(zip([{ name: "l", data: "x".repeat(5000), mode: 0o120777 }]), "ERR_UNSAFE_ENTRY", /link of 5000 bytes/);
  await taken(tarOf({ name: "l", kind: "2", link: "/etc" }, { name: "m", kind: "2", link: "a/../.." }), ["l", "m"], { links: "any" });
});

function tree(path: string, node: object): Mountable {
  const [name = "", ...rest] = path.split("/");
  return { [name]: rest.length === 0 ? node : { directory: tree(rest.join("/"), node) } } as Mountable;
}

test("links that stay inside are taken", async () => {
  const link = (name: string, target: string): TarHead => ({ name, kind: "2", link: target });
  await taken(
    tarOf(link("node_modules/.bin/x", "../x/cli.js"), link("a/b/up", "../.."), link("here", "."), link("self", "self"), link("absolute", "/tmp/t/a"), link("root", "/tmp/t")),
    ["a", "a/b", "a/b/up", "absolute", "here", "node_modules", "node_modules/.bin", "node_modules/.bin/x", "root", "self"],
  );
});

test("entries behind links of the archive", async () => {
  const link: TarHead = { name: "l", kind: "2", link: "d" };
  const behind = /"l\/x".*behind the link "l"/;
  await refused(tarOf({ name: "d/", kind: "5" }, link, { name: "l/x", body: "x" }), "ERR_UNSAFE_ENTRY", behind);
  await refused(tarOf(link, { name: "l/x", body: "x" }), "ERR_UNSAFE_ENTRY", behind, { links: "any" });
  await refused(tarOf(link, { name: "l/x/y", kind: "5" }), "ERR_UNSAFE_ENTRY", /behind the link/);
  await refused(zip([{ name: "l", data: "d", mode: 0o120777 }, { name: "l/x" }]), "ERR_UNSAFE_ENTRY", behind);
  // Also where a name in between is no UTF-8.
  await refused(tarOf({ ...link, name: Uint8Array.of(0xff) }, { name: Uint8Array.of(0xff, 0x2f, 0x78) }), "ERR_UNSAFE_ENTRY", /behind the link/);
  await refused(tarOf(link, { name: Uint8Array.of(0x6c, 0x2f, 0xff) }), "ERR_UNSAFE_ENTRY", /behind the link/);
  await refused(tarOf(good, { name: "h", kind: "1", link: "../good" }), "ERR_UNSAFE_ENTRY", /"h".*another name.*`\.\.`/);
  await refused(tarOf(good, { name: "h", kind: "1", link: "/etc/passwd" }), "ERR_UNSAFE_ENTRY", /"h".*absolute/);
  await refused(tarOf({ name: "h", kind: "1", link: "later" }, { name: "later" }), "ERR_UNSAFE_ENTRY", /"later", which is not before it/);
  await refused(tarOf({ name: "d/", kind: "5" }, { name: "h", kind: "1", link: "d" }), "ERR_UNSAFE_ENTRY", /directory "d"/);
});

test("links that are there already are not followed either", async () => {
  await box.mount({ target: { directory: {} }, place: { directory: { l: { file: { symlink: "../target" } }, big: { file: { symlink: "../target/big" } } } } }, "/tmp/pre");
  await assert.rejects(box.mount(tarOf({ name: "l/x", body: "x" }), "/tmp/pre/place"), { code: "EINVAL", path: "/tmp/pre/place/l/x", message: /link is in its way/ });
  await assert.rejects(box.mount(tarOf({ name: "l/x", body: new Uint8Array(2 << 20) }), "/tmp/pre/place"), { code: "EINVAL", path: "/tmp/pre/place/l/x" });
  await assert.rejects(box.mount(tarOf(good, { name: "l/x", kind: "1", link: "good" }), "/tmp/pre/place"), { code: "EINVAL", path: "/tmp/pre/place/l/x" });
  // A file in the place of a link replaces the link.
  await box.mount(tarOf({ name: "big", body: new Uint8Array(2 << 20) }, good, { name: "l", kind: "1", link: "good" }), "/tmp/pre/place");
  assert.deepEqual(await box.fs.readdir("/tmp/pre/target"), []);
  assert.equal((await box.fs.lstat("/tmp/pre/place/big")).size, 2 << 20);
  assert.equal((await box.fs.lstat("/tmp/pre/place/l")).nlink, 2);
});

test("devices, pipes, sockets and what else is no file", async () => {
  for (const kind of ["3", "4", "6"]) await refused(tarOf(good, { name: "dev", kind }), "ERR_UNSAFE_ENTRY", /"dev".*(device|pipe)/);
  for (const mode of [0o20666, 0o60666, 0o10666, 0o140666]) await refused(zip([{ name: "dev", mode }]), "ERR_UNSAFE_ENTRY", /"dev".*device/);
  for (const kind of ["S", "M", "N", "Q"]) await refused(tarOf({ name: "odd", kind }), "ERR_UNSAFE_ENTRY", /"odd"/);
  await refused(tarOf(pax({ "GNU.sparse.major": "1", "GNU.sparse.name": "s" }), { name: "s" }), "ERR_UNSAFE_ENTRY", /sparse/);
  await refused(zip([{ name: "secret", flags: 0x801 }]), "ERR_UNSAFE_ENTRY", /"secret".*encrypted/);
  await refused(zip([{ name: "odd", method: 14 }]), "ERR_UNSAFE_ENTRY", /"odd".*method 14/);
});

test("one name for two things", async () => {
  const twice = /directory and something else/;
  await refused(tarOf({ name: "a" }, { name: "a/", kind: "5" }), "ERR_UNSAFE_ENTRY", twice);
  await refused(tarOf({ name: "a/", kind: "5" }, { name: "a" }), "ERR_UNSAFE_ENTRY", twice);
  await refused(tarOf({ name: "a/b" }, { name: "a", kind: "2", link: "c" }), "ERR_UNSAFE_ENTRY", twice);
  await refused(tarOf({ name: "a" }, { name: "a/b" }), "ERR_UNSAFE_ENTRY", /"a" is a file/);
  await refused(zip([{ name: "a" }, { name: "a/" }]), "ERR_UNSAFE_ENTRY", twice);
  await refused(zip([{ name: "a", data: "one" }, { name: "./a", data: "two" }]), "ERR_UNSAFE_ENTRY", /"a".*twice/);
  await refused(await binary([{ path: "a", kind: 0o100644 }, { path: "a", kind: 0o100644 }]), "ERR_UNSAFE_ENTRY", /twice/);
  await refused(zip([{ name: "a", localName: "b" }]), "ERR_ARCHIVE", /"a".*"b"/);
  // Directories may be told as often as one likes.
  await taken(zip([{ name: "a/" }, { name: "a/b" }, { name: "a/" }]), ["a", "a/b"]);
});

test("the last of several files of a tar archive counts", async () => {
  const big = (letter: string) => letter.repeat(1_500_000);
  await box.mount(tarOf({ name: "a", body: "1" }, { name: "h", kind: "1", link: "a" }, { name: "a", body: "2" }, { name: "b", body: big("x") }, { name: "b", body: "small" }, { name: "c", body: "small" }, { name: "c", body: big("y") }, { name: "l", kind: "2", link: "a" }, { name: "l", body: "now a file" }), "/tmp/last");
  const read = (name: string) => box.fs.readFile(`/tmp/last/${name}`, "utf8");
  assert.deepEqual([await read("a"), await read("h"), await read("b"), (await read("c")) === big("y"), await read("l")], ["2", "1", "small", true, "now a file"]);
});

test("names that differ in case or in their accents' form are different", async () => {
  const names = ["README", "readme", "caf\u00e9", "cafe\u0301"];
  const sorted = [...names].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  await taken(tarOf(...names.map((name) => ({ name }))), sorted);
  await taken(zip(names.map((name) => ({ name }))), sorted);
});

test("bombs", async () => {
  const zeros = new Uint8Array(70 << 20);
  const packed = Uint8Array.from(deflateRawSync(zeros));
  await refused(zip([{ name: "zeros", data: zeros, packed }]), "ERR_LIMIT", /unpacks to 73400320 bytes.*"zeros".*100 times/);
  await refused(Uint8Array.from(gzipSync(tarOf({ name: "zeros", body: zeros }))), "ERR_LIMIT", /100 times/);
  await refused(Uint8Array.from(gzipSync(Buffer.concat([tarOf(good), zeros]))), "ERR_LIMIT", /100 times/);
  // Which is not what every long row of zeros is.
  await taken(zip([{ name: "zeros", data: zeros.subarray(0, 20 << 20) }]), ["zeros"]);
  await taken(zip([{ name: "zeros", data: zeros, packed }]), ["zeros"], { limits: { ratio: 2000 } });
  // Many names for one content, and contents in contents.
  await refused(zip([{ name: "a", data: "xyz" }, { name: "b", data: "xyz", at: 0 }]), "ERR_ARCHIVE", /"b" has another name|share/);
  await refused(zip([{ name: "a", data: "xyz" }, { name: "a", data: "xyz", at: 0 }]), "ERR_ARCHIVE", /share/);
  const claim = (size: number): ZipEntry => ({ name: "claim", data: "small", size });
  await refused(zip([claim(3 * 2 ** 30)]), "ERR_LIMIT", /1073741824 bytes.*"claim"/);
  await refused(tarOf({ name: "claim", size: Uint8Array.of(0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0) }), "ERR_LIMIT", /"claim"/);
  await refused(tarOf(good, { name: "more", body: "x".repeat(100) }), "ERR_LIMIT", /more than 50 bytes.*"more"/, { limits: { bytes: 50 } });
  await refused(tarOf(good, { name: "a" }, { name: "b" }), "ERR_LIMIT", /more than 2 entries/, { limits: { entries: 2 } });
  await refused({ a: file, b: file, c: file }, "ERR_LIMIT", /more than 2 entries/, { limits: { entries: 2 } });
});

test("sizes that lie", async () => {
  for (const size of [4, 6]) {
    await refused(zip([{ name: "liar", data: "words", size }]), "ERR_ARCHIVE", /"liar".*damaged/);
    await refused(zip([{ name: "liar", data: "words", size, method: 0 }]), "ERR_ARCHIVE", /"liar".*5 bytes instead of/);
  }
  const large = "words".repeat(400_000);
  for (const size of [2_000_001, 1_999_999, 1_500_000]) await refused(zip([{ name: "liar", data: large, size }]), "ERR_ARCHIVE", /"liar".*damaged/);
  const trailing = Buffer.concat([deflateRawSync(Buffer.from("words")), Buffer.from("hidden")]);
  await refused(zip([{ name: "liar", data: "words", packed: trailing }]), "ERR_ARCHIVE", /6 bytes follow its end/);
  await refused(zip([{ name: "a" }, { name: "b" }], { count: 1 }), "ERR_ARCHIVE", /more than the 1 entries/);
  await refused(zip([{ name: "a" }], { count: 2 }), "ERR_ARCHIVE", /cannot have 2 entries/);
  await refused(tarOf({ name: "liar", size: "00000007777", body: "x" }), "ERR_ARCHIVE", /middle of "liar"/);
  await refused(tarOf({ name: "liar", size: Uint8Array.of(0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255) }), "ERR_ARCHIVE", /size that cannot be/);
  await refused(tarOf({ name: "liar", size: "0000000008x" }), "ERR_ARCHIVE", /"0000000008x", which is no number/);
  await refused(tarOf(pax({ size: "-1" }), { name: "liar" }), "ERR_ARCHIVE", /size "-1"/);
  await refused(tarOf(pax({ size: "999999" }), { name: "liar", body: "x" }), "ERR_ARCHIVE", /middle of "liar"/);
});

test("wrong checksums", async () => {
  await refused(zip([{ name: "good" }, { name: "bad", data: "words", crc: 1 }]), "ERR_ARCHIVE", /"bad".*checksum/);
  await refused(zip([{ name: "bad", data: "words", crc: 1, method: 0 }]), "ERR_ARCHIVE", /"bad".*checksum/);
  await refused(zip([{ name: "bad", data: "words".repeat(400_000), crc: 1 }]), "ERR_ARCHIVE", /"bad".*checksum/);
  await refused(tarOf(good, { name: "bad", sum: "000001\0 " }), "ERR_ARCHIVE", /byte 1024.*checksum/);
  const packed = Uint8Array.from(gzipSync(tarOf(good)));
  for (const [back, why] of [[8, /checksum/], [4, /length/]] as const) {
    const bad = packed.slice();
    bad[bad.length - back] = (bad[bad.length - back] as number) ^ 1;
    await refused(bad, "ERR_ARCHIVE", why);
  }
  const whole = await binary([{ path: "a", kind: 0o100644, data: "words" }]);
  for (const at of [whole.length - 1, whole.indexOf(119), 20]) {
    const bad = whole.slice();
    bad[at] = (bad[at] as number) ^ 4;
    await refused(bad, "ERR_ARCHIVE", /binary tree/);
  }
});

test("what is cut off, at every byte", async () => {
  const packed = Uint8Array.from(gzipSync(tarOf(good)));
  const plain = tar(good, { name: "second", body: "words" });
  const zipped = zip([{ name: "good", data: "words" }, { name: "second", data: "more words" }]);
  const tree = await binary([{ path: "a", kind: 0o100644, data: "words" }]);
  for (const whole of [packed, plain, zipped, tree]) {
    for (let end = 0; end < whole.length; end += whole === plain && end > 4 ? 100 : 1) await refused(whole.slice(0, end), "ERR_ARCHIVE", /cannot be/);
  }
  await refused(plain, "ERR_ARCHIVE", /end mark/);
  await refused(Uint8Array.from(Buffer.concat([packed, Buffer.from("junk")])), "ERR_ARCHIVE", /something else follows/);
  await taken(Uint8Array.from(Buffer.concat([packed, END])), ["good"]);
});

test("gzip in members, and with all that its header can have", async () => {
  const whole = tarOf(good);
  const members = Buffer.concat([gzipSync(whole.subarray(0, 700)), gzipSync(whole.subarray(700))]);
  await taken(Uint8Array.from(members), ["good"]);
  const plain = gzipSync(whole);
  const header = Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3, ...Buffer.from("name\0comment\0")]);
  await taken(Uint8Array.from(Buffer.concat([header, plain.subarray(10)])), ["good"]);
  await refused(Uint8Array.from(Buffer.concat([Buffer.from([0x1f, 0x8b, 7, 0]), plain.subarray(4)])), "ERR_ARCHIVE", /header/);
  const other = Uint8Array.from(gzipSync("no archive at all".repeat(100)));
  await refused(other, "ERR_ARCHIVE", /neither a tar archive nor/);
  await refused(new TextEncoder().encode("no archive at all".repeat(100)), "ERR_ARCHIVE", /neither zip nor tar/);
  await refused(new Response("gone", { status: 404 }), "ERR_ARCHIVE", /404/);
});

test("zip: names in old letters, comments, two directories, zip64", async () => {
  await taken(zip([{ name: Uint8Array.of(0x81, 0x2e, 0x74), flags: 0 }, { name: "ü2", flags: 0 }]), ["ü.t", "ü2"]);
  await refused(zip([{ name: Uint8Array.of(0x81) }]), "ERR_ARCHIVE", /not UTF-8/);
  await taken(zip([{ name: "a" }], { comment: "PK\x05\x06 and more" }), ["a"]);
  const inner = zip([{ name: "b" }]);
  await refused(zip([{ name: "a" }], { comment: inner.subarray(inner.length - 22) }), "ERR_ARCHIVE", /two directories/);
  await refused(zip([{ name: "a" }], { offset: 7 }), "ERR_ARCHIVE", /longer than the archive|not where/);
});

test("zip64: more than 65,535 entries", async () => {
  const count = (data: Uint8Array): number => [...openArchive(data).entries(() => undefined)].length;
  const ours = await packed(writeZip, Array.from({ length: 66_000 }, (_, at) => ({ path: `f${at}`, kind: 0o100644 })));
  assert.equal(count(ours), 66_000);
  // Python reads the same.
  const names = execFileSync("python3", ["-c", "import sys,io,zipfile;print(len(zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())).namelist()))"], { input: ours });
  assert.equal(names.toString().trim(), "66000");
});

test("zip64: places and sizes that need it", () => {
  const found: Found = { path: { bytes: Buffer.from("f"), key: "f" }, mode: 0o100644, mtime: 0n, ino: 1n, nlink: 1, size: 0, data: undefined, content: async function* () {} };
  const written = { found, name: Buffer.from("f"), flags: 0x808, method: 8, crc: 7, packed: 2 ** 33, size: 2 ** 32 - 1, at: 2 ** 34 };
  const record = central(written);
  // Python, which reads them, is asked what it sees.
  const script = "import sys,io,zipfile;z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()));i=z.infolist()[0];print(i.file_size,i.compress_size,i.header_offset-int(sys.argv[1]))";
  const seen = execFileSync("python3", ["-c", script, "0"], { input: Buffer.concat([record, ending(1, record.length, 0)]) });
  assert.equal(seen.toString().trim(), `${2 ** 32 - 1} ${2 ** 33} ${2 ** 34}`);
  const end = ending(1, 46, 2 ** 33);
  assert.deepEqual([end.length, Buffer.from(end).readBigUInt64LE(48), end.subarray(56, 60)], [98, 2n ** 33n, Uint8Array.of(0x50, 0x4b, 6, 7)]);
});

interface Made {
  path: string;
  kind: number;
  data?: string;
}

/** A binary tree of ours with what `export` would never find. */
const binary = (entries: Made[]): Promise<Uint8Array<ArrayBuffer>> => packed(writeBinary, entries);

async function packed(write: (all: AsyncIterable<Found>) => AsyncIterable<Uint8Array>, entries: Made[]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const all = (async function* (): AsyncGenerator<Found> {
    for (const [at, { path, kind, data = "" }] of entries.entries()) {
      const content = new TextEncoder().encode(data);
      yield { path: { bytes: new TextEncoder().encode(path), key: path }, mode: kind, mtime: 0n, ino: BigInt(at), nlink: 1, size: content.length, data: content, content: async function* () {} };
    }
  })();
  for await (const part of write(all)) parts.push(part);
  return Uint8Array.from(Buffer.concat(parts));
}

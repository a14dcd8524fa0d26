// Archives in and out of the real kernel: what other programs make, what they read, and that nothing is lost on the way.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, lutimesSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { inBox, onHost } from "./archives/listing.ts";
import { Box } from "./archives/kernel.ts";

let box: Box;
let folder: string;
before(() => {
  box = new Box();
  folder = mkdtempSync(join(tmpdir(), "porthole-archives-"));
});
after(() => {
  box.close();
  rmSync(folder, { recursive: true });
});

const run = (command: string, args: string[], cwd = folder): Buffer => execFileSync(command, args, { cwd, maxBuffer: 1 << 28 });

/** A tree with all that trees have. Answers where it is. */
function sample(name: string): string {
  const base = join(folder, name);
  const put = (path: string, data: string | Buffer, mode = 0o644) => {
    mkdirSync(join(base, path, ".."), { recursive: true });
    writeFileSync(join(base, path), data);
    chmodSync(join(base, path), mode);
  };
  put("package.json", '{"name":"x"}');
  put("bin/cli.js", "#!/usr/bin/env node\n", 0o755);
  put("empty", "");
  put("odd modes/secret", "s", 0o600);
  put("odd modes/shared", "s", 0o666);
  put("odd modes/read only", "r", 0o444);
  put("noise", randomBytes(70_000));
  put("large", Buffer.alloc(3_000_000, "many words, again and again "));
  put("large noise", randomBytes(2_500_000));
  put(`${"deep/".repeat(30)}end`, "d");
  put(`${"n".repeat(200)}/${"m".repeat(120)}`, "long names");
  put("ümlaut/日本語", "text");
  put("-dash/*?[]", "letters");
  put("node_modules/pkg/cli.js", "cli", 0o755);
  mkdirSync(join(base, "node_modules/.bin"), { recursive: true });
  symlinkSync("../pkg/cli.js", join(base, "node_modules/.bin/pkg"));
  symlinkSync("nowhere/yet", join(base, "dangling"));
  symlinkSync(`${"n".repeat(200)}/${"m".repeat(120)}`, join(base, "long link"));
  linkSync(join(base, "package.json"), join(base, "zz other name"));
  mkdirSync(join(base, "nothing in it"));
  mkdirSync(join(base, "closed"));
  put("closed/inside", "i");
  utimesSync(join(base, "bin/cli.js"), 499162500, 499162500.25);
  lutimesSync(join(base, "dangling"), 1_000_000_000, 1_000_000_000);
  utimesSync(join(base, "empty"), 0, 0);
  chmodSync(join(base, "closed"), 0o555);
  utimesSync(join(base, "nothing in it"), 1_234_567_890, 1_234_567_890);
  return base;
}

test("a tar archive of GNU's tar is what was packed", async () => {
  const host = sample("gnu");
  for (const format of ["gnu", "posix"]) {
    await box.mount(new Uint8Array(run("tar", ["--format", format, "-cf", "-", "."], host)), `/tmp/${format}`);
    // GNU's own format has whole seconds.
    const times = format === "gnu" ? 1_000_000_000n : 1n;
    assert.deepEqual(await inBox(box, `/tmp/${format}`, { times }), onHost(host, { times }));
  }
});

test("ustar, v7 and gzip", async () => {
  const host = join(folder, "plain");
  mkdirSync(join(host, "a/b"), { recursive: true });
  writeFileSync(join(host, "a/b/c"), "content");
  symlinkSync("b/c", join(host, "a/link"));
  const times = 1_000_000_000n;
  for (const format of ["ustar", "v7", "oldgnu"]) {
    await box.mount(new Uint8Array(run("tar", ["--format", format, "-cf", "-", "a"], host)), `/tmp/${format}`);
    assert.deepEqual(await inBox(box, `/tmp/${format}`, { times }), onHost(host, { times }), format);
  }
  await box.mount(new Blob([new Uint8Array(run("tar", ["-czf", "-", "a"], host))]), "/tmp/gz");
  assert.deepEqual(await inBox(box, "/tmp/gz", { times }), onHost(host, { times }));
});

test("a zip archive of Info-ZIP's zip is what was packed", async () => {
  const host = sample("zip");
  run("zip", ["-qry", "../sample.zip", "."], host);
  const times = 1_000_000_000n;
  await box.mount(new Uint8Array(run("cat", ["sample.zip"])), "/tmp/zip");
  assert.deepEqual(await inBox(box, "/tmp/zip", { times, links: false }), onHost(host, { times, links: false }));
  // Streamed, with data descriptors.
  const plain = join(folder, "streamed");
  mkdirSync(join(plain, "d"), { recursive: true });
  writeFileSync(join(plain, "d/words"), "words ".repeat(1000));
  writeFileSync(join(plain, "empty"), "");
  await box.mount(new Uint8Array(execFileSync("sh", ["-c", "zip -qr - . | cat"], { cwd: plain })), "/tmp/zip-streamed");
  assert.deepEqual(await inBox(box, "/tmp/zip-streamed", { times }), onHost(plain, { times }));
});

for (const format of ["tar", "zip", "binary"] as const) {
  test(`${format}: out, in, and out again is the same`, async () => {
    const host = sample(`round-${format}`);
    await box.mount(new Uint8Array(run("tar", ["--format", "posix", "-cf", "-", "."], host)), `/tmp/round-${format}`);
    const first = await box.pack(`/tmp/round-${format}`, format);
    await box.mount(first, `/tmp/round-${format}-2`);
    const options = format === "zip" ? { times: 1_000_000_000n, links: false } : {};
    assert.deepEqual(await inBox(box, `/tmp/round-${format}-2`, options), onHost(host, options));
    assert.ok(Buffer.from(first).equals(await box.pack(`/tmp/round-${format}-2`, format)), "byte for byte");
    if (format !== "zip") {
      await box.mount(new Uint8Array(gzipSync(first)), `/tmp/round-${format}-3`);
      assert.deepEqual(await inBox(box, `/tmp/round-${format}-3`), onHost(host));
    }
  });
}

test("tar and unzip read what is exported", async () => {
  const host = sample("others");
  await box.mount(new Uint8Array(run("tar", ["--format", "posix", "-cf", "-", "."], host)), "/tmp/others");
  writeFileSync(join(folder, "ours.tar"), await box.pack("/tmp/others", "tar"));
  mkdirSync(join(folder, "from-tar"));
  run("tar", ["-xpf", "../ours.tar"], join(folder, "from-tar"));
  assert.deepEqual(onHost(join(folder, "from-tar")), onHost(host));
  writeFileSync(join(folder, "ours.zip"), await box.pack("/tmp/others", "zip"));
  run("unzip", ["-q", "ours.zip", "-d", "from-zip"]);
  const options = { times: 1_000_000_000n, links: false };
  // Unzip does not set a link's time.
  const plain = (lines: string[]) => lines.map((line) => (line.includes(" 120777 ") ? line.replace(/ 120777 \d+/, " 120777") : line));
  assert.deepEqual(plain(onHost(join(folder, "from-zip"), options)), plain(onHost(host, options)));
  run("unzip", ["-tq", "ours.zip"]);
  run("python3", ["-c", "import zipfile,tarfile; assert zipfile.ZipFile('ours.zip').testzip() is None; tarfile.open('ours.tar').getmembers()"]);
});

test("json is a tree that can be mounted", async () => {
  await box.mount({ a: { directory: { "b.txt": { file: { contents: "text ü\0" } }, run: { file: { contents: "#!", mode: 0o777 } } }, mode: 0o700 }, l: { file: { symlink: "a/b.txt" } }, ["__proto__"]: { file: { contents: "p" } } }, "/tmp/j");
  await box.fs.writeFile("/tmp/j/bytes", Uint8Array.of(0xff, 0xfe, 0));
  await box.fs.writeFile("/tmp/j/bom", Uint8Array.of(0xef, 0xbb, 0xbf, 0x61));
  const tree = await box.tree("/tmp/j");
  const expected = { a: { directory: { "b.txt": { file: { contents: "text ü\0" } }, run: { file: { contents: "#!", mode: 0o777 } } }, mode: 0o700 }, l: { file: { symlink: "a/b.txt" } }, bytes: { file: { contents: Uint8Array.of(0xff, 0xfe, 0) } }, bom: { file: { contents: "\ufeffa" } }, ["__proto__"]: { file: { contents: "p" } } };
  assert.deepEqual({ ...tree }, expected);
  await box.mount(tree, "/tmp/j2");
  assert.deepEqual(await inBox(box, "/tmp/j2", { times: 0n }), await inBox(box, "/tmp/j", { times: 0n }));
});

test("names that are not UTF-8 pass through tar and binary, and are named where they cannot", async () => {
  const name = Uint8Array.of(0x2f, 0x74, 0x6d, 0x70, 0x2f, 0x62, 0x2f, 0xff, 0x61);
  await box.fs.mkdir("/tmp/b");
  await box.link.call("write_file", { path: name, data: Uint8Array.of(1), flags: 0o101, mode: 0o644 });
  for (const format of ["tar", "binary"] as const) {
    await box.mount(await box.pack("/tmp/b", format), `/tmp/b-${format}`);
    assert.deepEqual(await inBox(box, `/tmp/b-${format}`), await inBox(box, "/tmp/b"));
  }
  await assert.rejects(box.pack("/tmp/b", "zip"), { code: "ERR_ARCHIVE", message: /ÿa.*not UTF-8/ });
  await assert.rejects(box.tree("/tmp/b"), { code: "ERR_ARCHIVE", message: /ÿa.*not UTF-8/ });
});

test("excludes and includes", async () => {
  const file = { file: { contents: "x" } };
  const packages = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`f${at}`, { file: { contents: "y".repeat(1000) } }]));
  await box.mount(
    {
      node_modules: { directory: { big: { directory: packages }, keep: { directory: { "index.js": file, "index.map": file } } } },
      src: { directory: { node_modules: { directory: { x: file } }, "a.ts": file, "a.test.ts": file, dist: { directory: { b: file } } } },
      dist: { directory: { c: file } },
    },
    "/tmp/g",
  );
  const paths = async (excludes: string[], includes: string[] = []) => {
    const found: string[] = [];
    const below = (tree: object, prefix: string) => {
      for (const [name, node] of Object.entries(tree)) {
        found.push(prefix + name);
        if ("directory" in node) below(node.directory, `${prefix}${name}/`);
      }
    };
    below(await box.tree("/tmp/g", { excludes, includes }), "");
    return found;
  };
  assert.deepEqual(await paths(["node_modules", "*.test.ts", "/dist"]), ["src", "src/a.ts", "src/dist", "src/dist/b"]);
  assert.deepEqual(await paths(["node_modules", "src"], ["node_modules/keep/*.js", "b"]), ["dist", "dist/c", "node_modules", "node_modules/keep", "node_modules/keep/index.js", "src", "src/dist", "src/dist/b"]);
  assert.deepEqual(await paths(["**/node_modules/**", "src/{dist,a.*}", "c/"]), ["dist", "dist/c", "node_modules", "src", "src/node_modules"]);
  await assert.rejects(box.tree("/tmp/g", { excludes: ["[a"] }), { code: "ERR_INVALID_ARG", message: /"\[a"/ });
});

test("what cannot be exported is named", async () => {
  await box.mount({ d: { directory: { f: { file: { contents: "x" } } } }, f: { file: { contents: "y" } } }, "/tmp/u");
  await box.fs.chmod("/tmp/u/d", 0);
  await assert.rejects(box.pack("/tmp/u", "tar"), { code: "EACCES", path: "/tmp/u/d" });
  await box.fs.chmod("/tmp/u/d", 0o755);
  await box.fs.chmod("/tmp/u/f", 0o200);
  await assert.rejects(box.tree("/tmp/u"), { code: "EACCES", path: "/tmp/u/f" });
  await assert.rejects(box.tree("/tmp/none"), { code: "ENOENT", path: "/tmp/none" });
  await assert.rejects(box.tree("/tmp/u/f"), { code: "ENOTDIR", path: "/tmp/u/f" });
  await assert.rejects(box.pack("/tmp/u", "rar" as "tar"), { code: "ERR_INVALID_ARG", message: /rar/ });
});

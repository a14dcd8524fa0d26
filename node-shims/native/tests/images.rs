//! Programs over mounted archives: modules are required from them, files copied out of them, commands run in them. Node's library does it all, over archives
//! that the system's tools made. Needs `zip` and `tar`, and Node's library (`cargo xtask setup`).
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::PathBuf;
use std::process::Command;

const PROGRAM: &str = r#"
const fs = require('fs');
const { execFileSync } = require('child_process');
const ctl = `/web/container/${fs.readdirSync('/web/container')[0]}/ctl`;
const code = (work) => { try { work(); return 'done'; } catch (error) { return error.code; } };
for (const kind of ['zip', 'tar']) {
  const at = `/tmp/${kind}`;
  fs.mkdirSync(at);
  fs.writeFileSync(ctl, `mount ${kind} /work/made.${kind} ${at}`);
  console.log(kind, fs.readdirSync(`${at}/tree`).join(), fs.statfsSync(at).bfree, fs.realpathSync(`${at}/tree/link`).slice(at.length));
  console.log(require(`${at}/tree/node_modules/two`)(21), fs.readFileSync(`${at}/tree/data.txt`, 'utf8').length);
  console.log(code(() => fs.writeFileSync(`${at}/tree/data.txt`, '')), code(() => fs.mkdirSync(`${at}/x`)), code(() => fs.renameSync(`${at}/tree/data.txt`, '/tmp/d')));
  fs.copyFileSync(`${at}/tree/data.txt`, `/tmp/${kind}.copy`);
  console.log(fs.readFileSync(`/tmp/${kind}.copy`).equals(fs.readFileSync(`${at}/tree/data.txt`)), code(() => fs.copyFileSync(`${at}/tree/data.txt`, `/tmp/${kind}.copy`, 1)));
  fs.cpSync(`${at}/tree`, `/tmp/${kind}-tree`, { recursive: true });
  console.log(fs.readdirSync(`/tmp/${kind}-tree`).join(), fs.statSync(`/tmp/${kind}-tree/run.js`).mode.toString(8));
  fs.appendFileSync(`/tmp/${kind}-tree/data.txt`, 'more');
  const line = execFileSync('sh', ['-c', `cat ${at}/tree/data.txt`]).length;
  console.log(line, String(execFileSync(`${at}/tree/run.js`)).trim(), String(execFileSync('sh', ['-c', 'cat run.js'], { cwd: `${at}/tree` })).split('\n').length);
  console.log(fs.readFileSync('/proc/mounts', 'utf8').trim().split('\n').pop());
  const fd = fs.openSync(`${at}/tree/data.txt`);
  console.log(code(() => fs.writeFileSync(ctl, `unmount ${at}`)));
  fs.closeSync(fd);
  fs.writeFileSync(ctl, `unmount ${at}`);
  console.log(fs.readdirSync(at).length);
}
console.log(code(() => fs.writeFileSync(ctl, 'mount tar /work/made.tar.gz /tmp/zip')), fs.readFileSync(ctl, 'utf8').split(':')[1].trim());
"#;

fn expected() -> String {
    let each = |kind: &str| {
        format!(
            "{kind} data.txt,link,node_modules,run.js 0 /tree/data.txt\n42 300000\nEROFS EROFS EXDEV\ntrue EEXIST\ndata.txt,link,node_modules,run.js 100755\n\
             300000 ran 3\n/work/made.{kind} /tmp/{kind} {kind} ro 0 0\nEBUSY\n0\n"
        )
    };
    format!(
        "{}{}EINVAL the archive is compressed as a whole (gzip), so that no part of it can be read without all before it\n",
        each("zip"),
        each("tar")
    )
}

#[test]
fn a_program_works_in_a_mounted_archive() {
    let folder = std::env::temp_dir().join(format!("porthole-native-images-{}", std::process::id()));
    let tree: PathBuf = folder.join("tree");
    std::fs::create_dir_all(tree.join("node_modules/two")).unwrap();
    std::fs::write(tree.join("node_modules/two/index.js"), "module.exports = (number) => number * 2;\n").unwrap();
    std::fs::write(tree.join("data.txt"), "0123456789".repeat(30_000)).unwrap();
    std::fs::write(tree.join("run.js"), "#!/usr/bin/env node\nconsole.log('ran');\n").unwrap();
    std::fs::write(folder.join("main.js"), PROGRAM).unwrap();
    std::os::unix::fs::symlink("data.txt", tree.join("link")).unwrap();
    let line = "chmod 755 tree/run.js && zip -qry made.zip tree && tar cf made.tar tree && gzip -k made.tar";
    assert!(Command::new("sh").args(["-ec", line]).current_dir(&folder).status().unwrap().success());
    let mount = format!("{}:/work", folder.display());
    let ran = Command::new(env!("CARGO_BIN_EXE_porthole-native")).args(["--mount", &mount, "--cwd", "/work", "--", "main.js"]).output();
    std::fs::remove_dir_all(&folder).unwrap();
    let ran = ran.unwrap();
    assert_eq!((String::from_utf8_lossy(&ran.stdout).into_owned(), String::from_utf8_lossy(&ran.stderr).into_owned()), (expected(), String::new()));
}

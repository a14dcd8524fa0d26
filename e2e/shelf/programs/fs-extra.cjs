const fs = require('fs-extra'); const os = require('os'); const path = require('path');
(async () => {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'f-'));
  await fs.outputJson(path.join(dir, 'a/b.json'), { x: 1 }); await fs.copy(path.join(dir, 'a'), path.join(dir, 'c')); await fs.move(path.join(dir, 'c/b.json'), path.join(dir, 'd.json'));
  console.log(await fs.readJson(path.join(dir, 'd.json')), await fs.pathExists(path.join(dir, 'c/b.json')), (await fs.readdir(dir)).sort());
  await fs.emptyDir(dir); console.log(await fs.readdir(dir)); await fs.remove(dir);
})();

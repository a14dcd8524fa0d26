const Datastore = require('@seald-io/nedb');
(async () => {
  const db = new Datastore();
  await db.insertAsync([{ n: 1, t: ['a'] }, { n: 2, t: ['b'] }, { n: 3 }]);
  await db.updateAsync({ n: 1 }, { $set: { x: true }, $push: { t: 'c' } });
  console.log((await db.findAsync({ n: { $gt: 0 } }, { _id: 0 }).sort({ n: -1 })), await db.countAsync({ t: 'b' }));
})();

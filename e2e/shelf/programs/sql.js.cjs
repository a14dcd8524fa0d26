require('sql.js')().then((SQL) => {
  const db = new SQL.Database();
  db.run('create table t (a int)');
  const insert = db.prepare('insert into t values (?)');
  for (let i = 0; i < 50; i++) insert.run([i]);
  console.log(db.exec('select sum(a) from t')[0].values);
});

const init = require('sql.js/dist/sql-asm.js');
init().then((SQL) => {
  const db = new SQL.Database();
  db.run('create table t (a int, b text); insert into t values (1, "x"), (2, "y"), (3, "z")');
  console.log(JSON.stringify(db.exec('select b, a * 2 as d from t where a > 1 order by a desc')), db.exec('select count(*), sum(a) from t')[0].values);
});

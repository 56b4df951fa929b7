/** The pinned SQLite with the product's own durability: WAL, exclusive, synchronous=FULL. One row for each message. */
import sqlite3InitModule from "/vendor/sqlite/index.mjs";

const sqlite3 = await sqlite3InitModule({ print: () => {}, printErr: () => {} });
const pool = await sqlite3.installOpfsSAHPoolVfs({ name: "floor", initialCapacity: 6, preserveOnInitFailure: true });
const db = new pool.OpfsSAHPoolDb("/floor.db");
db.exec("pragma locking_mode=exclusive; pragma journal_mode=wal; pragma synchronous=full");
db.exec("create table if not exists tap(seq integer primary key, payload text not null) strict");
let taps = 0;
onmessage = ({ data }) => {
  db.exec({ sql: "insert into tap(payload) values (?)", bind: [JSON.stringify(data)] });
  postMessage((taps += 1));
};
postMessage("open");

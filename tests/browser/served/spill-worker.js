// Opens the store's file as the product does, and can be killed inside a transaction that has
// spilled from a tiny cache to the disk.
import { openDatabase } from "/static/tablet/store/database.js";

const ROW_BYTES = 3000;
const SPILLED_ROWS = 400; // 1.2 MB through a cache of five pages
let db;

const verbs = {
  /** What is in the file after whatever happened. */
  async open(journal) {
    ({ db } = await openDatabase({ file: "/spill.db" }));
    const found = one("pragma integrity_check");
    db.exec("create table if not exists row(number integer primary key, round text, filling text)");
    if (journal === "truncate") db.exec("pragma journal_mode=truncate");
    return { integrity: found, journal: one("pragma journal_mode"), rounds: counted() };
  },

  commit(round) {
    db.transaction(() => insert(round, 3));
    return counted()[round];
  },

  /** Leaves the transaction open; the answer means that it is partly on the disk. */
  spill(round) {
    db.exec("pragma cache_size=5; pragma cache_spill=5; begin");
    // What is committed is changed too, so that a missing rollback is seen in the old rows.
    db.exec({ sql: "update row set round = ? where round <> ?", bind: [round, round] });
    insert(round, SPILLED_ROWS);
    return counted()[round];
  },
};

function insert(round, count) {
  const filling = `${round} `.repeat(ROW_BYTES / (round.length + 1));
  for (let i = 0; i < count; i += 1) {
    db.exec({ sql: "insert into row(round, filling) values (?, ?)", bind: [round, filling] });
  }
}

function counted() {
  return Object.fromEntries(db.exec({ sql: "select round, count(*) from row group by round", returnValue: "resultRows" }));
}

const one = (sql) => db.exec({ sql, returnValue: "resultRows" })[0][0];

onmessage = async ({ data: { id, verb, args } }) => {
  try {
    postMessage({ id, value: await verbs[verb](...args) });
  } catch (error) {
    postMessage({ id, error: `${error.name}: ${error.message}` });
  }
};

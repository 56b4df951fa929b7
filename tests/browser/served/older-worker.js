// Makes the tablet's own file one of an older version of the product: without a table that came later.
import { openDatabase } from "/static/tablet/store/database.js";

const { db, pool } = await openDatabase();
db.exec("drop table letter_shown; pragma user_version = 1");
db.close();
pool.pauseVfs();
postMessage("done");

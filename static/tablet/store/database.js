/**
 * Opens the tablet's SQLite file so that nothing in it can be lost: WAL, exclusive, synchronous=FULL.
 * It must never fall back to memory: a browser that cannot store durably is told so.
 */
import sqlite3InitModule from "../../vendor/sqlite/index.mjs";

const POOL = "kid-wheel";
const FILE = "/kid-wheel.db"; // the pool's own path, must be absolute
const TRIES = 15; // a page that just closed may hold its files for a moment
const TRY_AGAIN_MS = 40;

export class CannotStore extends Error {}

/** SQLite's own file is missing on the tablet, and there is no net. */
export class NotLoaded extends Error {}

/**
 * @param {{file?: string}} [options]
 * @returns {Promise<{db: object, pool: object}>}
 */
export async function openDatabase({ file = FILE } = {}) {
  if (!navigator.storage?.getDirectory || !self.FileSystemSyncAccessHandle) {
    throw new CannotStore("no-file-system");
  }
  const sqlite3 = await loadSqlite();
  const pool = await installPool(sqlite3);
  const db = new pool.OpfsSAHPoolDb(file);
  // locking_mode must come before journal_mode: WAL without shared memory needs it.
  db.exec(
    "pragma locking_mode=exclusive; pragma journal_mode=wal; pragma synchronous=full;" +
      "pragma foreign_keys=on; pragma secure_delete=on",
  );
  return { db, pool };
}

async function loadSqlite() {
  if (!self.WebAssembly) throw new CannotStore("no-webassembly"); // an iPad in lockdown mode
  try {
    return await sqlite3InitModule({ print: () => {}, printErr: () => {} });
  } catch (error) {
    throw new NotLoaded("sqlite", { cause: error });
  }
}

async function installPool(sqlite3) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sqlite3.installOpfsSAHPoolVfs({
        name: POOL,
        initialCapacity: 6,
        preserveOnInitFailure: true, // the default tries to delete the whole pool
        forceReinitIfPreviouslyFailed: true,
      });
    } catch (error) {
      if (attempt === TRIES) throw new CannotStore(error.name ?? "pool", { cause: error });
      await new Promise((resume) => setTimeout(resume, TRY_AGAIN_MS * attempt));
    }
  }
}

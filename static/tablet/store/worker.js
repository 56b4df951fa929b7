/**
 * The only place with SQL on the tablet. One worker, one connection, one tab.
 * Messages are {id, verb, args}; each is answered with {id, value} or {id, error: {name, message}}.
 */
import { CannotStore, NotLoaded, openDatabase } from "./database.js";
import { fromBase64, fromHex, newKeyPair, openSealed, publicOf, seal, sealTo, toBase64 } from "./seal.js";
import { WrongPin, decryptJson, encryptJson, importKey, joined, lockKey, newDraftKey, pinKey, unlockKey } from "./vault.js";

const MAX_WRONG_PINS = 8;
const TYPED_MS = 30_000;
const LOCK = "kid-wheel-store";
const PIN_KEY_INFO = "kid-wheel/draft-key/1|";
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
const MAX_SOUND_BYTES = 1024 * 1024; // half a minute of anything a phone records
const MAX_SOUNDS_BYTES = 64 * 1024 * 1024; // conversations need the rest of the room
const TOLD_AS_IT_IS = new Set(["too-large", "other-digest", "sound-too-large", "sounds-full"]);

const SCHEMA = `
create table if not exists tablet(
  one integer primary key check (one = 1), token text not null, state text not null) strict;
create table if not exists staff(
  id text primary key, name text not null, title text not null,
  salt blob not null, rounds integer not null, wrapped blob not null,
  laid_away blob not null,  -- the draft key sealed to the hub: a forgotten PIN loses nothing
  wrong_pins integer not null default 0) strict;
create table if not exists draft(
  id text primary key, staff_id text not null references staff(id), started_at text not null) strict;
create table if not exists guardian_draft(  -- which drafts are a guardian's own, and not a child's
  draft_id text primary key references draft(id) on delete cascade) strict;
create table if not exists guardian_here(  -- a guardian has the tablet: said until a PIN is typed
  one integer primary key check (one = 1)) strict;
create table if not exists in_hand(  -- what a start comes back to; localStorage would not survive a kill
  one integer primary key check (one = 1),
  draft_id text not null references draft(id) on delete cascade) strict;
create table if not exists tap(
  draft_id text not null references draft(id) on delete cascade, seq integer not null,
  payload blob not null, primary key (draft_id, seq)) strict, without rowid;
create table if not exists earlier(  -- what the child said before, lent for this conversation only
  draft_id text primary key references draft(id) on delete cascade, payload blob not null) strict;
create table if not exists letter_shown(  -- the hub is told when; of the letter itself nothing is kept
  id text primary key, at text not null) strict, without rowid;
create table if not exists sealed(
  id text primary key, staff_id text not null, sealed_at text not null, digest text not null,
  bytes blob, state text not null check (state in ('sealed', 'sent', 'received', 'refused')),
  reason text not null default '', receipt text) strict;
create table if not exists tally(  -- how it was to talk, for nobody: in random order, with no time
  id text primary key, month text not null, variant text not null, answer text not null) strict, without rowid;
create table if not exists event(
  id integer primary key, at text not null, event text not null, staff_id text not null) strict;
create table if not exists sound(  -- texts of the product in a voice of the staff; never a child's
  language text not null, text text not null, mime text not null, bytes blob not null,
  at text not null, staff_id text not null, primary key (language, text)) strict;
create table if not exists local_pack(  -- the unit's own cards; nothing of a child
  one integer primary key check (one = 1), version text not null, pack text not null) strict;
create table if not exists local_sound(  -- what colleagues have read on the unit's other tablets
  name text primary key, language text not null, text text not null, mime text not null, bytes blob not null) strict;
create index if not exists local_sound_text on local_sound(language, text);
create table if not exists local_photo(name text primary key, type text not null, content blob not null) strict;
`;
// The number of this very text, for `pragma user_version`: a file that has it has all its tables.
const SCHEMA_NUMBER = [...SCHEMA].reduce((number, letter) => (Math.imul(number, 31) + letter.charCodeAt(0)) | 0, 0);

const EARLIER_INFO = "kid-wheel/earlier/1|";
const LETTER_INFO = "kid-wheel/letter/1|";

let keyOfLoan; // made for one answer of the hub, and gone when it has come
let db, pool, releaseLock, unlocked; // unlocked: {staffId, key, handedTo}, see handOver
let typed; // {staffId, pin, key}: the rounds of a PIN that is being typed, and nothing that was tried with them
let queue = Promise.resolve();
const otherTabs = new BroadcastChannel(LOCK); // the same object both ways, so that it does not hear itself

const verbs = {
  /** Open the store, or hear how it went at the start. `take` asks the tab that has it to give it up. */
  async open({ take = false } = {}) {
    const begun = atStart;
    atStart = undefined;
    return (!take && begun) || openStore(take);
  },

  close() {
    unlocked = typed = undefined;
    db?.close();
    pool?.pauseVfs();
    db = pool = undefined;
    releaseLock?.();
  },

  tablet() {
    const [row] = rows("select token, state from tablet");
    return row && { token: row.token, ...JSON.parse(row.state) };
  },

  keepTablet({ token, ...state }) {
    run("insert into tablet values (1, ?, ?) on conflict do update set token = excluded.token, state = excluded.state", [
      token,
      JSON.stringify(state),
    ]);
  },

  staff() {
    return rows("select id, name, title, wrong_pins >= ? as locked from staff order by name", [MAX_WRONG_PINS]);
  },

  /** A member of staff chooses a PIN for this tablet; they are unlocked at once. */
  async addStaff({ id, name, title }, pin) {
    const key = newDraftKey();
    const laidAway = await layAway(id, key);
    const { salt, rounds, wrapped } = await lockKey(key, pin);
    run(
      `insert into staff(id, name, title, salt, rounds, wrapped, laid_away) values (?, ?, ?, ?, ?, ?, ?)`,
      [id, name, title, salt, rounds, wrapped, laidAway],
    );
    unlockAs(id, await importKey(key));
  },

  /** What the hub needs to give a forgotten draft key back. */
  laidAwayKey(staffId) {
    const [row] = rows("select laid_away from staff where id = ?", [staffId]);
    return row && toBase64(row.laid_away);
  },

  /** A new PIN for a key that the hub gave back. */
  async renewPin(staffId, key, pin) {
    typed = undefined; // its salt is not the new one's
    const raw = fromBase64(key);
    const { salt, rounds, wrapped } = await lockKey(raw, pin);
    run("update staff set salt = ?, rounds = ?, wrapped = ?, wrong_pins = 0 where id = ?", [salt, rounds, wrapped, staffId]);
    unlockAs(staffId, await importKey(raw));
  },

  /** A whole PIN may be typed now: its rounds begin, and are kept until the next is typed or tried, or for a while. */
  typePin(staffId, pin) {
    const [row] = rows("select salt, rounds from staff where id = ? and wrong_pins < ?", [staffId, MAX_WRONG_PINS]);
    const mine = (typed = row && { staffId, pin, key: pinKey(pin, row.salt, row.rounds) });
    mine?.key.catch(() => {}); // whoever unlocks with it is told
    setTimeout(() => typed === mine && (typed = undefined), TYPED_MS);
  },

  /** @returns {{state: "unlocked" | "wrong" | "locked", left?: number, interrupted?: {id: string, staff: string}}} */
  async unlock(staffId, pin) {
    const [row] = rows("select salt, rounds, wrapped, wrong_pins from staff where id = ?", [staffId]);
    const begun = typed?.staffId === staffId && typed.pin === pin ? typed.key : undefined;
    typed = undefined;
    if (row.wrong_pins >= MAX_WRONG_PINS) return { state: "locked" };
    // Counted before it is tried, so that pulling the plug gives no free guess.
    run("update staff set wrong_pins = wrong_pins + 1 where id = ?", [staffId]);
    try {
      unlockAs(staffId, await unlockKey(row.wrapped, await (begun ?? pinKey(pin, row.salt, row.rounds))));
    } catch (error) {
      if (!(error instanceof WrongPin)) throw error;
      const left = MAX_WRONG_PINS - row.wrong_pins - 1;
      return left > 0 ? { state: "wrong", left } : { state: "locked" };
    }
    run("update staff set wrong_pins = 0 where id = ?", [staffId]);
    return { state: "unlocked", interrupted: verbs.inHand() };
  },

  lock() {
    unlocked = typed = undefined;
  },

  unlockedStaff: () => unlocked?.staffId,

  /** @param {"child" | "guardian"} kind whose it is */
  begin(id, startedAt, kind = "child") {
    db.transaction(() => {
      run("insert into draft values (?, ?, ?)", [id, mine().staffId, startedAt]);
      if (kind === "guardian") run("insert into guardian_draft values (?)", [id]);
      verbs.takeInHand(id);
    });
  },

  takeInHand(id) {
    const isAnother = "where draft_id <> excluded.draft_id"; // what is in hand already costs no turn of the disk
    run(`insert into in_hand values (1, ?) on conflict do update set draft_id = excluded.draft_id ${isAnother}`, [id]);
  },

  layAside() {
    run("delete from in_hand");
  },

  /** A child or a guardian has the tablet: until a PIN is typed, no other draft can be read. */
  handOver(draftId) {
    mine(draftId).handedTo = draftId;
    if (kindOfDraft(draftId) === "guardian") run("insert or ignore into guardian_here values (1)");
  },

  /** Whether a guardian may be who holds the tablet: then it tells nothing of any conversation. */
  isGuardianHere: () => rows("select 1 from guardian_here").length > 0,

  /** The conversation that a reload or a kill interrupted. @returns {{id: string, staff: string} | undefined} */
  inHand: () => rows("select id, staff_id as staff from draft where id = (select draft_id from in_hand)")[0],

  /** All that the first screen needs, in one answer. `awaited`: who was interrupted. */
  whatIsHere() {
    const interrupted = verbs.inHand();
    return { tablet: verbs.tablet(), awaited: interrupted && verbs.staff().find(({ id }) => id === interrupted.staff) };
  },

  /** One thing that happened, on disk when this is answered. @returns {number} its number */
  async tap(draftId, event) {
    const [{ seq }] = rows("select coalesce(max(seq), 0) + 1 as seq from tap where draft_id = ?", [draftId]);
    const payload = await encryptJson(mine(draftId).key, event, `${draftId}/${seq}`);
    run("insert into tap values (?, ?, ?)", [draftId, seq, payload]);
    return seq;
  },

  async taps(draftId) {
    const found = rows("select seq, payload from tap where draft_id = ? order by seq", [draftId]);
    const { key } = mine(draftId);
    return Promise.all(found.map(({ seq, payload }) => decryptJson(key, payload, `${draftId}/${seq}`)));
  },

  /** A draft to go on with, in one answer. A start comes back to it from now on. */
  async takeUp(draftId) {
    const found = { taps: await verbs.taps(draftId), earlier: await verbs.earlier(draftId), kind: kindOfDraft(draftId) };
    verbs.takeInHand(draftId);
    return found;
  },

  /** The key that the hub seals what it lends to. @returns {Promise<string>} */
  async keyForLoan() {
    keyOfLoan = await newKeyPair();
    return publicOf(keyOfLoan);
  },

  /** Keep what the hub lent beside the draft, under the draft's own key. */
  async keepEarlier(draftId, sealed) {
    const earlier = await openLent(EARLIER_INFO, sealed);
    run("insert or replace into earlier values (?, ?)", [draftId, await encryptJson(mine(draftId).key, earlier, `${draftId}/earlier`)]);
    return earlier;
  },

  async earlier(draftId) {
    const [row] = rows("select payload from earlier where draft_id = ?", [draftId]);
    return row && decryptJson(mine(draftId).key, row.payload, `${draftId}/earlier`);
  },

  /** The answer letter. It is never on disk: it is in the page that asked, and gone with it. */
  openLetter(sealed) {
    mine(); // only when an adult has unlocked
    return openLent(LETTER_INFO, sealed);
  },

  keepShown: (id, at) => run("insert or ignore into letter_shown values (?, ?)", [id, at]),

  lettersShown: () => rows("select id, at from letter_shown"),

  forgetShown: (id) => run("delete from letter_shown where id = ?", [id]),

  /** The drafts of the member of staff who is unlocked; handed over, the one in hand alone. */
  drafts() {
    const { staffId, handedTo = null } = mine();
    const wanted = "select id, started_at from draft where staff_id = ? and (? is null or id = ?) order by started_at desc";
    return rows(wanted, [staffId, handedTo, handedTo]).map((row) => ({ ...row, kind: kindOfDraft(row.id) }));
  },

  /** The child said: throw it away. Only that it happened is kept. */
  throwAway(draftId, at) {
    run("insert into event(at, event, staff_id) values (?, 'conversation:thrown_away', ?)", [at, mine().staffId]);
    shred(draftId);
    db.exec("pragma wal_checkpoint(truncate)");
  },

  /** Seal a record; its clear rows are gone in the same transaction. */
  async seal(record, hubKey, at) {
    const { bytes, digest } = await seal(record, hubKey);
    if (bytes.length > MAX_RECORD_BYTES) throw new RangeError("too-large");
    db.transaction(() => {
      run("insert into sealed(id, staff_id, sealed_at, digest, bytes, state) values (?, ?, ?, ?, ?, 'sealed')", [
        record.id,
        mine().staffId,
        at,
        digest,
        bytes,
      ]);
      shred(record.id);
    });
    db.exec("pragma wal_checkpoint(truncate)");
    return digest;
  },

  /** How it was to talk today: belongs to no conversation and to no member of staff. */
  tally({ id, month, variant, answer }) {
    run("insert into tally values (?, ?, ?, ?) on conflict do update set answer = excluded.answer", [id, month, variant, answer]);
  },

  tallies: () => rows("select id, month, variant, answer from tally limit 200"),

  forgetTallies(ids) {
    run("delete from tally where id in (select value from json_each(?))", [JSON.stringify(ids)]);
  },

  outbox() {
    return rows(
      "select id, sealed_at, digest, state, reason, receipt, length(bytes) as size from sealed order by sealed_at desc limit 50",
    ).map((row) => ({ ...row, receipt: row.receipt && JSON.parse(row.receipt) }));
  },

  waiting: () => rows("select count(*) as n from sealed where state <> 'received'")[0].n,

  events: () => rows("select at, event from event order by id desc limit 20"),

  /** The oldest conversation that was not tried yet. A refused one waits until an adult asks. */
  nextToSend(tried, alsoRefused = false) {
    return rows(
      `select id, bytes from sealed
       where (state in ('sealed', 'sent') or (? and state = 'refused'))
         and id not in (select value from json_each(?))
       order by sealed_at limit 1`,
      [alsoRefused ? 1 : 0, JSON.stringify(tried)],
    )[0];
  },

  markSent: (id) => run("update sealed set state = 'sent' where id = ?", [id]),

  /** It did not leave after all: nobody may believe that it did. */
  markUnsent: (id) => run("update sealed set state = 'sealed' where id = ? and state = 'sent'", [id]),

  refuse: (id, reason) => run("update sealed set state = 'refused', reason = ? where id = ?", [reason, id]),

  /** The hub has it: the bytes go, if the receipt is for exactly these bytes. */
  receive(id, receipt) {
    const [row] = rows("select digest from sealed where id = ?", [id]);
    if (row?.digest !== receipt.digest) throw new TypeError("other-digest");
    run("update sealed set state = 'received', bytes = null, reason = '', receipt = ? where id = ?", [
      JSON.stringify(receipt),
      id,
    ]);
    db.exec("pragma wal_checkpoint(truncate)");
  },

  /** A text in a voice of the staff, of this tablet before that of another.
   *  @returns {{mime: string, bytes: Uint8Array} | undefined} */
  sound(language, text) {
    const heard = (table) => rows(`select mime, bytes from ${table} where language = ? and text = ?`, [language, text])[0];
    return heard("sound") ?? heard("local_sound");
  },

  /** The texts that have been recorded in a language, here or on the unit's other tablets. @returns {string[]} */
  recorded(language) {
    const both = "select text from sound where language = ?1 union select text from local_sound where language = ?1 order by text";
    return rows(both, [language]).map(({ text }) => text);
  },

  /** Those that are on this tablet alone, in every language. @returns {{language: string, text: string}[]} */
  ownSounds: () => rows("select language, text from sound order by language, text"),

  /** The hub has it: from now on it is the unit's, and an administrator can take it away. */
  soundIsShared(language, text, { name, type }) {
    db.transaction(() => {
      run("delete from local_sound where language = ? and text = ?", [language, text]);
      run(
        `insert or replace into local_sound(name, language, text, mime, bytes)
           select ?, language, text, ?, bytes from sound where language = ? and text = ?`,
        [name, type, language, text],
      );
      run("delete from sound where language = ? and text = ?", [language, text]);
      run("update local_pack set version = 'older'"); // so that it is fetched, and what is taken away is noticed
    });
  },

  missingSounds(names) {
    const wanted = "select distinct value from json_each(?) where value not in (select name from local_sound)";
    return rows(wanted, [JSON.stringify(names)]).map(({ value }) => value);
  },

  keepLocalSound({ name, language, text }, mime, bytes) {
    run("insert or replace into local_sound values (?, ?, ?, ?, ?)", [name, language, text, mime, bytes]);
  },

  keepSound({ language, text, mime, bytes, at }) {
    if (bytes.length > MAX_SOUND_BYTES) throw new RangeError("sound-too-large");
    const [{ size }] = rows("select coalesce(sum(length(bytes)), 0) as size from sound");
    if (size + bytes.length > MAX_SOUNDS_BYTES) throw new RangeError("sounds-full");
    run(
      `insert into sound values (?, ?, ?, ?, ?, ?) on conflict do update set
         mime = excluded.mime, bytes = excluded.bytes, at = excluded.at, staff_id = excluded.staff_id`,
      [language, text, mime, bytes, at, mine().staffId],
    );
  },

  deleteSound: (language, text) => run("delete from sound where language = ? and text = ?", [language, text]),

  /** Which arrangement of the unit's is kept here, "" for none of its own. @returns {string | undefined} */
  localVersion: () => rows("select version from local_pack")[0]?.version,

  /** @returns {{pack?: object, photos: {name: string, type: string, content: Uint8Array}[]}} */
  localPack() {
    const [row] = rows("select pack from local_pack");
    return { pack: row && JSON.parse(row.pack), photos: rows("select name, type, content from local_photo") };
  },

  missingPhotos(names) {
    const wanted = "select distinct value from json_each(?) where value not in (select name from local_photo)";
    return rows(wanted, [JSON.stringify(names)]).map(({ value }) => value);
  },

  keepPhoto: (name, type, content) => run("insert or replace into local_photo values (?, ?, ?)", [name, type, content]),

  /** A photograph that no card has any more goes, but not while a draft may show it. */
  keepLocalPack({ version, ...pack }, names) {
    db.transaction(() => {
      run("insert or replace into local_pack values (1, ?, ?)", [version, JSON.stringify(pack)]);
      const unused = "delete from local_photo where name not in (select value from json_each(?))";
      run(`${unused} and not exists (select 1 from draft)`, [JSON.stringify(names)]);
      const sounds = JSON.stringify((pack.sounds ?? []).map(({ name }) => name));
      run("delete from local_sound where name not in (select value from json_each(?))", [sounds]);
    });
  },

  /** The whole SQLite file, for `kid-wheel rescue`. */
  exportFile() {
    db.exec("pragma wal_checkpoint(truncate)");
    return pool.exportFile("/kid-wheel.db");
  },
};

async function openStore(take) {
  if (db) return "open";
  if (!(await holdLock(take))) return "busy";
  try {
    ({ db, pool } = await openDatabase());
    if (rows("pragma user_version")[0].user_version !== SCHEMA_NUMBER) {
      db.exec(SCHEMA);
      db.exec(`pragma user_version = ${SCHEMA_NUMBER}`);
    }
  } catch (error) {
    releaseLock?.();
    throw error;
  }
  return "open";
}

function shred(draftId) {
  run("delete from tap where draft_id = ?", [draftId]);
  run("delete from earlier where draft_id = ?", [draftId]);
  run("delete from guardian_draft where draft_id = ?", [draftId]);
  run("delete from draft where id = ?", [draftId]);
}

/** What the hub lent, opened with the key that was made for it; the key opens nothing more. */
async function openLent(kind, sealed) {
  const key = keyOfLoan;
  keyOfLoan = undefined;
  const clear = await openSealed(key, new TextEncoder().encode(kind + verbs.tablet().tablet), fromBase64(sealed));
  return JSON.parse(new TextDecoder().decode(clear));
}

async function layAway(staffId, key) {
  const { hub_key: hubKey } = verbs.tablet();
  const info = new TextEncoder().encode(PIN_KEY_INFO + staffId);
  return joined(fromHex(hubKey.id), await sealTo(hubKey, info, key));
}

function unlockAs(staffId, key) {
  unlocked = { staffId, key };
  run("delete from guardian_here");
}

/** Who is unlocked; with a draft, also that it is not another than the one that was handed over. */
function mine(draftId) {
  if (!unlocked) throw new DOMException("nobody has unlocked the tablet", "Locked");
  if (draftId && unlocked.handedTo && unlocked.handedTo !== draftId) throw new DOMException("somebody else has the tablet", "Locked");
  return unlocked;
}

const kindOfDraft = (id) => (rows("select 1 from guardian_draft where draft_id = ?", [id]).length ? "guardian" : "child");

function rows(sql, bind) {
  return db.exec({ sql, bind, rowMode: "object", returnValue: "resultRows" });
}

function run(sql, bind) {
  db.exec({ sql, bind });
}

/** One tab at a time. Waiting for a short while covers a reload, when the old page still closes. */
function holdLock(take) {
  return new Promise((resolve) => {
    const wait = AbortSignal.timeout(take ? 5000 : 1000);
    navigator.locks
      .request(LOCK, { signal: wait }, () => {
        resolve(true);
        return new Promise((release) => (releaseLock = release));
      })
      .catch(() => resolve(false));
    if (take) otherTabs.postMessage("give-up");
  });
}

otherTabs.onmessage = ({ data }) => {
  if (data !== "give-up") return;
  // After what is already asked for: a tap on its way to the disk gets there first.
  queue = queue.then(() => {
    if (!db) return;
    verbs.close();
    postMessage({ event: "taken" });
  });
};

// One at a time and in order: a tap that awaits its encryption must not be overtaken.
onmessage = ({ data: { id, verb, args } }) => {
  queue = queue.then(async () => {
    try {
      if (verb !== "open" && !db) throw new CannotStore("closed");
      const value = await verbs[verb](...args);
      postMessage({ id, value });
    } catch (error) {
      postMessage({ id, error: { name: error.name, message: error.message, kind: kindOf(error) } });
    }
  });
};

// A page that starts asks for the store as soon as it can, and SQLite takes longer than the page.
let atStart = openStore(false);
queue = atStart.catch(() => {}); // whoever asks is told

/** What a person needs to be told: the disk is full, the browser cannot store, or something else. */
function kindOf(error) {
  if (error instanceof CannotStore) return "cannot-store";
  if (error instanceof NotLoaded) return "not-loaded";
  if (TOLD_AS_IT_IS.has(error.message)) return error.message;
  if (error.name === "Locked") return "locked";
  if (error.name === "QuotaExceededError" || /SQLITE_(FULL|IOERR)|quota/i.test(error.message)) return "full";
  return "unexpected";
}

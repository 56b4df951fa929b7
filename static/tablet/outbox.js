/**
 * Sends sealed conversations, one at a time and oldest first, until the hub's receipt is here.
 * It must never let go of a conversation without a receipt for exactly its bytes.
 */
import { NoHub, Problem, askHub } from "./hub.js";
import { fetchLocalPack } from "./local-pack.js";
import { whenIdle } from "./screen.js";
import { store } from "./store/store.js";

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60 * 1000;
const TABLET_GONE = new Set([401, 403, 410]);
const TRY_AGAIN = new Set([400, 429]); // truncated on the way, or too much at once: the bytes here are whole

class Outbox {
  #wait = FIRST_WAIT_MS;
  #timer;
  #running;
  #isStarted = false;
  /** What stops the whole outbox: "" | "no-hub" | the sentence of a problem */
  trouble = "";
  online = false;
  onChange = () => {};

  start() {
    if (!this.#isStarted) {
      addEventListener("online", () => this.sendNow());
      document.addEventListener("visibilitychange", () => document.hidden || this.sendNow());
    }
    this.#isStarted = true;
    whenIdle(() => this.sendNow()); // the first screen comes first
  }

  /** Send all that waits. An adult's tap also tries what was refused. */
  async sendNow({ asked = false } = {}) {
    clearTimeout(this.#timer);
    this.#running ??= this.#sendAll(asked).finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #sendAll(asked) {
    try {
      const tablet = await store.tablet();
      if (!tablet) return;
      const tried = new Set();
      for (let next; (next = await store.nextToSend([...tried], asked)); ) {
        tried.add(next.id);
        await this.#send(next, tablet.token);
      }
      await this.#tellOfLetters(tablet.token);
      if (!tried.size) await this.#refresh(tablet);
      this.#settle("", true);
    } catch (error) {
      this.#trouble(error);
    }
  }

  async #send({ id, bytes }, token) {
    await store.markSent(id);
    this.onChange();
    try {
      await store.receive(id, await askHub(`/sync/conversations/${id}`, { method: "PUT", token, bytes }));
    } catch (error) {
      const isFinal = error instanceof Problem && error.status < 500 && !TABLET_GONE.has(error.status) && !TRY_AGAIN.has(error.status);
      if (!isFinal) {
        await store.markUnsent(id);
        throw error;
      }
      await store.refuse(id, error.message);
    }
    this.onChange();
  }

  /** Nothing to send: learn what has changed at the hub. Only now do the counts of how it was to
   *  talk go, so that none of them travels beside the conversation it came after. */
  async #refresh({ token, ...known }) {
    await this.#sendTallies(token);
    const now = await askHub("/tablet/api/state", { token });
    if (JSON.stringify(now) !== JSON.stringify(known)) await store.keepTablet({ token, ...now });
    await fetchLocalPack({ token, ...now });
  }

  /** When a child saw its letter: for the ansvarig, who lent it. */
  async #tellOfLetters(token) {
    for (const { id, at } of await store.lettersShown()) {
      try {
        await askHub("/tablet/api/letter-shown", { method: "POST", token, json: { id, at } });
      } catch (error) {
        if (![400, 404].includes(error.status)) throw error; // nobody waits for what the hub does not know
      }
      await store.forgetShown(id);
    }
  }

  async #sendTallies(token) {
    const rows = await store.tallies();
    if (!rows.length) return;
    try {
      await askHub("/tablet/api/tally", { method: "POST", token, json: { rows } });
    } catch (error) {
      if (error.status !== 400) throw error; // what cannot be counted is let go: it may never hold up a conversation
    }
    await store.forgetTallies(rows.map(({ id }) => id));
  }

  #trouble(error) {
    if (error instanceof Problem) this.#settle(error.message, true);
    else if (error instanceof NoHub) this.#settle("no-hub", false);
    else this.#settle(error.message, this.online);
  }

  #settle(trouble, online) {
    this.trouble = trouble;
    this.online = online;
    this.onChange();
    this.#wait = trouble ? Math.min(this.#wait * 2, LONGEST_WAIT_MS) : FIRST_WAIT_MS;
    // Without trouble a slow heartbeat is enough to notice a revoked tablet or a new key.
    const wait = trouble ? this.#wait * (0.5 + Math.random() / 2) : LONGEST_WAIT_MS;
    this.#timer = setTimeout(() => this.sendNow(), wait);
  }
}

export const outbox = new Outbox();

/** What this page knows right now: the tablet, who has unlocked it, and the conversation in hand. */
import { expect } from "./awaited.js";
import { apply, empty } from "./child/conversation.js";
import { makeRecord } from "./child/record.js";
import { guardian } from "./guardian.js";
import { outbox } from "./outbox.js";
import { store } from "./store/store.js";

const LANGUAGE = "kid-wheel-language";
const CHILDS = { empty, apply, makeRecord };

class Session {
  tablet;
  staff; // {id, name, title}
  id; // of the conversation
  kind; // whose it is: "child" or "guardian"
  state; // folded, see conversation.js and guardian/view.js
  catalog; // {areas, version} of the pack
  hidden; // which screen is behind the calm picture, see child/quick-hide.js
  letter; // the answers to the child, while it looks at them: see child/letter.js
  #letterPictures = new Map(); // what the letter carries → the address it is shown from
  earlier; // what the child said before, when it was lent for this conversation: see follow_up.py
  #parted; // as in `manner`, while the child has its last screen
  #view = CHILDS; // how taps change an empty state, and what record it becomes
  #handedTo;
  #pending = [];
  #writing;
  onSaved = () => {};
  onTrouble = () => {};

  get language() {
    return window.started.language;
  }

  set language(code) {
    window.started.language = code;
    localStorage.setItem(LANGUAGE, code);
  }

  async begin(about, kind = "child") {
    const id = crypto.randomUUID();
    const at = now();
    const view = await viewOf(kind);
    await store.begin(id, at, kind);
    this.#take(id, [], kind, view);
    this.record({ type: "begin", about });
    await this.written();
  }

  async resume(id) {
    const { taps, earlier, kind } = await store.takeUp(id);
    this.#take(id, taps, kind, await viewOf(kind));
    this.earlier = earlier;
  }

  /** A child who is given the tablet to look at its letter, and nothing else: nothing is kept. */
  beginLetter(letter, about) {
    this.#take(undefined, [], "child", CHILDS);
    this.letter = letter;
    apply(this.state, { type: "begin", about, at: now() });
  }

  /** @param {string} key @param {Blob} content @returns {string} where to show it from */
  letterPicture(key, content) {
    if (!this.#letterPictures.has(key)) this.#letterPictures.set(key, URL.createObjectURL(content));
    return this.#letterPictures.get(key);
  }

  closeLetter() {
    for (const address of this.#letterPictures.values()) URL.revokeObjectURL(address);
    this.#letterPictures.clear();
    this.letter = undefined;
  }

  #take(id, taps, kind, view) {
    this.id = id;
    if (id) expect(this.staff);
    this.kind = kind;
    this.#view = view;
    this.state = view.empty();
    for (const tap of taps) view.apply(this.state, tap);
  }

  /** Whoever it is about has the tablet now: nothing else on it can be opened until the PIN is typed. */
  handOver() {
    if (!this.id || this.#handedTo === this.id || this.state.about.origin) return; // over the paper an adult has it
    this.#handedTo = this.id;
    store.handOver(this.id).catch(this.onTrouble);
  }

  get isHandedOver() {
    return this.#handedTo !== undefined;
  }

  takeBack() {
    this.#handedTo = undefined;
  }

  /** How the child in front is spoken to: {about: {language, variant, reading, pace, fit}, listens}. On its
   *  last screen there is only this, until another comes: who cannot read hears that one too. */
  get manner() {
    return this.kind === "guardian" ? undefined : (this.state ?? this.#parted);
  }

  listen(on) {
    if (this.state) this.record({ type: "listen", on });
    else this.#parted.listens = on;
  }

  /** One tap: remembered at once, on disk as soon as the store answers. */
  record(tap) {
    const timed = { ...tap, at: now() };
    this.#view.apply(this.state, timed);
    if (!this.id) return; // a letter alone is no conversation
    this.#pending.push({ id: this.id, tap: timed });
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  async #write() {
    while (this.#pending.length) {
      const { id, tap } = this.#pending[0];
      try {
        await store.tap(id, tap);
      } catch (error) {
        this.onTrouble(error);
        return;
      }
      this.#pending.shift();
    }
    this.onSaved();
  }

  /** Resolves when everything is on disk; throws when it is not. */
  async written() {
    this.#writing ??= this.#pending.length ? this.#write().finally(() => (this.#writing = undefined)) : undefined;
    await this.#writing;
    if (this.#pending.length) throw new Error("not everything is on disk");
  }

  /** Seal what the child said; afterwards nobody on this tablet can read it. */
  async seal(ended) {
    await this.written();
    const record = this.#view.makeRecord(this.state, this.catalog, { id: this.id, finishedAt: now(), ended });
    await store.seal(record, this.tablet.hub_key, now());
    expect(undefined);
    this.part();
    outbox.sendNow();
  }

  async throwAway() {
    await store.throwAway(this.id, now());
    expect(undefined);
    this.part();
  }

  /** An adult lays the conversation aside: all of it is on disk, and a start no longer leads to it. */
  async layAside() {
    await this.written();
    await store.layAside();
    expect(undefined);
    if (this.state) this.letGo();
  }

  /** What the child said is gone from this page; its last screen is still spoken as it chose. */
  part() {
    const { about, listens } = this.manner ?? {};
    this.#forget();
    if (!about) return this.letGo();
    const { language, variant, reading, pace, fit } = about;
    this.#parted = { about: { language, variant, reading, pace, fit }, listens };
  }

  /** The child's last screen is over. */
  hasParted() {
    if (this.#parted) this.letGo();
  }

  /** The conversation leaves this page; a draft stays on disk. */
  letGo() {
    this.#forget();
    this.#parted = undefined;
    for (const pack of ["child-pack", "guardian-pack"]) document.getElementById(pack).replaceChildren();
  }

  #forget() {
    this.closeLetter();
    this.id = this.kind = this.state = this.catalog = this.earlier = undefined;
  }
}

const now = () => new Date().toISOString();

const viewOf = async (kind) => (kind === "guardian" ? (await guardian()).view : CHILDS);

export const session = new Session();

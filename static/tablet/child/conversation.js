/**
 * What has happened in a conversation, as a fold of its taps. It must never weigh or add up answers:
 * it only remembers what the child did last with each card.
 *
 * A tap is {type, at, ...}. Its types are the keys of `changes` below. An answer carries what was
 * `shown`: {card: {label, say, symbol}, step?: {label, symbol}}.
 */
import { closingChanges, emptyClosing, followItem } from "./closing.js";
import { noOwnCards, ownCardChanges } from "./own-cards.js";
import { noDrawings, strokeChanges } from "./strokes.js";
import { sit } from "../sittings.js";

const ASIDE = new Set(["pause", "stop", "throw", "gentle"]);

/** @returns a fresh, empty state */
export const empty = () => ({
  about: undefined,
  stage: "prepared",
  place: "intro", // the child's screen, to come back to exactly
  before: "intro", // the one before a pause or the question whether to stop
  order: [], // area keys in the order the child opened them
  rules: new Set(), // of the conversation, that the child has tapped before it began
  cards: new Map(), // card key → {scale, step} or {silence}, with speaker and at
  words: new Map(), // id → {area, card, text, question, kind, speaker, at}
  asked: new Map(), // likewise, while there is an adult's question and no words yet: it is not part of the record
  feelings: new Map(), // "area/feeling" → {area, key, label, symbol, speaker, at}
  listens: false, // a tap is spoken before it does anything
  drawings: noDrawings(),
  own: noOwnCards(),
  page: undefined, // of an area, where the child was last
  wheel: new Map(), // silences to screens without a card: question → {silence, place, at}
  notes: new Map(), // id → {kind, question, text, at}: the adult's, behind the PIN; the question may come first
  timer: undefined, // {minutes, at} of the picture of time, when an adult has started one
  closing: emptyClosing(),
  sittings: [],
  lookedBack: undefined, // {choice: "yes" | "no", earlier?} to look at what the child said before
});

const changes = {
  ...closingChanges,
  begin(state, { about }) {
    state.about = about;
    if (about.origin) state.place = state.before = "wheel"; // the child was greeted over the paper
  },
  go(state, { to, area }) {
    if (!ASIDE.has(state.place)) state.before = state.place;
    state.place = to;
    if (to.startsWith("area/")) state.page = to;
    if (area && !state.order.includes(area)) state.order.push(area);
    if (state.stage !== "stopped") state.stage = stageOf(to, state.stage);
  },
  meet_rule(state, { rule }) {
    state.rules.add(rule);
  },
  place(state, { card, scale, step, at, shown }) {
    state.cards.set(card, { scale, step, speaker: speakerOf(state), at, shown });
  },
  silence(state, { card, silence, at, shown }) {
    state.cards.set(card, { silence, speaker: speakerOf(state), at, shown });
  },
  take_away(state, { card }) {
    state.cards.delete(card);
    changes.unmake_card(state, { card });
  },
  wheel_silence(state, { question, silence, place, at }) {
    if (silence) state.wheel.set(question, { silence, place, at });
    else state.wheel.delete(question);
  },
  feel(state, { area, feeling, on, shown, at }) {
    const key = `${area}/${feeling}`;
    if (on) state.feelings.set(key, { area, key: feeling, ...shown, speaker: speakerOf(state), at });
    else state.feelings.delete(key);
  },
  listen(state, { on }) {
    state.listens = on;
  },
  say(state, { id, area, card, text, question, kind, speaker, at }) {
    const said = { area, card, text, question, kind, speaker, at };
    if (text.trim()) state.words.set(id, said);
    else state.words.delete(id);
    if (question && !text.trim()) state.asked.set(id, said);
    else state.asked.delete(id);
  },
  unsay(state, { id }) {
    state.words.delete(id);
    state.asked.delete(id);
  },
  note(state, { id, kind, question, text, at }) {
    if (text.trim() || question) state.notes.set(id, { kind, question, text, at });
    else state.notes.delete(id);
  },
  timer(state, { minutes, at }) {
    state.timer = minutes ? { minutes, at } : undefined;
  },
  look_back(state, { choice, earlier }) {
    state.lookedBack = { choice, ...(earlier && { earlier }) };
  },
  ...strokeChanges,
  ...ownCardChanges,
  stop(state) {
    state.stage = "stopped";
  },
  carry_on(state) {
    state.stage = "active";
  },
  confirm(state) {
    state.stage = "confirmed";
  },
};

/** What an adult has written down, with the child's words in it. */
export const notesIn = ({ notes }) => [...notes.values()].filter(({ text }) => text.trim());

/** Change `state` by one more tap. */
export function apply(state, tap) {
  changes[tap.type](state, tap);
  followItem(state, tap);
  sit(state.sittings, tap.at);
}

function stageOf(to, stage) {
  if (to === "intro") return "intro";
  if (to === "pause") return "paused";
  if (to.startsWith("closing")) return "closing";
  return stage === "confirmed" ? stage : "active";
}

const speakerOf = (state) => (state.about.tapped_by === "child" ? "child_chose" : "child_pointed");

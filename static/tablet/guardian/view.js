/**
 * What one guardian has said, as a fold of its taps, and the record that is sealed of it. It must
 * never know of a conversation with a child, nor of another guardian.
 *
 * A tap is {type, at, ...}. Its types are the keys of `changes` below.
 */
import { headOf } from "../record-head.js";
import { sit } from "../sittings.js";

const FORMAT = "kid-wheel/guardian-view/1";
const KINDS = ["is", "wish", "help"]; // own words, in the order they are asked

/** @returns a fresh, empty state */
export const empty = () => ({
  about: undefined,
  place: "start", // the guardian's screen, to come back to exactly
  before: "start", // the one before a pause
  stage: "active",
  language: undefined,
  pictures: true,
  cards: new Map(), // "area/card" → {area, key, kind, label, symbol, language, at}
  words: new Map(), // "area/kind" → {area, kind, text, question, language, at}
  sittings: [],
});

const changes = {
  begin(state, { about }) {
    state.about = about;
    state.language = about.language;
  },
  go(state, { to }) {
    if (!["pause", "throw"].includes(state.place)) state.before = state.place;
    state.place = to;
  },
  choose(state, { area, card, on, shown, at }) {
    const key = `${area}/${card}`;
    if (on) state.cards.set(key, { area, key: card, ...shown, language: state.language, at });
    else state.cards.delete(key);
  },
  write(state, { area, kind, text, question, at }) {
    const key = `${area}/${kind}`;
    if (text.trim()) state.words.set(key, { area, kind, text, question, language: state.language, at });
    else state.words.delete(key);
  },
  look(state, { pictures = state.pictures, language = state.language }) {
    Object.assign(state, { pictures, language });
  },
  confirm(state) {
    state.stage = "confirmed";
  },
};

/** Change `state` by one more tap. */
export function apply(state, tap) {
  changes[tap.type](state, tap);
  sit(state.sittings, tap.at);
}

/** What has been said of an area, in the order it is read: strengths first. */
export function saidOf(state, area) {
  const of = (all) => [...all.values()].filter((one) => one.area === area);
  const cards = of(state.cards);
  const strengths = cards.filter(({ kind }) => kind === "strength");
  return {
    cards: [...strengths, ...cards.filter((card) => !strengths.includes(card))],
    words: of(state.words).sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind)),
  };
}

/**
 * Follows `guardian_view` of kid_wheel/content/record.schema.json.
 * @param {{areas: {key: string, label: string}[]}} catalog @param {{id: string, finishedAt: string}} how
 */
export function makeRecord(state, { areas }, { id, finishedAt }) {
  const { about } = state;
  return {
    format: FORMAT,
    ...headOf(state, { id, finishedAt }),
    language: state.language,
    guardian: about.guardian,
    areas: areas.map(({ key, label }) => {
      const { cards, words } = saidOf(state, key);
      return { key, label, cards: cards.map(withoutArea), statements: words.map(withoutArea) };
    }),
  };
}

const withoutArea = ({ area, ...said }) => said;

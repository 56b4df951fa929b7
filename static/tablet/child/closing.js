/**
 * What the child decides at the end: what is right, who may know, what matters most, who should help.
 * It must never decide anything for the child: what was not answered is absent, and means not asked.
 *
 * A key is an area ("halsa"), a card ("halsa/older/mood"), the id of own words or of a drawing, or an
 * area's feelings together ("halsa/feelings"). A drawing that is a card's picture is decided about
 * with its card. A person's key is "staff/<id>" for somebody of this unit, else the catalog's.
 */
import { cardWithDrawing, isMade } from "./own-cards.js";
import { strokesOf } from "./strokes.js";

export const MOST_IMPORTANT = 3;

export const feelingsKey = (area) => `${area}/feelings`;

export const silenceKey = (question) => `wheel/${question}`;

const ofCard = (_state, { card }) => card;
const ofWords = (_state, { id }) => id;
const ofDrawing = (state, { drawing }) => cardWithDrawing(state, drawing) ?? drawing;

/** Which item a tap has changed. */
const CHANGED = {
  place: ofCard,
  silence: ofCard,
  take_away: ofCard,
  make_card: ofCard,
  unmake_card: ofCard,
  say: ofWords,
  unsay: ofWords,
  feel: (_state, { area }) => feelingsKey(area),
  stroke: ofDrawing,
  unstroke: ofDrawing,
  restroke: ofDrawing,
  undraw: ofDrawing,
  wheel_silence: (_state, { question }) => silenceKey(question),
};

export const emptyClosing = () => ({
  confirmed: new Set(),
  release: new Map(), // key → "may_show" | "may_not" | "dont_know"
  important: [], // keys, in the order they were chosen
  help: new Map(), // person → {choice: "yes" | "no", label, symbol, speaker, at, who?: {text, speaker, at}}
  people: new Map(), // who should come to a meeting, likewise
  how: undefined, // how the child wants to take part: {key, label, symbol, speaker, at}
  silences: new Map(), // step → {silence, at}
  page: new Map(), // key → whether it is on the page to take home
});

/** Taps of the closing, for the fold in conversation.js. */
export const closingChanges = {
  confirm_card({ closing }, { key, yes }) {
    if (yes) closing.confirmed.add(key);
    else closing.confirmed.delete(key);
  },
  release({ closing }, { key, choice }) {
    if (choice) closing.release.set(key, choice);
    else closing.release.delete(key);
  },
  important({ closing }, { key, yes }) {
    closing.important = closing.important.filter((other) => other !== key);
    if (yes && closing.important.length < MOST_IMPORTANT) closing.important.push(key);
  },
  person({ closing, about }, { step, key, choice, shown, at }) {
    closing.silences.delete(step);
    const { who } = closing[step].get(key) ?? {};
    if (choice) closing[step].set(key, { choice, ...shown, speaker: speakerOf(about), at, ...(who && { who }) });
    else closing[step].delete(key);
  },
  name_person({ closing }, { step, key, text, speaker, at }) {
    const { who, ...person } = closing[step].get(key) ?? {};
    if (person.choice) closing[step].set(key, { ...person, ...(text.trim() && { who: { text, speaker, at } }) });
  },
  take_part({ closing, about }, { key, shown, at }) {
    closing.silences.delete("meeting");
    closing.how = key ? { key, ...shown, speaker: speakerOf(about), at } : undefined;
  },
  step_silence({ closing }, { step, silence, at }) {
    closing.silences.set(step, { silence, at });
    if (step === "meeting") closing.how = undefined;
  },
  on_page({ closing }, { key, yes }) {
    closing.page.set(key, yes);
  },
};

/** After any tap: what was changed is no longer confirmed, and what is gone takes all with it. */
export function followItem(state, tap) {
  const key = CHANGED[tap.type]?.(state, tap);
  if (!key) return;
  const { closing } = state;
  closing.confirmed.delete(key);
  if (isThere(state, key)) return;
  closing.release.delete(key);
  closing.page.delete(key);
  closing.important = closing.important.filter((other) => other !== key);
}

function isThere(state, key) {
  const { cards, words, feelings } = state;
  const isFelt = () => [...feelings.values()].some(({ area }) => feelingsKey(area) === key);
  return cards.has(key) || words.has(key) || isMade(state, key) || strokesOf(state, key).length > 0 || isFelt();
}

/** What the child decided about one item of the record. */
export function decided({ closing }, key) {
  const release = closing.release.get(key);
  return {
    ...(closing.confirmed.has(key) && { confirmed: true }),
    ...(release && { release }),
    ...(closing.important.includes(key) && { important: true }),
  };
}

/** Whom the child wants help from and how it wants to take part, for the record. */
export function wishesOf({ closing }) {
  const { help, people, how, silences } = closing;
  const silent = (step) => (silences.has(step) ? { silence: silences.get(step).silence } : {});
  const list = (chosen) => [...chosen].map(([key, person]) => ({ key, ...person }));
  const isAsked = people.size || how || silences.has("meeting") || silences.has("people");
  return {
    ...((help.size || silences.has("help")) && { help: { wanted: list(help), ...silent("help") } }),
    ...(isAsked && {
      meeting: {
        people: list(people),
        ...(how && { how }),
        ...silent("meeting"),
        ...(silences.has("people") && { people_silence: silences.get("people").silence }),
      },
    }),
  };
}

const speakerOf = (about) => (about.tapped_by === "child" ? "child_chose" : "child_pointed");

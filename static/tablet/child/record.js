/**
 * The record that is sealed: what the child said, with the words that were on the screen.
 * Follows kid_wheel/content/record.schema.json.
 */
import { decided, wishesOf } from "./closing.js";

export const FORMAT = "kid-wheel/conversation/1";

/**
 * @param state from conversation.js
 * @param {Array} areas of the catalog: {key, label, cards: [{key, label, say, symbol}]}
 * @param {{id: string, finishedAt: string, ended: "done" | "stopped"}} how
 */
export function makeRecord(state, { areas }, { id, finishedAt, ended }) {
  const { about } = state;
  return {
    format: FORMAT,
    id,
    content_version: about.content_version,
    tablet: about.tablet,
    unit: about.unit,
    staff: about.staff,
    variant: about.variant,
    language: about.language,
    scale: about.scale,
    present: about.present,
    ...(about.origin && { origin: about.origin }),
    tapped_by: about.tapped_by,
    child: about.child,
    started_at: state.sittings[0].from,
    finished_at: finishedAt,
    sittings: state.sittings,
    ended,
    wheel: state.wheel,
    ...(state.notes.size && { notes: [...state.notes.values()].map(noteOf) }),
    ...(state.lookedBack?.earlier && { looked_back_at: state.lookedBack.earlier }),
    ...wishesOf(state),
    areas: areas.map((area) => ({
      key: area.key,
      label: area.label,
      order: state.order.indexOf(area.key) + 1 || null,
      ...decided(state, area.key),
      cards: cardsOf(area, state).map((card) => ({ ...cardOf(card, state.cards.get(card.key)), ...decided(state, card.key) })),
      statements: [...state.words]
        .filter(([, words]) => words.area === area.key)
        .map(([id, words]) => ({ ...statementOf(words), ...decided(state, id) })),
    })),
  };
}

/** The area's cards, and any that the child has answered but that a newer catalog has left out. */
function cardsOf({ key, cards }, state) {
  const known = new Set(cards.map((card) => card.key));
  const gone = [...state.cards.keys()].filter((card) => card.startsWith(`${key}/`) && !known.has(card));
  return [...cards, ...gone.map((card) => ({ key: card }))];
}

/** A new version may have come between two sittings: what counts is what the child saw. */
function cardOf(card, answer) {
  if (!answer) return { ...card, answer: { silence: "not_asked" } };
  const { shown, ...given } = answer;
  return { ...card, ...shown.card, answer: { ...given, ...shown.step } };
}

/** What an adult wrote down behind the PIN. The words are the child's. */
function noteOf({ kind, question, text, at }) {
  return { kind, ...(question && { question }), text, speaker: "adult_wrote_childs_words", at };
}

function statementOf({ text, speaker, question, card, at }) {
  return { text, speaker, ...(question && { question }), ...(card && { card }), at };
}

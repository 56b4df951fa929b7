/**
 * The record that is sealed: what the child said, with the words that were on the screen.
 * Follows kid_wheel/content/record.schema.json.
 */
import { neutral, photoName } from "../photos.js";
import { headOf } from "../record-head.js";
import { decided, feelingsKey, silenceKey, wishesOf } from "./closing.js";
import { notesIn } from "./conversation.js";
import { cardWithDrawing, ownCardsIn } from "./own-cards.js";
import { recordedDrawings } from "./strokes.js";

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
    ...headOf(state, { id, finishedAt }),
    language: about.language,
    variant: about.variant,
    scale: about.scale,
    ...(about.origin && { origin: about.origin }),
    tapped_by: about.tapped_by,
    ended,
    wheel: [...state.wheel].map(([question, { silence, at }]) => ({ question, silence, at, ...decided(state, silenceKey(question)) })),
    ...(notesIn(state).length && { notes: notesIn(state).map(noteOf) }),
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
      ...feelingsOf(area, state),
      ...drawingsOf(area, state),
    })),
  };
}

/** The area's cards, and any that the child has answered but that a newer catalog has left out. */
function cardsOf({ key, cards }, state) {
  const shown = [...cards, ...ownCardsIn(state, key)];
  const known = new Set(shown.map((card) => card.key));
  const gone = [...state.cards.keys()].filter((card) => card.startsWith(`${key}/`) && !known.has(card));
  return [...shown, ...gone.map((card) => ({ key: card }))];
}

/** A new version may have come between two sittings: what counts is what the child saw. An own card
 *  is called what the child called it last. */
function cardOf(card, answer) {
  if (!answer) return { ...local(card), answer: { silence: "not_asked" } };
  const { shown, ...given } = answer;
  return { ...local({ ...card, ...(!card.own && shown.card) }), answer: { ...given, ...shown.step } };
}

/** Left out when there are none. */
function drawingsOf({ key }, state) {
  const drawings = recordedDrawings(state, key, (drawing) => cardWithDrawing(state, drawing)).map((drawing) => ({
    ...drawing,
    ...decided(state, drawing.id),
  }));
  return drawings.length ? { drawings } : {};
}

/** A card of the unit's own says so, and which photograph of the unit's the child saw. */
function local(card) {
  if (card.key.split("/")[1] !== "local") return card;
  const photo = photoName(card.symbol);
  return { ...card, symbol: neutral(card.symbol), local: true, ...(photo && { photo }) };
}

/** What an adult wrote down behind the PIN. The words are the child's. */
function noteOf({ kind, question, text, at }) {
  return { kind, ...(question && { question }), text, speaker: "adult_wrote_childs_words", at };
}

function statementOf({ text, speaker, kind, question, card, at }) {
  return { text, speaker, ...(kind && { kind }), ...(question && { question }), ...(card && { card }), at };
}

function feelingsOf({ key }, state) {
  const feelings = [...state.feelings.values()].filter(({ area }) => area === key).map(({ area, ...feeling }) => feeling);
  if (!feelings.length) return {};
  const together = decided(state, feelingsKey(key));
  return { feelings, ...(Object.keys(together).length && { feelings_decided: together }) };
}

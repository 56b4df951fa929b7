/**
 * Cards that the child makes: a name in the child's words and a picture, picked or drawn.
 * It must never put a word in the child's mouth: a name that is only the picked picture's is kept as
 * what the child chose, not as what it said.
 */
import { strokesOf } from "./strokes.js";

export const noOwnCards = () => new Map(); // card key → {label, symbol, drawing, speaker, at}

export const ownCardChanges = {
  make_card(state, { card, label, symbol, drawing, speaker, at }) {
    state.own.set(card, { label, symbol, drawing, speaker, at: state.own.get(card)?.at ?? at });
  },
  unmake_card(state, { card }) {
    const { drawing } = state.own.get(card) ?? {};
    if (drawing) state.drawings.delete(drawing);
    state.own.delete(card);
    state.cards.delete(card);
  },
};

export const ownKey = (area, id) => `${area}/own/${id}`;

/** @returns {string | undefined} the card that a drawing is the picture of */
export const cardWithDrawing = (state, drawing) => [...state.own].find(([, made]) => made.drawing === drawing)?.[0];

/** The own cards of an area as the record has them; one that was only begun is not there. */
export function ownCardsIn(state, area) {
  return [...state.own.keys()].filter((key) => key.startsWith(`${area}/own/`) && isMade(state, key)).map((key) => ownCard(state, key));
}

/** @returns {{key, label, say, symbol, own: {speaker, drawing?}} | undefined} */
export function ownCard(state, key) {
  if (!state.own.has(key)) return undefined;
  const { label, symbol, speaker, drawing } = state.own.get(key);
  const isDrawn = strokesOf(state, drawing).length > 0;
  return { key, label, say: label, symbol, own: { speaker, ...(isDrawn && { drawing }) } };
}

/** A card whose picture was to be drawn is none before it has a stroke or a name. */
export function isMade(state, key) {
  if (!state.own.has(key)) return false;
  const { speaker, drawing } = state.own.get(key);
  return speaker !== "child_drew" || strokesOf(state, drawing).length > 0;
}

/**
 * All that the child has answered, said or made, as the things that it decides about at the closing.
 * It must never leave out one that is read back, nor put one before another by what it says.
 *
 * An item is {key, area, label, say} with what it looks like: `symbol`, `strokes` or `feelings`; and
 * for a placed card its `answer`, for own words their `text`. `lines` are the words that they have in
 * a second language, where two stand together.
 */
import { faceNow, unplacedCards } from "./card-maker.js";
import { cardWithDrawing } from "./own-cards.js";
import { feelingsKey } from "./closing.js";
import { feelingsIn, sayFeelings } from "./feelings.js";
import { addLines, lineOfAnswer, lineOfCard, lineOfFeelings } from "./second-line.js";
import { copy, picture } from "../screen.js";
import { answerPicture } from "./screens.js";
import { drawnPicture, strokesOf } from "./strokes.js";
import { session } from "../session.js";

export const items = () => [...wordItems(), ...feelingItems(), ...drawingItems(), ...unplacedItems(), ...cardItems()];

const wordItems = () =>
  [...session.state.words].map(([key, { area, text }]) => ({ key, area, text, label: text, symbol: "k-talk", say: text }));

function feelingItems() {
  const areas = new Set([...session.state.feelings.values()].map(({ area }) => area));
  return [...areas].map((area) => {
    const feelings = feelingsIn(area);
    const label = feelings.map(({ label: word }) => word).join(", ");
    const lines = { label: lineOfFeelings(feelings.map(({ key }) => key)) };
    return { key: feelingsKey(area), area, feelings, label, lines, say: sayFeelings(area) };
  });
}

/** What a drawing is called: it has no name of its own. */
export const madeLabel = () => copy("child-readback-made").querySelector("figcaption").textContent;

function drawingItems() {
  const label = madeLabel();
  return [...session.state.drawings]
    .filter(([id, { strokes }]) => strokes.length && !cardWithDrawing(session.state, id))
    .map(([key, { area, strokes }]) => ({ key, area, strokes, label, say: `${label}.` }));
}

const unplacedItems = () => unplacedCards().map(({ key, ...card }) => ({ ...faceItem(key, card), say: card.label }));

function cardItems() {
  return [...session.state.cards].map(([key, given]) => {
    const card = faceNow(key, given.shown.card);
    const answer = answerPicture(given);
    return {
      ...faceItem(key, card),
      answer: answer.label,
      "answer-symbol": answer.symbol,
      lines: { label: lineOfCard(key), answer: lineOfAnswer(given) },
      say: `${card.say} ${answer.label}.`,
    };
  });
}

function faceItem(key, { label, symbol, own }) {
  const strokes = strokesOf(session.state, own?.drawing);
  return { key, area: key.split("/")[0], label, symbol, ...(strokes.length && { strokes }) };
}

/** Shows the item where a template has an image for it: what was drawn, all its feelings, or its symbol. */
export function showItem(element, { strokes, feelings, lines }) {
  addLines(element, lines);
  const image = element.querySelector("img[data-fill='symbol']");
  if (strokes) image.replaceWith(drawnPicture(strokes));
  else if (feelings) image.replaceWith(picturesOf(feelings));
  return element;
}

function picturesOf(feelings) {
  const made = document.createElement("span");
  made.className = "feelings-together";
  made.append(
    ...feelings.map(({ symbol }) => {
      const image = document.createElement("img");
      Object.assign(image, { src: picture(symbol), alt: "", width: 64, height: 64, draggable: false });
      return image;
    }),
  );
  return made;
}

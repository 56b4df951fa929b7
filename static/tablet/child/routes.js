/** /local/child/…: where a child can go, and what is remembered on the way. */
import { backFromWho, offeredFrom, showStep } from "./closing-screens.js";
import { keepName } from "./someone-else.js";
import { childScreens, shownCards } from "./screens.js";
import { followUpRoutes, followUpScreens, offersEarlier } from "./follow-up.js";
import { letterRoutes, letterScreens } from "./letter.js";
import { keepCard, newCardId } from "./card-maker.js";
import { backToArea } from "./area-head.js";
import { cardWithDrawing, ownKey } from "./own-cards.js";
import { drawingsIn } from "./strokes.js";
import { answer, copy, keepScreen } from "../screen.js";
import { session } from "../session.js";

const screens = { ...childScreens, ...followUpScreens, ...letterScreens };
const show = (name, ...args) => answer(screens[name](...args));

function visit(to, area) {
  session.record({ type: "go", to, ...(area && { area }) });
  return showPlace(to);
}

/** The screen of a place such as "area/halsa/2", "wheel" or "closing/1". */
export function showPlace(place) {
  if (place.startsWith("closing-")) return answer(showStep(place));
  const [name, ...rest] = place.split("/");
  if (name === "area") return show("area", rest[0], Number(rest[1] ?? 0));
  if (name === "earlier" || name === "letter") return show(name, Number(rest[0] ?? 0));
  if (name === "closing") return show("closing", Number(rest[0] ?? 0));
  if (name === "words") return show("words", rest[0], rest[1]);
  if (name === "think" || name === "wish") return show("words", rest[0], rest[1], name);
  if (name === "feelings") return show("feelings", rest[0], Number(rest[1] ?? 0));
  if (name === "drawing" || name === "card" || name === "ways") return show(name, ...rest);
  return show(name.replace(/-(.)/g, (_dash, letter) => letter.toUpperCase()));
}

export const childRoutes = {
  "GET intro": () => visit("intro"),
  "GET wheel": () => visit("wheel"),
  "GET area": (area, index = "0") => visit(`area/${area}/${index}`, area),
  "GET ways": (area) => visit(`ways/${area}`, area),
  "GET words": (area, id = unanswered(area) ?? crypto.randomUUID()) => visit(`words/${area}/${id}`, area),
  "GET think": (area, id = unanswered(area, "think") ?? crypto.randomUUID()) => visit(`think/${area}/${id}`, area),
  "GET wish": (area, id = unanswered(area, "wish") ?? crypto.randomUUID()) => visit(`wish/${area}/${id}`, area),
  "GET feelings": (area, page = "0") => visit(`feelings/${area}/${page}`, area),
  "GET cards": (area) => visit(cardsOf(area), area),
  "GET pause": () => visit("pause"),
  "GET stop": () => visit("stop"),
  "GET throw": () => visit("throw"),
  "GET gentle": () => visit("gentle"),
  "GET back": () => visit(session.state.before),
  "GET closing": (index = "0") => visit(offersEarlier() ? "look-back" : `closing/${index}`),
  ...followUpRoutes(visit),
  ...letterRoutes(visit),
  "GET step": (step, index = "0") => {
    const place = offeredFrom(step);
    return visit(place === `closing-${step}` ? `${place}/${index}` : place);
  },
  "GET each": (area, index = "0") => visit(`closing-each/${area}/${index}`),
  "GET who": (step) => visit(`closing-who/${step}`),
  "POST who": (step) => {
    keepName(document.querySelector("#screen form.who"));
    return visit(backFromWho(step));
  },
  "GET confirm": () => visit("confirm"),

  /** From the read-back to the card itself. */
  "GET change": (area, variant, card) => {
    const index = shownCards(area).findIndex(({ dataset }) => dataset.card === `${area}/${variant}/${card}`);
    const perPage = session.state.about.variant === "preschool" ? session.state.about.at_a_time : 1;
    return visit(`area/${area}/${Math.floor(index / perPage)}`, area);
  },

  /** The last paper of the area, or a new one. */
  "GET drawing": (area, id) => visit(`drawing/${area}/${id ?? lastPaper(area) ?? crypto.randomUUID()}`, area),
  "GET paper": (area) => visit(`drawing/${area}/${crypto.randomUUID()}`, area),

  "GET card": (area, id = newCardId()) => visit(`card/${area}/${id}`, area),

  /** The card's picture, drawn. */
  "GET draw-card": (area, id) => {
    const drawing = session.state.own.get(ownKey(area, id))?.drawing ?? crypto.randomUUID();
    keepCard({ drawing });
    return visit(`drawing/${area}/${drawing}`, area);
  },

  "GET unmake-card": (area, id) => {
    session.record({ type: "unmake_card", card: ownKey(area, id) });
    return visit(backToArea(area), area);
  },

  "POST card": (area, id) => {
    keepCard();
    const [, variant, card] = ownKey(area, id).split("/");
    if (session.state.own.has(ownKey(area, id))) return childRoutes["GET change"](area, variant, card);
    return visit(backToArea(area), area);
  },

  "POST words": (area) => {
    const screen = document.querySelector("#screen form.words");
    keepWords(screen, area);
    return visit(cardsOf(area), area);
  },

  "POST keep": () => {
    session.record({ type: "stop" });
    return show("thanks");
  },

  "POST throw": async () => {
    const screen = childScreens.thrown();
    await session.throwAway();
    return answer(screen);
  },

  "POST done": async () => {
    session.record({ type: "confirm" });
    const screen = childScreens.thanks();
    try {
      await session.seal("done");
    } catch (error) {
      session.onTrouble(error);
      return keepScreen({});
    }
    return answer(screen);
  },
};

/** The adult's question that waits for the child's words. Older children choose the kind beside them. */
const unanswered = (area, kind) =>
  [...session.state.asked].findLast(([, asked]) => asked.area === area && (asked.kind === kind || session.state.about.variant === "older"))?.[0];

/** The card of the area that the child was at. */
const cardsOf = (area) => (session.state.page?.startsWith(`area/${area}/`) ? session.state.page : `area/${area}/0`);

const lastPaper = (area) =>
  drawingsIn(session.state, area)
    .filter(([id]) => !cardWithDrawing(session.state, id))
    .at(-1)?.[0];

/** Own words, kept while they are written: the same id each time, so that the last version stays. */
export function keepWords(form, area) {
  const { speaker, question, text, kind } = form.elements;
  const id = form.dataset.words;
  const before = session.state.words.get(id) ?? session.state.asked.get(id);
  const isAdult = speaker.value === "adult_wrote_childs_words";
  const said = { id, area, text: text.value, speaker: speaker.value, question: isAdult ? question.value.trim() : "", ...(kind.value && { kind: kind.value }) };
  if (!before && !said.question && !said.text.trim()) return;
  if (before?.text === said.text && before.question === said.question && before.speaker === said.speaker && before.kind === said.kind) return;
  session.record({ type: "say", ...said });
}

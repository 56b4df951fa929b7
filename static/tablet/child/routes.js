/** /local/child/…: where a child can go, and what is remembered on the way. */
import { offeredFrom, showStep } from "./closing-screens.js";
import { childScreens, shownCards } from "./screens.js";
import { followUpRoutes, followUpScreens, offersEarlier } from "./follow-up.js";
import { answer, keepScreen } from "../screen.js";
import { session } from "../session.js";

const screens = { ...childScreens, ...followUpScreens };
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
  if (name === "earlier") return show("earlier", Number(rest[0] ?? 0));
  if (name === "closing") return show("closing", Number(rest[0] ?? 0));
  if (name === "words") return show("words", rest[0], rest[1]);
  return show(name.replace(/-(.)/g, (_dash, letter) => letter.toUpperCase()));
}

export const childRoutes = {
  "GET intro": () => visit("intro"),
  "GET wheel": () => visit("wheel"),
  "GET area": (area, index = "0") => visit(`area/${area}/${index}`, area),
  "GET words": (area, id = crypto.randomUUID()) => visit(`words/${area}/${id}`, area),
  "GET pause": () => visit("pause"),
  "GET stop": () => visit("stop"),
  "GET throw": () => visit("throw"),
  "GET gentle": () => visit("gentle"),
  "GET back": () => visit(session.state.before),
  "GET closing": (index = "0") => visit(offersEarlier() ? "look-back" : `closing/${index}`),
  ...followUpRoutes(visit),
  "GET step": (step, index = "0") => {
    const place = offeredFrom(step);
    return visit(place === `closing-${step}` ? `${place}/${index}` : place);
  },
  "GET each": (area) => visit(`closing-each/${area}`),
  "GET confirm": () => visit("confirm"),

  /** From the read-back to the card itself. */
  "GET change": (area, variant, card) => {
    const { content } = document.getElementById(`child-area-${area}`);
    const index = shownCards(content).findIndex(({ dataset }) => dataset.card === `${area}/${variant}/${card}`);
    const perPage = session.state.about.variant === "preschool" ? session.state.about.at_a_time : 1;
    return visit(`area/${area}/${Math.floor(index / perPage)}`, area);
  },

  "POST words": (area) => {
    const screen = document.querySelector("#screen form.words");
    keepWords(screen, area);
    return visit(`area/${area}/0`, area);
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

/** Own words, kept while they are written: the same id each time, so that the last version stays. */
export function keepWords(form, area) {
  const { speaker, question, text } = form.elements;
  const id = form.dataset.words;
  const before = session.state.words.get(id);
  const isAdult = speaker.value === "adult_wrote_childs_words";
  const said = { id, area, text: text.value, speaker: speaker.value, question: isAdult ? question.value.trim() : "" };
  if (!before && !said.text.trim()) return;
  if (before?.text === said.text && before.question === said.question && before.speaker === said.speaker) return;
  session.record({ type: "say", ...said });
}

/**
 * Silences to what a screen asks where no card lies: one for each question, which another tap takes
 * back. It must never keep one for a screen that asks nothing and only leads on.
 */
import { session } from "../session.js";
import { isStepAsked } from "./closing-taps.js";
import { wordsOf } from "./listen.js";

const MAX_QUESTION = 300; // characters, as in the schema of the record
const ASKING = new Set(["wheel", "words", "feelings", "release", "release-cards", "important"]);

export const asks = ({ dataset: { screen } }) => ASKING.has(screen);

/** "Hoppa över" is the way on from every step of the closing. */
export function mayBeSilent(screen, silence) {
  if (screen.querySelector("fieldset.card") || asks(screen) || isStepAsked(screen)) return true;
  return silence === "skipped" && screen.matches(".step-screen");
}

export function silentAbout(screen, silence) {
  const question = questionOn(screen);
  const isAgain = session.state.wheel.get(question)?.silence === silence;
  session.record({ type: "wheel_silence", question, silence: isAgain ? null : silence, place: session.state.place });
}

export const silenceOn = (screen) => (asks(screen) ? session.state.wheel.get(questionOn(screen))?.silence : undefined);

/** The adult's own question where there is one, else the screen's; and which area it is about. */
function questionOn(screen) {
  const { area, say } = screen.dataset;
  if (!area) return wordsOf(screen.querySelector("h1")).slice(0, MAX_QUESTION);
  const words = screen.querySelector("form.words[data-speaker='adult_wrote_childs_words']")?.elements.question.value.trim();
  const { label } = session.catalog.areas.find(({ key }) => key === area);
  return `${label}. ${words || say.split("\n").at(-1)}`.slice(0, MAX_QUESTION); // an area may be named first
}

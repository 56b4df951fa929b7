/**
 * A board of letters, for a child who chooses with a switch or by resting: a keyboard needs fingers.
 * It writes at the end of the screen's field, and what is written is kept as if it had been typed.
 */
import { copy } from "../screen.js";

const FIELD = "textarea[name='text'], input[name='text'], input[name='label']";
const LONG = ".own-card-screen"; // where the board would push pictures below the edge
const SENTENCE_BEGINS = /^$|[.?!]\s+$/;

/** Put the board under the field where the child writes, if the screen has one. The light can follow
 *  what is below the edge, a resting pointer cannot. @param {{scan?: string}} fit */
export function layLetters(screen, fit) {
  if (!fit.scan && screen.matches(LONG)) return;
  const field = screen.querySelector(FIELD);
  if (field && !screen.querySelector(".letters")) field.closest("label").after(copy("child-letters"));
}

export function onLetter({ target }) {
  const key = target.closest("[data-letter], [data-erase]");
  if (!key) return;
  const field = key.closest("form").querySelector(FIELD);
  field.value = "erase" in key.dataset ? [...field.value].slice(0, -1).join("") : field.value + written(key.dataset.letter, field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.scrollTop = field.scrollHeight;
}

const written = (letter, { value }) => (SENTENCE_BEGINS.test(value) ? letter.toLocaleUpperCase(document.documentElement.lang) : letter);

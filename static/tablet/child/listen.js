/**
 * Lyssna: for a child who does not read. While it is on, a tap says what is tapped; a second tap on
 * the same does it. And reading aloud of each screen, only where an adult and the child chose so.
 */
import { session } from "../session.js";
import { say } from "./voice.js";

const DOUBLE_MS = 500; // a restless finger's second tap is still the first
const SPOKEN = "[data-say], button, label, h1, h2, p, li, blockquote, legend:not(.card-face), .sector";
const ALWAYS_ACTS = "[data-listen], [data-again], [data-adult-corner], [data-rule]"; // a rule is spoken by its own tap

let heard; // {element, at} what the child has just listened to

/** @param {Element} element @returns {string} the words of anything on a child's screen, a piece a line */
export function wordsOf(element) {
  return element.dataset.say ?? (element.getAttribute("aria-label") ?? ownText(element)).replace(/\s+/g, " ").trim();
}

/** What is written there, without the second language under it: a voice speaks one. */
function ownText(element) {
  const own = element.cloneNode(true);
  for (const line of own.querySelectorAll(".beside")) line.remove();
  return own.textContent;
}

export function toggleListening() {
  session.listen(!session.manner.listens);
  showListening();
  if (session.manner.listens) say(wordsOf(document.querySelector("#rights [data-listen]")));
}

export function showListening() {
  const { listens, about } = session.manner;
  heard = undefined;
  document.body.classList.toggle("is-listening", listens && about.reading !== "off");
  document.body.dataset.reading = about.reading ?? "asked";
  document.querySelector("#rights [data-listen]")?.setAttribute("aria-pressed", String(listens));
}

/** Before anything else hears of a tap: should it be spoken instead of done? */
export function listenInstead(event) {
  if (!session.manner?.listens || session.manner.about.reading === "off") return;
  const element = event.target.closest?.(SPOKEN);
  if (!element?.closest("#rights, #screen > .screen") || event.target.closest(ALWAYS_ACTS)) return;
  if (event.target.matches("textarea, input[name='question'], form.who input[name='text']")) return;
  // A label passes its tap on to the field in it: the same tap, which comes a second time.
  const field = event.target.matches("input") ? event.target.closest("label") : undefined;
  const tapped = field ?? element;
  const isAgain = heard?.element === tapped;
  if (isAgain && event.timeStamp - heard.at > DOUBLE_MS) {
    if (!tapped.matches("label") || field) heard = undefined;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isAgain) return;
  heard = { element: tapped, at: event.timeStamp };
  say(wordsOf(tapped), tapped);
}

let opened; // the screen that was read aloud last, so that its own words are not said for each card

/** A new screen, read from its first words to the card in front of the child. */
export function readAloud(screen) {
  const { say: words = "", screen: name, area } = screen.dataset;
  const now = `${session.id}/${name}/${area}`;
  const isSame = opened === now;
  opened = now;
  if (session.manner.about.reading !== "always") return;
  const inside = screen.querySelectorAll("fieldset.card[data-current], .readback-item, .letter-reply");
  const pieces = [...(isSame ? [] : [words]), ...[...inside].map((one) => one.dataset.say ?? "")];
  say(pieces.join("\n"), screen.querySelector("fieldset.card[data-current]") ?? screen);
}

/**
 * What is true of the conversation, a card for each: the child taps each before it begins. It must
 * never count one as met that the child has not tapped, nor hurry anybody to the next.
 */
import { copy } from "../screen.js";
import { session } from "../session.js";
import { wordsOf } from "./listen.js";
import { say } from "./voice.js";

export function introScreen() {
  const screen = copy("child-intro");
  showMet(screen);
  return screen;
}

/** A tap is a question: it is answered aloud, unless sound was turned off. */
export function onRule({ target }) {
  const rule = target.closest("[data-rule]");
  if (!rule || !session.state) return;
  const screen = rule.closest(".screen");
  for (const other of screen.querySelectorAll("[data-rule]")) other.toggleAttribute("data-current", other === rule);
  if (!session.state.rules.has(rule.dataset.rule)) session.record({ type: "meet_rule", rule: rule.dataset.rule });
  showMet(screen);
  if (session.state.about.reading !== "off") say(wordsOf(rule), rule);
}

function showMet(screen) {
  const rules = [...screen.querySelectorAll("[data-rule]")];
  const begin = screen.querySelector("[data-begin]");
  const isMet = ({ dataset }) => session.state.rules.has(dataset.rule);
  const next = rules.find((rule) => !isMet(rule)) ?? begin;
  for (const rule of rules) rule.setAttribute("aria-pressed", String(isMet(rule)));
  begin.toggleAttribute("disabled", next !== begin);
  for (const one of [...rules, begin]) one.classList.toggle("is-next", one === next);
}

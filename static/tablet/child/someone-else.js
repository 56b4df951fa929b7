/**
 * Who "någon annan" is, in the child's own words. Nobody has to say it: a person without a name is
 * as good an answer as one with.
 */
import { session } from "../session.js";
import { copy } from "../screen.js";
import { writing } from "../writing.js";

const PERSON = "someone_else";

/** On the card of "någon annan", once it is chosen: what was written, and the way to write it. */
export function offerToName(item, step, { key }) {
  const way = item.querySelector("[data-name-person]");
  if (key !== PERSON) return way.remove();
  const chosen = session.state.closing[step].get(key);
  way.toggleAttribute("hidden", !chosen);
  way.setAttribute("hx-get", `/local/child/who/${step}`);
  if (!chosen?.who) return;
  way.querySelector("span").textContent = chosen.who.text;
  way.dataset.named = "";
}

/** After a tap on the card: the way to write is there as long as the person is chosen. */
export function showWay(item, choice) {
  item.querySelector("[data-name-person]")?.toggleAttribute("hidden", !choice);
}

/** @param {"help" | "people"} step @param {string} back the screen that it leads back to */
export function whoScreen(step, back) {
  const screen = copy("child-step-who");
  const form = screen.querySelector("form");
  form.dataset.step = step;
  form.setAttribute("hx-post", `/local/child/who/${step}`);
  screen.dataset.after = back;
  const who = session.state.closing[step].get(PERSON)?.who;
  const speaker = who?.speaker ?? (session.state.about.origin ? "adult_wrote_childs_words" : undefined);
  if (who) form.elements.text.setAttribute("value", who.text);
  for (const one of form.querySelectorAll("[name=speaker]")) if (speaker) one.toggleAttribute("checked", one.value === speaker);
  return screen;
}

/** Where "någon annan" stands among the persons. */
export const placeOf = (persons) => persons.findIndex(({ key }) => key === PERSON);

export function keepName(form) {
  const { step } = form.dataset;
  const before = session.state.closing[step].get(PERSON)?.who;
  const said = { text: form.elements.text.value.trim(), speaker: form.elements.speaker.value };
  if ((before?.text ?? "") === said.text && (!before || before.speaker === said.speaker)) return;
  session.record({ type: "name_person", step, key: PERSON, ...said });
}

/** Kept while it is written, as own words are. */
export function onNaming({ target }) {
  const form = target.closest("form.who");
  if (form) writing.keepSoon(form, () => keepName(form));
}

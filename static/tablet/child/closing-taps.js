/** What a finger does on the closing's screens: each choice is a tap that can be taken back by another. */
import { MOST_IMPORTANT } from "./closing.js";
import { fillSheet } from "./closing-screens.js";
import { showWay } from "./someone-else.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

/** @returns whether the tap was one of the closing's */
export function onClosingTap({ target }) {
  const button = target.closest("[data-confirm], [data-release], [data-important], [data-person-choice], [data-part], [data-on-page], [data-today], [data-print]");
  if (!button) return false;
  const { dataset } = button;
  const item = button.closest(".closing-item");
  const yes = button.getAttribute("aria-pressed") !== "true";
  if ("today" in dataset) return countToday(button);
  if ("print" in dataset) return printSheet();
  if (!session.state) return true;
  if ("confirm" in dataset) session.record({ type: "confirm_card", key: dataset.confirm, yes });
  else if (dataset.release) session.record({ type: "release", key: item.dataset.key, choice: yes ? dataset.release : null });
  else if (dataset.important) return markImportant(button, yes);
  else if (dataset.personChoice) choosePerson(item, yes ? dataset.personChoice : null);
  else if (dataset.part) session.record({ type: "take_part", key: yes ? dataset.part : null, shown: { label: dataset.label, symbol: dataset.symbol } });
  else session.record({ type: "on_page", key: dataset.onPage, yes });
  pressOnly(button, yes, dataset.part ? button.closest("ul") : dataset.release || dataset.personChoice ? item : undefined);
  if (dataset.onPage) fillSheet(button.closest(".screen"));
  return true;
}

/** A step whose silence is an answer of its own. */
export const isStepAsked = ({ dataset: { screen } }) => ["help", "meeting", "people"].includes(screen);

/** "Hoppa över" goes on; the other two silences are kept for this step. */
export function onStepSilence(screen, silence) {
  const step = screen.dataset.screen;
  if (!isStepAsked(screen)) return false;
  session.record({ type: "step_silence", step, silence });
  if (step === "meeting") for (const button of screen.querySelectorAll("[data-part]")) button.setAttribute("aria-pressed", "false");
  return true;
}

function markImportant(button, yes) {
  const full = session.state.closing.important.length >= MOST_IMPORTANT;
  if (!(yes && full)) {
    session.record({ type: "important", key: button.dataset.important, yes });
    button.setAttribute("aria-pressed", String(yes));
  }
  button.closest(".screen").querySelector(".full").hidden = session.state.closing.important.length < MOST_IMPORTANT;
  return true;
}

function choosePerson(item, choice) {
  const { step, person, label, symbol, title, photo } = item.dataset;
  showWay(item, choice);
  session.record({ type: "person", step, key: person, choice, shown: { label, symbol, ...(title && { title }), ...(photo && { photo }) } });
}

function pressOnly(button, yes, group) {
  for (const other of group?.querySelectorAll("[aria-pressed]") ?? []) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(yes));
}

function printSheet() {
  print();
  return true;
}

/**
 * A row of its own: which month, which variant, which face. No conversation, no child, no time.
 * Another face on the same screen changes the same row.
 */
function countToday(button) {
  const place = button.closest("[data-tally]");
  place.dataset.tally ||= crypto.randomUUID();
  const { variant } = document.body.dataset;
  const row = { id: place.dataset.tally, month: new Date().toISOString().slice(0, 7), variant, answer: button.dataset.today };
  pressOnly(button, true, place);
  store.tally(row).catch(session.onTrouble);
  return true;
}

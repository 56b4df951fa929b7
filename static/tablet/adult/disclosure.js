/**
 * When a child tells something serious: advice for the adult, and a note of the exact words. It must
 * never be seen in the child's view, and is never an orosanmälan nor looks like one.
 */
import { notesIn } from "../child/conversation.js";
import { hintAt } from "../child/leading.js";
import { copy, fill, keepScreen, message } from "../screen.js";
import { session } from "../session.js";
import { moment } from "./screens.js";
import { store } from "../store/store.js";
import { writing } from "../writing.js";

/** The screen: advice, numbers that need no net, what was written before, and a form for the next. */
export async function disclosureScreen() {
  const screen = copy("adult-disclosure");
  const { number, elsewhere } = telephones(await store.tablet()); // as the hub last said it
  if (!elsewhere.length) screen.querySelector("[data-elsewhere]").remove();
  if (number) screen.querySelector("[data-no-number]").remove();
  else screen.querySelector("[data-number]").remove();
  const [unanswered] = [...session.state.notes].findLast(([, { text }]) => !text.trim()) ?? [];
  const form = screen.querySelector("form");
  form.dataset.note = unanswered ?? crypto.randomUUID();
  form.elements.question.setAttribute("value", session.state.notes.get(unanswered)?.question ?? "");
  hintAt(form);
  const notes = notesIn(session.state).map(({ question, text, at }) => {
    const item = fill(copy("adult-note"), { question, text, when: moment(at) });
    if (!question) item.querySelector("[data-if-question]").remove();
    return item;
  });
  if (!notes.length) screen.querySelector("[data-if-notes]").remove();
  return fill(screen, { "social-services": number, elsewhere: elsewhere.map((each) => fill(copy("adult-telephone"), each)), notes, now: moment(new Date().toISOString()) });
}

/** Of where the child goes, where the tablet knows it, else of its own unit; and of all the others. */
function telephones({ unit, units, social_services: own, telephones: known = [] }) {
  const { place } = session.state.about.child;
  const { municipality } = units.find(({ id }) => id === place?.unit) ?? unit;
  const there = known.find((each) => each.municipality === municipality)?.telephone;
  const elsewhere = known.filter((each) => each.municipality !== municipality);
  return { number: municipality === unit.municipality ? own : there, elsewhere };
}

/** Keep what is written; an empty note stays on the screen and says why. @returns {Response | undefined} */
export function keepNote() {
  const form = document.querySelector("form[data-note]");
  if (!form.elements.text.value.trim()) return keepScreen({ text: message("note-empty") });
  writeDown(form);
  return undefined;
}

/** A note is on disk while it is written, as the child's own words are. */
export function keepNotesWhileWriting() {
  document.getElementById("screen").addEventListener("input", ({ target }) => {
    const form = target.closest("form[data-note]");
    if (!form) return;
    hintAt(form);
    writing.keepSoon(form, () => writeDown(form));
  });
}

function writeDown(form) {
  const id = form.dataset.note;
  const said = { question: form.elements.question.value.trim(), text: form.elements.text.value };
  const before = session.state.notes.get(id);
  if (before?.text === said.text && before.question === said.question) return;
  if (!before && !said.question && !said.text.trim()) return;
  session.record({ type: "note", kind: "disclosure", id, ...said });
}

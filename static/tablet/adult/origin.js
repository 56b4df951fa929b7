/**
 * A conversation that was held on paper and is written in afterwards: the adult taps what the child
 * placed. It must never look as if the child had held the tablet.
 */
import { message } from "../screen.js";

const LONGEST_MS = 366 * 24 * 3600 * 1000; // what is older than a year is a slip of the finger

/** @returns {{kind: "paper", held_on: string} | undefined} held_on: YYYY-MM-DD */
export function readOrigin(form, errors) {
  if (form.get("origin") !== "paper") return undefined;
  const day = form.get("held_on");
  if (!day) errors.held_on = message("held-on-missing");
  else if (day > today()) errors.held_on = message("held-on-future");
  else if (Date.parse(today()) - Date.parse(day) > LONGEST_MS) errors.held_on = message("held-on-old");
  return { kind: "paper", held_on: day };
}

/** Show what matters for the choice made. On paper it is always the adult who taps. */
export function livenOrigin(form) {
  const isPaper = form.elements.origin.value === "paper";
  for (const part of form.querySelectorAll("[data-when-paper]")) part.hidden = !isPaper;
  for (const part of form.querySelectorAll("[data-when-now]")) part.hidden = isPaper;
  form.elements.tapped_by.closest("label").hidden = isPaper;
  form.elements.held_on.max = today();
}

/** The day where the tablet is, as a date field writes it. */
function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

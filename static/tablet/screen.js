/** Makes screens from the templates that the hub rendered. Data goes in as text, never as HTML. */
import htmx from "../vendor/htmx.js";
import { neutral, photoAddress } from "./photos.js";

/** A copy of a template's content. @param {string} id of the template */
export function copy(id) {
  const template = document.getElementById(id);
  if (!template) throw new RangeError(`no template ${id}`);
  return template.content.firstElementChild.cloneNode(true);
}

/** Put text (or nodes) where `data-fill` asks for it. */
export function fill(root, values) {
  for (const [name, value] of Object.entries(values)) {
    for (const place of root.querySelectorAll(`[data-fill="${name}"]`)) {
      if (value instanceof Node) place.replaceChildren(value);
      else if (Array.isArray(value)) place.replaceChildren(...value);
      else if (place.tagName === "IMG") place.setAttribute("src", picture(value));
      else if (value) place.textContent = value;
    }
  }
  return root;
}

export const picture = (symbol) => photoAddress(symbol) ?? `/static/bildstod/${neutral(symbol)}.svg`;

/** What htmx gets from the tablet itself: the screen, made. See `takeScreen`. */
export function answer(screen) {
  return Object.assign(new Response(null), { screen, text: async () => "" });
}

/** For htmx before it swaps: the screen as it is, where to write it out and read it in again would take as long as to make it. */
export function takeScreen({ ctx, tasks }) {
  const { screen } = ctx.response.raw;
  if (screen) tasks[0].fragment.replaceChildren(screen);
}

/** A sentence to an adult, from the pack of their language. */
export function message(key, values = {}) {
  const found = document.querySelector(`#adult-messages [data-message="${key}"]`);
  const text = found ? found.textContent : key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Show what is wrong beside a field, and leave everything that was written. */
export function showErrors(form, errors) {
  for (const place of form.querySelectorAll("[data-error]")) {
    const text = errors[place.dataset.error];
    place.hidden = !text;
    place.textContent = text ?? "";
  }
  form.querySelector("[data-error]:not([hidden])")?.scrollIntoView({ block: "center" });
}

/** Answer a form without changing the screen. */
export function keepScreen(errors) {
  const form = document.querySelector("#screen form");
  if (form) showErrors(form, errors);
  return new Response(null, { status: 204 });
}

const PATIENCE_MS = 150; // a slow tablet has no idle moment while a PIN is typed

/** Runs when nobody waits for anything, or soon. */
export const whenIdle = globalThis.requestIdleCallback
  ? (act) => requestIdleCallback(act, { timeout: PATIENCE_MS })
  : (act) => setTimeout(act, 50);

export function go(path) {
  return htmx.ajax("GET", path, { target: "#screen", swap: "innerHTML" });
}

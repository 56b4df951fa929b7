/**
 * "Hur känns det?": the feelings that a child picks for an area, several or none. They stand in the
 * catalog's order; nothing here may weigh one against another.
 */
import { feelingsKey } from "./closing.js";
import { offerToConfirm } from "./readback.js";
import { addLines, lineOfArea, lineOfFeeling } from "./second-line.js";
import { copy, fill, go } from "../screen.js";
import { session } from "../session.js";

const PER_PAGE = { preschool: 8, older: 13 };

/** @param {string} area @param {number} page */
export function feelingsScreen(area, page = 0) {
  const screen = copy(`child-feelings-${area}`);
  const cards = [...document.getElementById("feelings").content.querySelectorAll(".feeling")];
  const perPage = PER_PAGE[session.state.about.variant];
  const shown = cards.slice(page * perPage, (page + 1) * perPage).map((card) => card.cloneNode(true));
  for (const card of shown) {
    card.setAttribute("aria-pressed", String(session.state.feelings.has(`${area}/${card.dataset.feeling}`)));
  }
  screen.querySelector(".feelings").replaceChildren(...shown);
  const other = screen.querySelector("[data-other-page]");
  if (cards.length <= perPage) other.remove();
  else other.setAttribute("hx-get", `/local/child/feelings/${area}/${page ? 0 : 1}`);
  return screen;
}

/** On or off, as often as the child likes. */
export function onFeeling({ target }) {
  const card = target.closest("[data-feeling]");
  if (card) {
    const { feeling, label, symbol } = card.dataset;
    const on = card.getAttribute("aria-pressed") !== "true";
    card.setAttribute("aria-pressed", String(on));
    session.record({ type: "feel", area: card.closest(".screen").dataset.area, feeling, on, shown: { label, symbol } });
  }
  const takeAway = target.closest("[data-unfeel]");
  if (!takeAway) return;
  const area = takeAway.dataset.unfeel;
  for (const { key, label, symbol } of feelingsIn(area)) {
    session.record({ type: "feel", area, feeling: key, on: false, shown: { label, symbol } });
  }
  go(`/local/child/${session.state.place}`);
}

/** One thing to read back for each area where the child picked feelings. */
export function readbackFeelings() {
  const areas = new Set([...session.state.feelings.values()].map(({ area }) => area));
  return [...areas].map((area) => {
    const item = copy("child-readback-feelings");
    const picked = feelingsIn(area);
    item.querySelector(".picked").replaceChildren(
      ...picked.map(({ key, label, symbol }) => addLines(fill(copy("child-picked-feeling"), { label, symbol }), { label: lineOfFeeling(key) })),
    );
    addLines(fill(item, { area: areaLabel(area) }), { area: lineOfArea(area) });
    item.dataset.area = area;
    item.dataset.say = `${sayFeelings(area)}\n${item.dataset.say}`;
    offerToConfirm(item, feelingsKey(area));
    item.querySelector("[data-change]").setAttribute("hx-get", `/local/child/feelings/${area}`);
    item.querySelector("[data-unfeel]").dataset.unfeel = area;
    return item;
  });
}

/** What is said for an area's feelings, a piece a line. */
export const sayFeelings = (area) => [areaLabel(area), ...feelingsIn(area).map(({ key, label }) => sayOf(key) ?? label)].join("\n");

const areaLabel = (area) => document.getElementById(`child-area-${area}`).content.firstElementChild.dataset.label;

export const feelingsIn = (area) => [...session.state.feelings.values()].filter((feeling) => feeling.area === area);

const sayOf = (key) => document.getElementById("feelings").content.querySelector(`[data-feeling="${key}"]`)?.dataset.say;

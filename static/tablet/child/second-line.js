/**
 * Where two languages stand together, the second line under a word that a screen is made of anew: a
 * card's name, an answer's, an area's. It must never be what is recorded or said aloud.
 */

/** @returns {Element | undefined} of a card of the catalog's */
export const lineOfCard = (key) => find(`child-area-${key.split("/")[0]}`, `[data-card="${key}"] .card-label`);

export const lineOfArea = (key) => find(`child-area-${key}`, ".area-head h1");

/** @param {{silence?: string, scale?: string, step?: string}} given */
export const lineOfAnswer = ({ silence, scale, step }) =>
  silence ? find("child-rights", `[data-silence="${silence}"] span`) : find(`scale-${scale}`, `[data-step="${step}"] span`);

export const lineOfFeeling = (key) => find("feelings", `[data-feeling="${key}"] span`);

/** Of several feelings together: one line. */
export function lineOfFeelings(keys) {
  const lines = keys.map(lineOfFeeling);
  if (!lines.length || !lines.every(Boolean)) return undefined;
  const line = lines[0].cloneNode();
  line.textContent = lines.map(({ textContent }) => textContent).join(", ");
  return line;
}

/** Puts each line under the words that `fill` has put there. @param {Record<string, Element | undefined>} [lines] by name of the place */
export function addLines(element, lines = {}) {
  for (const [name, line] of Object.entries(lines)) {
    if (line) for (const place of element.querySelectorAll(`[data-fill="${name}"]`)) place.append(line.cloneNode(true));
  }
  return element;
}

const find = (id, selector) => document.getElementById(id)?.content.querySelector(`${selector} > .beside`) ?? undefined;

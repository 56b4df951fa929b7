/** Fetches the packs of templates (from the cache when there is no net) and reads the catalog in them. */
import { layOutLocal } from "./child/local.js";
import { session } from "./session.js";
import { whenIdle } from "./screen.js";
import { store } from "./store/store.js";

const VARIANTS = ["preschool", "older"];
const ahead = new Map(); // address → the pack, read before it is asked for

/** While a PIN is typed: the packs that a conversation in the adult's own language goes on with. */
export function readPacksAhead() {
  for (const variant of VARIANTS) {
    const address = `/tablet/${session.language}/${variant}`;
    whenIdle(() => ahead.set(address, fetched(address).catch(() => undefined)));
  }
}

export async function loadAdultPack(language) {
  await loadPack("adult-pack", `/tablet/${language}/adult`);
}

/**
 * @param {{language: string, variant: string, beside?: string, origin?: object}} about
 * @returns {Promise<{areas: Array, version: string}>}
 */
export async function loadChildPack({ language, variant, beside, origin }) {
  beside ||= origin && adultsOwn(language);
  const [local] = await Promise.all([store.localPack(), loadPack("child-pack", `/tablet/${language}/${variant}`)]);
  if (beside && beside !== language) await putBeside(`/tablet/${beside}/${variant}`);
  layOutLocal(local, { language, variant });
  return readCatalog();
}

/** Who writes in from paper reads the child's words as they stand there, with the adult's own under them. */
const adultsOwn = (language) => (language.split("-")[0] === session.language ? "" : session.language);

/**
 * Two languages at once, for a child and an interpreter: under each text its twin. Both packs come
 * from the same templates, so the texts stand in the same order; where one does not, it stays out.
 */
async function putBeside(address) {
  const pack = document.getElementById("child-pack").firstElementChild;
  const other = (await parsed(address)).body.firstElementChild;
  const { lang, dir } = other.dataset;
  for (const [index, template] of [...pack.querySelectorAll("template")].entries()) {
    const twin = other.querySelectorAll("template")[index];
    if (twin?.id !== template.id) continue;
    namePersons(template.content, twin.content, { lang, dir });
    const texts = template.content.querySelectorAll(TEXTS);
    const twins = twin.content.querySelectorAll(TEXTS);
    if (texts.length !== twins.length) continue;
    texts.forEach((text, at) => {
      const words = twins[at].textContent.trim();
      if (!words || words === text.textContent.trim()) return;
      text.append(lineBeside(words, lang, dir));
    });
  }
}

/** The same in the other language, to stand under it. */
export function lineBeside(words, lang, dir) {
  return Object.assign(document.createElement("span"), { className: "beside", lang, dir, textContent: words });
}

/** A list of persons is data, which each screen makes a card of. */
function namePersons(persons, twins, { lang, dir }) {
  for (const person of persons.querySelectorAll("li[data-person]")) {
    const words = twins.querySelector(`[data-person="${person.dataset.person}"]`)?.dataset.label;
    if (words && words !== person.dataset.label) Object.assign(person.dataset, { beside: words, besideLang: lang, besideDir: dir });
  }
}

const TEXTS = "h1, p, button > span:not(.corner-sign), .card-label, .card-say, .step > span, legend:not(.card-face), .adult-asks";

/** A child's pack to look into, without showing it. @returns {Promise<Document>} */
export const readChildPack = (language, variant) => parsed(`/tablet/${language}/${variant}`);

/** The direction and language of the words in a pack. */
export const wordsOf = (pack) => document.querySelector(`#${pack} > [data-lang]`).dataset;

/** Put a pack of templates in its place. */
export async function loadPack(id, address) {
  document.getElementById(id).replaceChildren(...(await parsed(address)).body.children);
}

/** The words of the adult's screens were asked for when the page began: see start.js. */
function answered(address) {
  const { pack, language } = window.started;
  if (!pack || address !== `/tablet/${language}/adult`) return fetch(address);
  window.started.pack = undefined;
  return pack;
}

async function parsed(address) {
  const found = await ahead.get(address);
  ahead.clear(); // what is put on the page leaves it, and the others were not the one
  return found ?? fetched(address); // fails again where it failed before, and is told now
}

async function fetched(address) {
  const response = await answered(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function readCatalog() {
  const areas = [...document.querySelectorAll("#child-pack template[id^='child-area-']")].map(({ content }) => {
    const { area, label } = content.firstElementChild.dataset;
    const cards = [...content.querySelectorAll("fieldset.card:not([data-laid-aside])")].map(({ dataset }) => ({
      key: dataset.card,
      label: dataset.label,
      say: dataset.say,
      symbol: dataset.symbol,
    }));
    return { key: area, label, cards };
  });
  return { areas, version: wordsOf("child-pack").version };
}

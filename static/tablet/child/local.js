/**
 * Lays a unit's own cards into the child's screens, in the unit's order, and its words for its
 * staff. It must never change what a child has answered: a card that is laid aside stays there.
 */
import { picture } from "../screen.js";
import { usePhotos } from "../photos.js";

const CHILDS_SWEDISH = /^sv\b/;

/** Change the templates in the child's pack. @param {{pack?: object, photos: object[]}} local @param {{variant: string, language: string}} about */
export function layOutLocal({ pack, photos }, { variant, language }) {
  usePhotos(photos, pack?.portraits);
  if (!pack) return;
  for (const { content } of document.querySelectorAll("#child-pack template[id^='child-area-']")) {
    layOutArea(content, pack, variant, language);
  }
  if (CHILDS_SWEDISH.test(language)) namePeople(pack.people);
}

function layOutArea(content, { cards, hidden, order }, variant, language) {
  const form = content.querySelector("form.cards");
  const { area } = content.firstElementChild.dataset;
  const model = form.querySelector("fieldset.card:not([data-scale='samtal'])");
  for (const card of cards) {
    if (card.area === area && card.variant === variant) form.append(makeCard(model, card, language));
  }
  for (const card of form.querySelectorAll("fieldset.card")) card.toggleAttribute("data-laid-aside", hidden.includes(card.dataset.card));
  const places = order[`${area}/${variant}`] ?? [];
  const place = ({ dataset }) => (places.includes(dataset.card) ? places.indexOf(dataset.card) : places.length);
  form.append(...[...form.querySelectorAll("fieldset.card")].sort((a, b) => place(a) - place(b)));
}

/** Like the cards beside it, with words and a picture of its own. It is in the short deck too. */
function makeCard(model, { key, label, say, symbol }, language) {
  const card = model.cloneNode(true);
  for (const name of Object.keys(card.dataset)) if (name !== "scale") delete card.dataset[name];
  Object.assign(card.dataset, { card: key, label, say, symbol, core: "" });
  card.querySelector("img").setAttribute("src", picture(symbol));
  const said = { ".card-label": label, ".card-say": say };
  for (const [place, words] of Object.entries(said)) {
    const element = card.querySelector(place);
    if (!element) continue;
    element.textContent = words;
    if (!CHILDS_SWEDISH.test(language)) Object.assign(element, { lang: "sv", dir: "ltr" });
  }
  return card;
}

/** The catalog's word for a member of staff gives way to the unit's, wherever it stands alone. */
function namePeople(people) {
  for (const template of document.querySelectorAll("#child-pack template")) {
    for (const [key, word] of Object.entries(people)) {
      for (const element of template.content.querySelectorAll(`[data-person="${key}"]`)) namePerson(element, word);
      for (const card of template.content.querySelectorAll(`[data-about="${key}"]`)) addWord(card, word);
    }
  }
}

function namePerson(element, word) {
  const before = element.dataset.label;
  Object.assign(element.dataset, { label: word, say: `${word}.`, named: before });
  write(element, before, word);
}

/** What a card asks is a sentence, and no word of somebody's can be bent to fit into it. */
function addWord(card, word) {
  const before = card.dataset.label;
  card.dataset.label = `${before} (${word})`;
  write(card, before, card.dataset.label);
}

/** Under the text there may be its twin in another language, which stays. */
function write(element, before, words) {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim() === before) texts.currentNode.data = words;
}

/** Where a child makes a card of its own, and how that card looks among the others. */
import { session } from "../session.js";
import { offerToConfirm } from "./readback.js";
import { copy, fill, picture } from "../screen.js";
import { areaHead } from "./area-head.js";
import { ownCard, ownCardsIn, ownKey } from "./own-cards.js";
import { drawnPicture, strokesOf } from "./strokes.js";
import { writing } from "../writing.js";

const NAMED = new Set(["child_said", "adult_wrote_childs_words"]); // else the name is the picture's

export const newCardId = () => crypto.randomUUID().slice(0, 8);

export function cardScreen(area, id) {
  const screen = copy("child-own-card");
  areaHead(screen, area);
  const form = screen.querySelector("form");
  form.dataset.card = ownKey(area, id);
  form.setAttribute("hx-post", `/local/child/card/${area}/${id}`);
  screen.querySelector("[data-draw-card]").setAttribute("hx-get", `/local/child/draw-card/${area}/${id}`);
  screen.querySelector("[data-unmake-card]").setAttribute("hx-get", `/local/child/unmake-card/${area}/${id}`);
  const made = session.state.own.get(form.dataset.card);
  if (made) {
    Object.assign(form.dataset, { symbol: made.symbol, pictureLabel: NAMED.has(made.speaker) ? "" : made.label });
    if (made.drawing) form.dataset.drawing = made.drawing;
    if (NAMED.has(made.speaker)) {
      form.elements.label.setAttribute("value", made.label);
      for (const one of form.querySelectorAll("[name=speaker]")) one.toggleAttribute("checked", one.value === made.speaker);
    }
  }
  showGroup(screen, area);
  showPreview(form);
  return screen;
}

export function startOwnCards() {
  const screen = document.getElementById("screen");
  screen.addEventListener("click", onClick);
  screen.addEventListener("input", onInput);
  screen.addEventListener("change", ({ target }) => target.closest("form.own-card") && keepCard());
}

/** Keep what the form says now. The same card each time: the last version stays. */
export function keepCard(changes = {}, form = document.querySelector("#screen form.own-card")) {
  if (!form || !session.state) return;
  const { card, symbol, pictureLabel, drawing, neutral, neutralLabel } = { ...form.dataset, ...changes };
  const name = form.elements.label.value.trim();
  const before = session.state.own.get(card);
  const label = name || pictureLabel || (drawing ? neutralLabel : "");
  if (!label) {
    if (before) session.record({ type: "unmake_card", card });
    return;
  }
  const speaker = name ? form.elements.speaker.value : pictureLabel && pictureLabel !== neutralLabel ? chose() : "child_drew";
  const made = { card, label, symbol: symbol || neutral, speaker, ...(drawing && { drawing }) };
  if (before && ["label", "symbol", "speaker", "drawing"].every((one) => before[one] === made[one])) return;
  session.record({ type: "make_card", ...made });
}

const chose = () => (session.state.about.tapped_by === "child" ? "child_chose" : "child_pointed");

function onInput({ target }) {
  const form = target.closest("form.own-card");
  if (!form) return;
  showPreview(form);
  writing.keepSoon(form, () => keepCard({}, form));
}

function onClick({ target }) {
  const form = target.closest("form.own-card");
  const button = target.closest("button");
  if (!form || !button) return;
  if (button.dataset.group) showGroup(form, button.dataset.group);
  if (!button.dataset.pick) return;
  delete form.dataset.drawing;
  Object.assign(form.dataset, { symbol: button.dataset.pick, pictureLabel: button.dataset.label });
  showPreview(form);
  keepCard();
}

function showGroup(root, group) {
  for (const button of root.querySelectorAll("[data-group]")) button.setAttribute("aria-pressed", String(button.dataset.group === group));
  for (const list of root.querySelectorAll("[data-pictures]")) list.toggleAttribute("hidden", list.dataset.pictures !== group);
}

function showPreview(form) {
  const { symbol, pictureLabel, drawing, neutral, neutralLabel } = form.dataset;
  const name = (form.elements.label.value || form.elements.label.getAttribute("value") || "").trim();
  form.querySelector(".own-label").textContent = name || pictureLabel || neutralLabel;
  form.querySelector(".own-picture").replaceChildren(faceOf({ symbol: symbol || neutral, drawing }));
  for (const one of form.querySelectorAll("[data-pick]")) one.setAttribute("aria-pressed", String(!drawing && one.dataset.pick === symbol));
}

/** A card's picture: its symbol, or what the child drew. */
export function faceOf({ symbol, drawing }, size = 256) {
  const strokes = strokesOf(session.state, drawing);
  if (strokes.length) return drawnPicture(strokes);
  const made = document.createElement("img");
  Object.assign(made, { src: picture(symbol), alt: "", width: size, height: size, draggable: false });
  return made;
}

/** The child's own cards of an area, as they lie after the others. @returns {HTMLFieldSetElement[]} */
export const ownFaces = (area) =>
  ownCardsIn(session.state, area).map(({ key, label, say, symbol, own }) => {
    const field = fill(copy("child-own-card-face"), { label });
    Object.assign(field.dataset, { card: key, label, say, symbol, ...(own.drawing && { drawing: own.drawing }) });
    field.querySelector(".own-picture").replaceWith(faceOf({ symbol, drawing: own.drawing }));
    field.querySelector("[data-edit-card]").setAttribute("hx-get", `/local/child/card/${area}/${key.split("/").at(-1)}`);
    return field;
  });

/** To read back: drawings, and own cards that were never placed. Items with their own way to change and to take away. */
export function madeItems() {
  const { own, drawings } = session.state;
  const pictures = [...drawings]
    .filter(([id, { strokes }]) => strokes.length && ![...own.values()].some(({ drawing }) => drawing === id))
    .map(([id, { area, strokes }]) => {
      const item = readbackItem(area, id, `/local/child/drawing/${area}/${id}`);
      item.querySelector(".card-face").prepend(drawnPicture(strokes));
      item.querySelector("[data-undraw]").dataset.undraw = id;
      return item;
    });
  return [...pictures, ...unplacedCards().map(unplacedItem)];
}

/** The child's own cards that were never put on the scale. */
export function unplacedCards() {
  const { own, cards } = session.state;
  const areas = new Set([...own.keys()].map((key) => key.split("/")[0]));
  return [...areas].flatMap((area) => ownCardsIn(session.state, area)).filter(({ key }) => !cards.has(key));
}

function unplacedItem({ key, label, symbol, own: { drawing } }) {
  const [area, , id] = key.split("/");
  const item = readbackItem(area, key, `/local/child/card/${area}/${id}`);
  item.querySelector(".card-face").prepend(faceOf({ symbol, drawing }, 200));
  item.querySelector("figcaption").textContent = label;
  item.dataset.say = item.dataset.say.replace(/^.*(?=\n)/, () => label);
  const takeAway = item.querySelector("[data-undraw]");
  delete takeAway.dataset.undraw;
  takeAway.dataset.unmake = key;
  return item;
}

function readbackItem(area, key, change) {
  const item = copy("child-readback-made");
  item.dataset.area = area;
  offerToConfirm(item, key);
  item.querySelector("[data-change]").setAttribute("hx-get", change);
  return item;
}

/** What is read back of a card: an own one as it is called now, any other as it was when it was placed. */
export const faceNow = (key, shown) => ({ ...shown, ...ownCard(session.state, key) });

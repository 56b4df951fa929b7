/**
 * What the child's finger does, and what it cannot do: no way out but the adult's corner.
 * A tap is remembered at once and never waits for the disk; the mark "Sparat" does.
 */
import { onClosingTap, onStepSilence } from "./closing-taps.js";
import htmx from "../../vendor/htmx.js";
import { noteTouch, watchForRest } from "./calm-sign.js";
import { fitChild } from "./fit.js";
import { guardChildMode } from "./guard.js";
import { startQuickHide } from "./quick-hide.js";
import { isFromPaper } from "./on-paper.js";
import { keepNothingBehind } from "./left-behind.js";
import { keepWords } from "./routes.js";
import { readPacksAhead } from "../packs.js";
import { picturesToCome, showAnswered } from "./screens.js";
import { forgetPictures, readAhead } from "./pictures.js";
import { onFeeling } from "./feelings.js";
import { onRule } from "./intro.js";
import { onLetter } from "./letters.js";
import { startPenPad } from "./pen-pad.js";
import { onNaming } from "./someone-else.js";
import { hintAt } from "./leading.js";
import { go, picture } from "../screen.js";
import { startOwnCards } from "./card-maker.js";
import { startDrawing } from "./drawing.js";
import { session } from "../session.js";
import { listenInstead, readAloud, showListening, toggleListening } from "./listen.js";
import { asks, mayBeSilent, silenceOn, silentAbout } from "./silences.js";
import { beQuiet, sayAgain } from "./voice.js";
import { writing } from "../writing.js";

const HOLD_MS = 1000; // the adult's corner: long enough that a child's tap is not it
const LAST = new Set(["thanks", "thrown", "letter-closed"]); // nothing is left to decide about

const root = () => document.querySelector("#screen > .screen");
const rights = () => document.getElementById("rights");

export function startChildMode() {
  const screen = document.getElementById("screen");
  screen.addEventListener("change", onPlaced);
  screen.addEventListener("click", onClick);
  screen.addEventListener("click", stayAtThisAddress);
  screen.addEventListener("input", onWriting);
  screen.addEventListener("input", onNaming);
  screen.addEventListener("click", onFeeling);
  screen.addEventListener("click", onRule);
  screen.addEventListener("click", onLetter);
  screen.addEventListener("pointerdown", onTouched);
  screen.addEventListener("focusin", onTouched);
  rights().addEventListener("click", onRights);
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, noteTouch, { capture: true, passive: true });
  document.addEventListener("click", listenInstead, { capture: true });
  document.addEventListener("visibilitychange", onHidden);
  guardCorner();
  guardChildMode(() => Boolean(root()));
  startQuickHide(onNewScreen);
  keepNothingBehind();
  startDrawing();
  startPenPad();
  startOwnCards();
  document.addEventListener("htmx:after:swap", onNewScreen);
}

/** After each screen: the bar of rights stays where it is, and says what is true of this card. */
export function onNewScreen() {
  beQuiet();
  const now = root();
  const bar = rights();
  bar.hidden = !now;
  document.body.classList.toggle("child-mode", Boolean(now));
  document.body.dataset.on = document.querySelector("#screen > *")?.dataset.screen ?? "";
  document.body.dataset.variant = now ? (session.manner?.about.variant ?? document.body.dataset.variant ?? "") : "";
  if (!now) {
    session.hasParted();
    watchForRest(false);
    fitChild();
    forgetPictures();
    const { coming } = document.querySelector("#screen > *")?.dataset ?? {};
    if (!coming) return;
    readAhead(() => coming.split(" ").map(picture));
    return readPacksAhead();
  }
  if (session.id) readAhead(picturesToCome);
  if (!bar.childElementCount || bar.dataset.lang !== session.manner?.about.language) fillBar(bar);
  fitChild(now, session.manner);
  watchForRest(!LAST.has(now.dataset.screen));
  for (const button of bar.querySelectorAll("[data-silence]")) button.disabled = !mayBeSilent(now, button.dataset.silence);
  showPressed();
  if (!session.manner) return;
  showListening();
  readAloud(now);
}

function fillBar(bar) {
  const template = document.getElementById("child-rights");
  if (!template || !session.manner) return;
  bar.replaceChildren(template.content.cloneNode(true));
  bar.dataset.lang = session.manner.about.language;
  htmx.process(bar);
}

function onPlaced({ target }) {
  if (target.name === "speaker") target.form.dataset.speaker = target.value;
  if (!target.matches(".step input")) return;
  const card = target.closest("fieldset.card");
  delete card.dataset.silence;
  choose(card, target.closest(".step"));
  const { label, symbol } = target.closest(".step").dataset;
  const shown = { card: shownOn(card), step: { label, symbol } };
  session.record({ type: "place", card: card.dataset.card, scale: target.closest(".scale").dataset.scale, step: target.value, shown });
  afterPaint(() => {
    if (!card.isConnected) return;
    showAnswered(root(), card.dataset.card);
    showPressed();
  });
}

/** What lies elsewhere on the screen follows the face under the finger. */
const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));

/** A class and not :has(): the browser repaints one face instead of asking every ancestor. */
function choose(card, chosen) {
  for (const step of card.querySelectorAll(".step")) step.classList.toggle("is-chosen", step === chosen);
}

function onTouched({ target }) {
  const card = target.closest?.("fieldset.card, .closing-item");
  if (!card || card.hasAttribute("data-current")) return;
  for (const other of root().querySelectorAll("fieldset.card, .closing-item")) other.toggleAttribute("data-current", other === card);
  showPressed();
}

function onClick(event) {
  if (onClosingTap(event)) return;
  const { target } = event;
  const takeAway = target.closest("[data-take-away]");
  const unsay = target.closest("[data-unsay]");
  const undraw = target.closest("[data-undraw]");
  const unmake = target.closest("[data-unmake]");
  const unsilence = target.closest("[data-unsilence]");
  if (takeAway) session.record({ type: "take_away", card: takeAway.dataset.takeAway });
  else if (unsay) session.record({ type: "unsay", id: unsay.dataset.unsay });
  else if (undraw) session.record({ type: "undraw", drawing: undraw.dataset.undraw });
  else if (unmake) session.record({ type: "unmake_card", card: unmake.dataset.unmake });
  else if (unsilence) session.record({ type: "wheel_silence", question: unsilence.dataset.unsilence, silence: null });
  else return;
  if (root().dataset.screen === "closing") go(`/local/child/${session.state.place}`);
  else unsay.closest("li").remove();
}

/** A sector's href makes it reachable by key; in the address it would tell the browser's history what was opened. */
function stayAtThisAddress(event) {
  if (event.target.closest("a.sector")) event.preventDefault();
}

function onWriting({ target }) {
  const form = target.closest("form.words");
  if (!form) return;
  hintAt(form);
  showPressed();
  const { area } = root().dataset;
  writing.keepSoon(form, () => keepWords(form, area));
}

/** The tablet is put away, or another app comes over this one. */
function onHidden() {
  if (!document.hidden) return;
  writing.keepNow();
  beQuiet();
}

function onRights({ target }) {
  const button = target.closest("button");
  if (!button || !session.manner) return;
  if (button.dataset.silence) beSilent(button.dataset.silence);
  else if ("again" in button.dataset) sayAgain(root().querySelector("[data-current]") ?? root());
  else if ("listen" in button.dataset) toggleListening();
}

function beSilent(silence) {
  const card = currentCard();
  if (!card) {
    if (silence === "skipped" && goOn(silence)) return;
    if (!onStepSilence(root(), silence) && asks(root())) silentAbout(root(), silence);
    return showPressed();
  }
  for (const input of card.querySelectorAll("input:checked")) input.checked = false;
  choose(card, null);
  card.dataset.silence = silence;
  session.record({ type: "silence", card: card.dataset.card, silence, shown: { card: shownOn(card) } });
  showAnswered(root(), card.dataset.card);
  showPressed();
}

/** On the closing's screens "Hoppa över" is the way on; what was asked and skipped is kept. Where it is
 *  written in from paper it is the adult who goes on: the child may not have been asked. */
function goOn(silence) {
  if (!root().matches(".step-screen")) return false;
  if (!isFromPaper()) onStepSilence(root(), silence);
  go(root().dataset.after ?? root().querySelector(".arrow.next").getAttribute("hx-get"));
  return true;
}

/** The words and picture that the child has in front of it. */
const shownOn = ({ dataset: { label, say, symbol } }) => ({ label, say, symbol });

/** To the card in front, or to what the screen asks. */
function silenceNow() {
  if (!session.state || currentCard()) return currentCard()?.dataset.silence;
  return session.state.closing.silences.get(root().dataset.screen)?.silence ?? silenceOn(root());
}

const currentCard = () => root()?.querySelector("fieldset.card[data-current]");

function showPressed() {
  const silence = silenceNow();
  for (const button of rights().querySelectorAll("[data-silence]")) {
    const isPressed = String(button.dataset.silence === silence);
    if (button.getAttribute("aria-pressed") !== isPressed) button.setAttribute("aria-pressed", isPressed);
  }
}

/** The adult's corner opens when it is held, by finger, pen or key; then a PIN is asked for. */
function guardCorner() {
  let held;
  const start = (event) => {
    const corner = event.target.closest?.("[data-adult-corner]");
    if (!corner || (event.type === "keydown" && !["Enter", " "].includes(event.key)) || event.repeat) return;
    corner.classList.add("is-held");
    held = setTimeout(() => go("/local/corner"), HOLD_MS);
  };
  const stop = () => {
    if (!held) return;
    held = clearTimeout(held);
    for (const corner of document.querySelectorAll(".is-held")) corner.classList.remove("is-held");
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, start);
  for (const kind of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(kind, stop);
}


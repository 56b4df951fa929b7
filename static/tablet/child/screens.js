/** The child's screens. Each makes one element from its template and the state of the conversation. */
import { silenceKey } from "./closing.js";
import { firstStep, sayOf } from "./closing-screens.js";
import { areaHead } from "./area-head.js";
import { copy, fill, picture } from "../screen.js";
import { session } from "../session.js";
import { feelingsScreen, readbackFeelings } from "./feelings.js";
import { inAdultsWords } from "./on-paper.js";
import { introScreen } from "./intro.js";
import { hintAt } from "./leading.js";
import { wordsOf } from "./listen.js";
import { cardScreen, faceNow, faceOf, madeItems, ownFaces } from "./card-maker.js";
import { drawingScreen } from "./drawing.js";
import { hasTray, layOut } from "./one-thing.js";
import { pagesOf } from "./page.js";
import { offerToConfirm } from "./readback.js";
import { addLines, lineOfAnswer, lineOfCard } from "./second-line.js";

const SILENCES = ["skipped", "dont_know", "dont_want"];
// Read back from what is hard to what is good, so that it ends on something good (Talking Mats).
const WORST_FIRST = ["not_good", "not_so_good", "so_so", "good", "very_good"];

const LONG = 120; // letters of own words: more than stand well beside another's
const ROWS_OF_WORDS = 600; // letters across, in the height of one of two rows

export const childScreens = {
  intro: () => withAnsvarig(introScreen()),

  wheel() {
    const screen = copy("child-wheel");
    for (const sector of screen.querySelectorAll(".sector")) {
      const key = sector.dataset.area;
      sector.setAttribute("role", "button");
      sector.setAttribute("href", `#${key}`);
      sector.setAttribute("hx-get", `/local/child/area/${key}`);
      showDots(sector, answeredIn(key));
    }
    return screen;
  },

  area(key, index = 0) {
    const { about } = session.state;
    const cards = shownCards(key);
    const perPage = about.variant === "preschool" ? about.at_a_time : 1;
    const pages = Math.max(1, Math.ceil(cards.length / perPage));
    const page = Math.min(Math.max(0, index), pages - 1);
    const inFront = cards.slice(page * perPage, (page + 1) * perPage);
    const shown = inFront.map((card) => prepareCard(card.cloneNode(true)));
    const screen = aroundCards(key);
    layOut(screen, about);
    screen.querySelector(".cards").append(...shown);
    (shown.find((card) => !session.state.cards.has(card.dataset.card)) ?? shown[0])?.setAttribute("data-current", "");
    screen.querySelector(".cards").dataset.count = String(shown.length);
    if (hasTray(about)) tray(screen, key, cards, page);
    else {
      steps(screen, `/local/child/area/${key}`, page, pages, "/local/child/wheel");
      progress(screen, cards, inFront);
    }
    return screen;
  },

  ways(key) {
    const screen = copy("child-ways");
    areaHead(screen, key);
    for (const way of screen.querySelectorAll("[data-way]")) way.setAttribute("hx-get", `/local/child/${way.dataset.way}/${key}`);
    screen.querySelector("[data-back]").setAttribute("hx-get", `/local/child/cards/${key}`);
    return screen;
  },

  words(key, id, kind) {
    const screen = copy(`child-words-${key}`);
    const form = screen.querySelector("form");
    form.dataset.words = id ?? crypto.randomUUID();
    const known = session.state.words.get(id) ?? session.state.asked.get(id);
    showKind(form, known?.kind ?? kind);
    if (known) {
      for (const one of form.querySelectorAll("[name=speaker]")) one.toggleAttribute("checked", one.value === known.speaker);
      form.elements.text.textContent = known.text;
      form.elements.question.setAttribute("value", known.question ?? "");
      hintAt(form);
    }
    form.dataset.speaker = form.querySelector("[name=speaker][checked]").value;
    const others = [...session.state.words].filter(([other, words]) => words.area === key && other !== id);
    screen.querySelector(".said").replaceChildren(
      ...others.map(([other, { text }]) => {
        const item = fill(copy("child-said"), { text });
        item.querySelector("[data-unsay]").dataset.unsay = other;
        item.dataset.say = text;
        return item;
      }),
    );
    return screen;
  },

  feelings: feelingsScreen,
  drawing: drawingScreen,
  card: cardScreen,

  pause: () => copy("child-pause"),
  gentle: () => copy("child-gentle"),
  stop: () => inAdultsWords(copy("child-stop")),
  throw: () => inAdultsWords(copy("child-throw")),
  confirm: () => inAdultsWords(copy("child-confirm")),
  thanks() {
    const screen = withAnsvarig(withAnswerDays(copy("child-thanks")));
    screen.dataset.say = [...screen.querySelectorAll("h1, .way-on span, legend, .hand-back")].map(wordsOf).join("\n");
    return inAdultsWords(screen);
  },
  thrown: () => inAdultsWords(copy("child-thrown")),

  closing(index = 0) {
    const items = readbackItems();
    if (!items.length) return inAdultsWords(copy("child-nothing-said"));
    const screen = copy("child-closing");
    const pages = pagesOf(items, hasTray(session.state.about) ? 4 : 1, roomOf);
    const page = Math.min(Math.max(0, index), pages.length - 1);
    const list = screen.querySelector(".readback");
    list.dataset.count = String(Math.max(...pages.map(({ length }) => length)));
    list.replaceChildren(...pages[page]);
    list.firstElementChild.setAttribute("data-current", "");
    steps(screen, "/local/child/closing", page, pages.length, firstStep());
    return inAdultsWords(screen);
  },
};

/** Of four on a page, many own words stand across it: all of them are there to see. */
const roomOf = (item) => (item.matches(".is-long") ? 2 * Math.ceil(item.textContent.length / ROWS_OF_WORDS) : 1);

/** The cards of an area that an adult has laid out, and any that the child has answered or made: to be copied. */
export function shownCards(area) {
  const { about, cards } = session.state;
  const laidOut = [...areaTemplate(area).querySelectorAll("fieldset.card")].filter(({ dataset }) => {
    if (cards.has(dataset.card) || about.optional.includes(dataset.card)) return true;
    if ("laidAside" in dataset) return false;
    if ("optional" in dataset || about.age < Number(dataset.ageFrom ?? 0)) return false;
    return about.deck === "all" || "core" in dataset;
  });
  return [...laidOut, ...ownFaces(area)];
}

const areaTemplate = (area) => document.getElementById(`child-area-${area}`).content.firstElementChild;

/** A copy of an area's screen without its cards: most of them are not to be shown. */
function aroundCards(area) {
  const made = areaTemplate(area);
  const screen = made.cloneNode();
  screen.append(...[...made.children].map((part) => part.cloneNode(!part.matches(".cards"))));
  return screen;
}

/** The addresses of the pictures of all that can be opened from the wheel, and of what every screen has. */
export function picturesToCome() {
  const steps = document.getElementById(`scale-${session.state.about.scale}`).content.querySelectorAll(".step");
  const areas = session.catalog.areas.map(({ key }) => key);
  const cards = areas.flatMap(shownCards);
  const always = [document.getElementById("child-wheel"), document.getElementById("child-rights")].map(({ content }) => content);
  const named = [...always, areaTemplate(areas[0])].flatMap((part) => [...part.querySelectorAll("image, button img")]);
  return [
    ...[...steps, ...cards].map(({ dataset }) => picture(dataset.symbol)),
    ...named.map((one) => one.getAttribute("href") ?? one.getAttribute("src")),
  ];
}

/** Mark on the screen that the child has answered a card, without making anything anew. */
export function showAnswered(screen, card) {
  const answer = session.state.cards.get(card);
  for (const mark of screen.querySelectorAll(`[data-mark="${card}"]`)) {
    mark.classList.toggle("is-answered", Boolean(answer));
    const badge = mark.querySelector(".badge");
    if (badge) showBadge(badge, answer);
  }
}

/** Whether words are about how it is, what the child thinks or what it wants, where a child can see it. */
function showKind(root, kind) {
  for (const field of root.querySelectorAll("[name=kind]")) {
    if (field.type === "radio") field.toggleAttribute("checked", field.value === kind);
    else field.setAttribute("value", kind ?? "");
  }
  if (!kind) return undefined;
  const { label, symbol } = document.getElementById(`kind-${kind}`).dataset;
  root.querySelector("[data-kind-sign]")?.removeAttribute("hidden");
  fill(root, { kind: label, "kind-symbol": symbol });
  return { label, symbol };
}

export function answerPicture(answer) {
  if (answer.silence) return document.getElementById(`silence-${answer.silence}`).dataset;
  return answer.shown.step;
}

const answeredIn = (area) => [...session.state.cards.keys()].filter((card) => card.startsWith(`${area}/`)).length;

/** Who reads and within how many days is known of the tablet's own unit. A case, and another school, has its own. */
function whoReads() {
  const { case_code: code, place } = session.state.about.child;
  return !code && place?.unit === session.tablet.unit.id ? session.tablet : {};
}

function withAnsvarig(screen) {
  fill(screen, { ansvarig: whoReads().ansvarig });
  for (const read of screen.querySelectorAll("[data-say-text]")) read.dataset.say = read.textContent.trim();
  return screen;
}

function withAnswerDays(screen) {
  const { answer_days: n } = whoReads();
  return n ? fill(screen, { when: screen.querySelector("[data-days]").dataset.days.replace("{n}", n) }) : screen;
}

/** The dots nearest the middle of the rim, one for each card the child has met. */
function showDots(sector, count) {
  const dots = [...sector.querySelectorAll(".sector-dots circle")];
  const first = Math.floor((dots.length - Math.min(count, dots.length)) / 2);
  dots.forEach((dot, index) => (index < first || index >= first + count) && dot.remove());
}

function prepareCard(card) {
  const key = card.dataset.card;
  const answer = session.state.cards.get(key);
  const kind = card.dataset.scale === "samtal" ? "samtal" : session.state.about.scale;
  const scale = copy(`scale-${kind}`);
  scale.querySelector("[data-talk]")?.setAttribute("hx-get", `/local/child/words/${key.split("/")[0]}`);
  for (const input of scale.querySelectorAll("input")) {
    input.name = key;
    if (answer?.scale !== kind || answer.step !== input.value) continue;
    input.setAttribute("checked", "");
    input.closest(".step").classList.add("is-chosen");
  }
  if (answer?.silence) card.dataset.silence = answer.silence;
  card.append(scale);
  return card;
}

function tray(screen, area, cards, current) {
  const lies = copy("child-tray-card");
  screen.querySelector(".tray").append(
    ...cards.map(({ dataset: { card, label, symbol, drawing } }, index) => {
      const button = marked(lies.cloneNode(true), card);
      const [face, words, badge] = button.children;
      if (drawing) face.replaceWith(faceOf({ symbol, drawing }));
      else face.setAttribute("src", picture(symbol));
      words.textContent = label;
      showBadge(badge, session.state.cards.get(card));
      button.setAttribute("hx-get", `/local/child/area/${area}/${index}`);
      button.setAttribute("aria-current", String(index === current));
      return button;
    }),
  );
}

/** @param {HTMLImageElement} badge @param {object | undefined} answer what the child has answered to its card */
function showBadge(badge, answer) {
  badge.hidden = !answer;
  if (answer) badge.src = picture(answerPicture(answer).symbol);
}

/** Arrows and dots. The last arrow leads to `after`. */
export function steps(screen, base, page, pages, after) {
  const [previous, next] = screen.querySelectorAll(".arrow");
  if (page > 0) previous.setAttribute("hx-get", `${base}/${page - 1}`);
  else previous.setAttribute("hidden", "");
  next.setAttribute("hx-get", page < pages - 1 ? `${base}/${page + 1}` : after);
  if (page === pages - 1 && next.dataset.last) next.setAttribute("aria-label", next.dataset.last);
  screen.querySelector(".progress").replaceChildren(
    ...Array.from({ length: pages }, (_, index) => {
      const dot = document.createElement("li");
      if (index === page) dot.setAttribute("aria-current", "step");
      return dot;
    }),
  );
}

/** One dot for each card: filled when the child has met it, ringed when it is on the screen. */
function progress(screen, cards, inFront) {
  const list = screen.querySelector(".progress");
  list.classList.toggle("is-long", cards.length > 8);
  list.replaceChildren(
    ...cards.map((card) => {
      const dot = marked(document.createElement("li"), card.dataset.card);
      if (inFront.includes(card)) dot.setAttribute("aria-current", "step");
      return dot;
    }),
  );
}

function marked(element, key) {
  element.dataset.mark = key;
  element.classList.toggle("is-answered", session.state.cards.has(key));
  return element;
}

function readbackItems() {
  const { cards, words } = session.state;
  const answered = [...cards].map(([key, given]) => ({ card: { ...faceNow(key, given.shown.card), key, area: key.split("/")[0] }, given }));
  answered.sort((a, b) => rank(a.given) - rank(b.given));
  return [
    ...[...session.state.wheel].map(([question, given]) => readbackSilence(question, given)),
    ...[...words].map(([id, said]) => readbackWords(id, said)),
    ...readbackFeelings(),
    ...madeItems(),
    ...answered.map(({ card, given }) => readbackCard(card, given)),
  ];
}

const rank = (given) => (given.silence ? SILENCES.indexOf(given.silence) - SILENCES.length : WORST_FIRST.indexOf(given.step));

function readbackCard(card, given) {
  const { symbol, label } = answerPicture(given);
  const item = fill(copy("child-readback-card"), { label: card.label, symbol: card.symbol, answer: label, "answer-symbol": symbol });
  addLines(item, { label: lineOfCard(card.key), answer: lineOfAnswer(given) });
  item.dataset.area = card.area;
  if (card.own?.drawing) item.querySelector(".card-face img").replaceWith(faceOf({ drawing: card.own.drawing }));
  sayOf(item, { say: card.say, answer: (answerSay(given) ?? label).replace(/[.]$/, "") });
  offerToConfirm(item, card.key);
  item.querySelector("[data-change]").setAttribute("hx-get", `/local/child/change/${card.key}`);
  item.querySelector("[data-take-away]").dataset.takeAway = card.key;
  return item;
}

/** To a question without a card. What an older version kept leads to the wheel. */
function readbackSilence(question, given) {
  const [way, area] = (given.place ?? "wheel").split("/");
  const { symbol, label } = answerPicture(given);
  const face = way === "feelings" ? "k-feelings" : "k-talk";
  const item = fill(copy("child-readback-card"), { label: question, symbol: face, answer: label, "answer-symbol": symbol });
  addLines(item, { answer: lineOfAnswer(given) });
  if (session.catalog.areas.some(({ key }) => key === area)) item.dataset.area = area;
  sayOf(item, { say: question, answer: answerSay(given).replace(/[.]$/, "") });
  offerToConfirm(item, silenceKey(question));
  const there = (given.place ?? "wheel").replace("closing-each", "each").replace("closing-", "step/");
  item.querySelector("[data-change]").setAttribute("hx-get", `/local/child/${there}`);
  const takeAway = item.querySelector("[data-take-away]");
  takeAway.removeAttribute("data-take-away");
  takeAway.dataset.unsilence = question;
  return item;
}

/** What is said for an answer: its step's own prompt, or the silence's. */
function answerSay({ silence, scale, step }) {
  if (silence) return document.getElementById(`silence-${silence}`).dataset.say;
  return document.getElementById(`scale-${scale}`)?.content.querySelector(`[data-step="${step}"]`)?.dataset.say;
}

function readbackWords(id, { area, text: said, kind }) {
  const item = fill(copy("child-readback-words"), { text: said });
  item.classList.toggle("is-long", said.length > LONG);
  const sign = showKind(item, kind);
  item.dataset.area = area;
  sayOf(item, { text: sign ? `${sign.label}. ${said}` : said });
  offerToConfirm(item, id);
  item.querySelector("[data-change]").setAttribute("hx-get", `/local/child/words/${area}/${id}`);
  item.querySelector("[data-unsay]").dataset.unsay = id;
  return item;
}

/**
 * The steps after the read-back: who may know, what matters most, who should help, the meeting, the
 * page to take home. It must never mark an answer that the child has not given.
 */
import { MOST_IMPORTANT } from "./closing.js";
import { items, showItem } from "./items.js";
import { inAdultsWords, isFromPaper } from "./on-paper.js";
import { hasTray } from "./one-thing.js";
import { pagesOf } from "./page.js";
import { steps } from "./screens.js";
import { lineOfArea } from "./second-line.js";
import { offerToName, placeOf, whoScreen } from "./someone-else.js";
import { lineBeside } from "../packs.js";
import { photoSymbol, portraitOf } from "../photos.js";
import { copy, fill } from "../screen.js";
import { session } from "../session.js";

const STEPS = ["release", "important", "help", "meeting", "people", "my-wheel"];
const WITH_ITEMS = new Set(["release", "important", "my-wheel"]);
// How many fit beside the arrows at each size that units have.
const PER_PAGE = {
  few: { release: 1, important: 6, help: 6, people: 6, "my-wheel": 6 },
  many: { release: 7, important: 15, help: 12, people: 12, "my-wheel": 15 },
};
const perPage = () => PER_PAGE[hasTray(session.state.about) ? "many" : "few"];
const IN_A_ROW = { preschool: 3, older: 5 }; // of the tiles
const LONG = 60; // letters: more than a tile among others holds
const ROW_OF_WORDS = { release: 120, tiles: 350 }; // letters that stand in the height of one row
const FROM_PLACE = /^closing-([a-z-]+)\/?(.*)$/;

/** The screen of a place such as "closing-help/1", "closing-each/halsa/0" or "closing-who/help". */
export function showStep(place) {
  const [, name, rest] = FROM_PLACE.exec(place);
  if (name === "each") return eachCard(...rest.split("/"));
  if (name === "who") return inAdultsWords(whoScreen(rest, `/local/child/step/${backFromWho(rest).slice("closing-".length)}`));
  return inAdultsWords(makers[name](Number(rest) || 0));
}

/** Where the read-back leads to. */
export const firstStep = () => stepAfter(undefined);

const makers = {
  release(index) {
    const screen = copy("child-step-release");
    const areas = areasSpokenOf();
    const page = turn(screen, "release", areas, index);
    screen.querySelector(".release-list").replaceChildren(
      ...page.map((area) => {
        const item = releaseItem(area);
        item.querySelector("[data-each]")?.setAttribute("hx-get", `/local/child/each/${area.key}`);
        return item;
      }),
    );
    return begin(screen);
  },

  important(index) {
    const screen = copy("child-step-important");
    const page = turn(screen, "important", items(), index);
    const { important } = session.state.closing;
    screen.querySelector(".tiles").replaceChildren(...page.map((item) => tile(item, "important", important.includes(item.key))));
    screen.querySelector(".full").toggleAttribute("hidden", important.length < MOST_IMPORTANT);
    return begin(screen);
  },

  help: (index) => persons("help", index),
  people: (index) => persons("people", index),

  meeting() {
    const screen = copy("child-step-meeting");
    const { how } = session.state.closing;
    for (const button of screen.querySelectorAll("[data-part]")) press(button, button.dataset.part === how?.key);
    turn(screen, "meeting", [true], 0);
    return begin(screen);
  },

  "my-wheel"(index) {
    const screen = copy("child-step-my-wheel");
    const page = turn(screen, "my-wheel", items(), index);
    screen.querySelector(".tiles").replaceChildren(...page.map((item) => tile(item, "onPage", isOnPage(item))));
    fillSheet(screen);
    return begin(screen);
  },
};

function eachCard(area, index = 0) {
  const screen = copy("child-step-release-cards");
  const all = items().filter((item) => item.area === area);
  const pages = stepPages("release", all);
  const page = Math.min(Number(index), pages.length - 1);
  screen.querySelector(".release-list").replaceChildren(...pages[page].map(releaseItem));
  for (const button of screen.querySelectorAll("[data-each]")) button.remove();
  steps(screen, `/local/child/each/${area}`, page, pages.length, "/local/child/step/release/0");
  if (page === 0) lead(screen, "/local/child/step/release/0");
  inAdultsWords(screen);
  const { areas } = session.catalog;
  screen.querySelector("h1").append(` – ${areas.find(({ key }) => key === area).label}`);
  return begin(screen);
}

/** In the order the child opened them. */
function areasSpokenOf() {
  const spoken = new Set(items().map(({ area }) => area));
  const { order } = session.state;
  return session.catalog.areas
    .filter(({ key }) => spoken.has(key))
    .sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key))
    .map(({ key, label }) => ({ key, area: key, label, symbol: areaSymbol(key), lines: { label: lineOfArea(key) } }));
}

const areaSymbol = (key) => {
  const sign = document.getElementById(`child-area-${key}`).content.querySelector(".area-sign img");
  return sign.getAttribute("src").replace(/^.*\/|\.svg$/g, "");
};

function releaseItem({ key, area, label, symbol, ...looks }) {
  const item = showItem(fill(copy("child-release"), { label, ...(symbol && { symbol }) }), looks);
  const chosen = session.state.closing.release.get(key);
  Object.assign(item.dataset, { key, area });
  item.classList.toggle("is-long", isLong(label));
  for (const button of item.querySelectorAll("[data-release]")) press(button, button.dataset.release === chosen);
  return sayOf(item, { label });
}

function tile({ key, area, say, ...shown }, what, isPressed) {
  const item = showItem(fill(copy("child-tile"), textsOf(shown)), shown);
  const button = item.querySelector("button");
  button.dataset[what] = key;
  if (!shown["answer-symbol"]) item.querySelector(".badge").remove();
  for (const mark of item.querySelectorAll("[data-mark-of]")) if (mark.dataset.markOf !== what) mark.remove();
  press(button, isPressed);
  Object.assign(item.dataset, { area, say });
  item.classList.toggle("is-long", isLong(shown.label));
  return item;
}

function persons(step, index) {
  const screen = copy(`child-step-${step}`);
  const chosen = session.state.closing[step];
  const page = turn(screen, step, candidates(), index);
  screen.querySelector(".persons").replaceChildren(
    ...page.map(({ key, label, title, symbol, photo, say, beside, besideLang, besideDir }) => {
      const item = fill(copy("child-person"), { label, title, symbol: photoSymbol({ symbol, photo }) });
      item.classList.toggle("has-photo", Boolean(photo));
      if (beside) item.querySelector("[data-fill='label']").append(lineBeside(beside, besideLang, besideDir));
      if (!title) item.querySelector("small").remove();
      Object.assign(item.dataset, { person: key, label, symbol, step, ...(title && { title }), ...(photo && { photo }) });
      for (const button of item.querySelectorAll("[data-person-choice]")) {
        press(button, button.dataset.personChoice === chosen.get(key)?.choice);
      }
      offerToName(item, step, { key });
      return sayOf(item, { label: say.replace(/[.]$/, "") });
    }),
  );
  return begin(screen);
}

/** The place where "någon annan" can be chosen. */
export function backFromWho(step) {
  const page = Math.floor(placeOf(candidates()) / perPage()[step]);
  return `closing-${step}/${page}`;
}

/** Real people of this unit first, by their photographs or as figures; then those it has words of its
 *  own for, family and others. */
function candidates() {
  const figures = peopleIn("child-figures");
  const colleagues = (session.tablet.colleagues ?? []).map(({ id, name, title: written }) => {
    const is = written.toLowerCase();
    const figure = figures.find(({ label, named = label }) => is.includes(named.toLowerCase()));
    const title = is === figure?.named?.toLowerCase() ? figure.label : written;
    const photo = portraitOf(id);
    return { key: `staff/${id}`, label: name, title, photo, symbol: (figure ?? figures[0]).symbol, say: title ? `${name}, ${title}` : name };
  });
  tellApart(colleagues.filter(({ photo }) => !photo));
  const others = peopleIn("child-people");
  const isThere = ({ key, label }) => others.some((other) => other.key === key) || colleagues.some(({ title }) => title === label);
  return [...colleagues, ...figures.filter((figure) => figure.named && !isThere(figure)), ...others];
}

/** Of those without a photograph the first keeps the figure of the title; others get one of their own,
 *  as long as there are any, so that a child who cannot read can tell them apart. */
function tellApart(people) {
  const spare = document.getElementById("child-figures").content.firstElementChild.dataset.spare.split(" ");
  const taken = new Set();
  for (const person of people) {
    if (taken.has(person.symbol)) person.symbol = spare.shift() ?? person.symbol;
    taken.add(person.symbol);
  }
}

const peopleIn = (id) =>
  [...document.getElementById(id).content.querySelectorAll("li")].map(({ dataset: { person, ...about } }) => {
    return { key: person, ...about };
  });

/** What the child let be shown at home is on the page to begin with; nothing else is. */
function isOnPage({ key, area }) {
  const { page, release } = session.state.closing;
  return page.get(key) ?? (release.get(key) ?? release.get(area)) === "may_show";
}

/** The page to print holds what is chosen, and nothing when nothing is. */
export function fillSheet(screen) {
  const chosen = items().filter(isOnPage);
  screen.querySelector("[data-print]").toggleAttribute("disabled", !chosen.length);
  screen.querySelector(".sheet-wheel").replaceChildren(wheelOf(new Set(chosen.map(({ area }) => area))));
  screen.querySelector(".sheet-items").replaceChildren(
    ...session.catalog.areas
      .map(({ key, label }) => [label, chosen.filter(({ area }) => area === key)])
      .filter(([, mine]) => mine.length)
      .map(([label, mine]) => {
        const section = document.createElement("section");
        const title = document.createElement("h3");
        title.textContent = label;
        section.append(title, ...mine.map(sheetItem));
        return section;
      }),
  );
}

function sheetItem(shown) {
  const texts = textsOf(shown);
  if (texts.text) return fill(copy("child-sheet-words"), texts);
  const item = showItem(fill(copy("child-sheet-item"), texts), shown);
  if (shown.strokes && !texts.symbol) item.querySelector("[data-fill='label']").remove(); // a drawing has no name
  if (!texts["answer-symbol"]) item.querySelector("[data-fill='answer-symbol']").remove();
  return item;
}

const textsOf = ({ strokes, feelings, lines, ...texts }) => texts;

/** The wheel in lines: the areas on the page are drawn strong. */
function wheelOf(areas) {
  const wheel = document.getElementById("child-wheel").content.querySelector(".wheel").cloneNode(true);
  for (const sector of wheel.querySelectorAll(".sector")) {
    sector.classList.toggle("is-on-page", areas.has(sector.dataset.area));
    sector.querySelector(".sector-dots").remove();
  }
  return wheel;
}

/** Puts the arrows right, and gives the part of the list that this page shows. */
function turn(screen, step, all, index) {
  const pages = stepPages(step, all);
  const page = Math.min(index, pages.length - 1);
  steps(screen, `/local/child/step/${step}`, page, pages.length, stepAfter(step));
  if (page === 0) lead(screen, stepBefore(step));
  if (step !== "release") screen.dataset.after = stepAfter(step); // where "Hoppa över" leads past all its pages
  return pages[page];
}

/** A child's many words take the room that they need. */
function stepPages(step, all) {
  const { variant } = session.state.about;
  return pagesOf(all, perPage()[step] ?? 1, (one) => sizeOf(step, one, variant));
}

/** In places of those that are no longer than others. */
function sizeOf(step, { label }, variant) {
  if (!WITH_ITEMS.has(step) || !isLong(label)) return 1;
  if (step === "release") return Math.ceil(label.length / ROW_OF_WORDS.release);
  return Math.ceil(label.length / ROW_OF_WORDS.tiles) * IN_A_ROW[variant];
}

const isLong = (label) => label?.length > LONG;

function lead(screen, back) {
  const previous = screen.querySelector(".arrow.previous");
  previous.removeAttribute("hidden");
  previous.setAttribute("hx-get", back);
}

function stepAfter(step) {
  const next = STEPS[STEPS.indexOf(step) + 1];
  return next ? `/local/child/step/${next}/0` : "/local/child/confirm";
}

/** The step itself or the next one that this child is asked; decided when the arrow is tapped. */
export function offeredFrom(step) {
  const offered = STEPS.slice(STEPS.indexOf(step)).find(isOffered);
  return offered ? `closing-${offered}` : "confirm";
}

function stepBefore(step) {
  const before = STEPS.slice(0, STEPS.indexOf(step)).findLast(isOffered);
  return before ? `/local/child/step/${before}/0` : "/local/child/closing/0";
}

/** A small child who does not want to take part is not asked who should. A page to take home is the
 *  child's to choose, so there is none where the child is not. */
function isOffered(step) {
  const { about, closing } = session.state;
  if (step === "my-wheel" && isFromPaper()) return false;
  if (WITH_ITEMS.has(step)) return items().length > 0;
  if (step === "people" && about.variant === "preschool") return Boolean(closing.how) && closing.how.key !== "dont_want";
  return true;
}

/** The first thing on the screen is the one that "Säg igen" says, until the child touches another. */
function begin(screen) {
  if (session.state.about.variant === "preschool" && screen.querySelectorAll(".closing-item").length === 1) {
    screen.querySelector(".closing-item").setAttribute("data-current", "");
  }
  return screen;
}

export function sayOf(item, values) {
  item.dataset.say = item.dataset.say.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  return item;
}

const press = (button, isPressed) => button.setAttribute("aria-pressed", String(Boolean(isPressed)));


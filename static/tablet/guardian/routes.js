/**
 * A guardian's own session on the unit's tablet, fetched when there is one. It must never show a
 * trace of what a child has said, of another guardian, or that anybody else has told anything.
 */
import {
  answer,
  askAboutCase,
  copy,
  fill,
  go,
  keepScreen,
  livenChild,
  loadPack,
  picture,
  readChild,
  session,
  writing,
} from "/static/vendor/app.js";
import { apply, empty, makeRecord, saidOf } from "./view.js";

const STYLE = "/static/css/guardian.css";
const YOUNGEST = 0; // years: of a small child the guardian is the one who tells
const PERSONAL_NUMBER = /\d{6}[-+]?\d{4}/;
const KINDS = ["strength", "worry", "is", "wish", "help"];

export const view = { empty, apply, makeRecord };

export const routes = {
  "GET prepare": async () => answer(await staffScreen("prepare-guardian")),

  "POST prepare": async (_path, form) => {
    const { about, errors } = readPreparation(form);
    if (errors) return keepScreen(errors);
    const { unknown } = about.child.case_code ? await askAboutCase(about.child.case_code) : {};
    if (unknown) return keepScreen({ case_code: unknown });
    const catalog = await loadWords(about.language);
    const { tablet, unit } = session.tablet;
    const staff = session.staff.id;
    await session.begin({ ...about, content_version: catalog.version, tablet, unit: unit.id, staff }, "guardian");
    session.catalog = catalog;
    return showPlace("start");
  },

  "GET start": () => visit("start"),
  "GET area": (area) => visit(`area/${area}`),
  "GET read-back": () => visit("read-back"),
  "GET pause": () => visit("pause"),
  "GET throw": () => visit("throw"),
  "GET back": () => visit(session.state.before),

  "POST throw": async () => {
    const screen = copy("guardian-thrown");
    await session.throwAway();
    return answer(screen);
  },

  "POST done": async () => {
    session.record({ type: "confirm" });
    const screen = copy("guardian-thanks");
    try {
      await session.seal();
    } catch (error) {
      session.onTrouble(error);
      return keepScreen({});
    }
    return answer(screen);
  },
};

/** The words of the guardian's language, and the look of the screens. */
export async function loadWords(language = session.state.language) {
  await Promise.all([loadStyle(), loadPack("guardian-pack", `/tablet/${language}/guardian`)]);
  const areas = [...document.querySelectorAll("#guardian-pack template[id^='guardian-area-']")];
  return {
    version: document.querySelector("#guardian-pack > [data-lang]").dataset.version,
    areas: areas.map(({ content }) => ({ key: content.firstElementChild.dataset.area, label: content.firstElementChild.dataset.label })),
  };
}

/** What the adult meets when the corner was held. */
export async function during() {
  const screen = await staffScreen("during-guardian");
  const { child, guardian } = session.state.about;
  return answer(fill(screen, { who: `${child.alias ?? child.case_code} · ${guardian.relation}` }));
}

function visit(to) {
  if (!session.state || session.kind !== "guardian") throw new RangeError("no guardian has the tablet");
  session.record({ type: "go", to });
  return showPlace(to);
}

/** The screen of a place such as "area/halsa" or "read-back". */
export function showPlace(place) {
  const [name, area] = place.split("/");
  const screen = screens[name](area);
  screen.toggleAttribute("data-no-pictures", !session.state.pictures);
  return answer(screen);
}

const screens = {
  start() {
    const screen = copy("guardian-start");
    const hasSaid = new Set(session.catalog.areas.map(({ key }) => key).filter(isSpokenOf));
    for (const button of screen.querySelectorAll("[data-area]")) button.querySelector("small").hidden = !hasSaid.has(button.dataset.area);
    screen.querySelector("[data-when-said]").hidden = !hasSaid.size;
    for (const button of screen.querySelectorAll("[data-pictures]")) button.hidden = (button.dataset.pictures === "on") === session.state.pictures;
    return screen;
  },

  area(area) {
    const screen = copy(`guardian-area-${area}`);
    const { cards, words } = saidOf(session.state, area);
    for (const { key } of cards) screen.querySelector(`[data-card="${key}"]`)?.setAttribute("aria-pressed", "true");
    for (const { kind, text } of words) screen.querySelector(`textarea[data-kind="${kind}"]`).textContent = text;
    return screen;
  },

  "read-back"() {
    const screen = copy("guardian-read-back");
    const areas = session.catalog.areas.filter(({ key }) => isSpokenOf(key)).map(readArea);
    screen.querySelector("[data-nothing]").hidden = areas.length > 0;
    screen.querySelector("[data-when-said]").hidden = !areas.length;
    return fill(screen, { areas });
  },

  pause: () => copy("guardian-pause"),
  throw: () => copy("guardian-throw"),
};

function readArea({ key, label }) {
  const section = copy("guardian-read-area");
  section.dataset.area = key;
  section.querySelector("button").setAttribute("hx-get", `/local/guardian/area/${key}`);
  const { cards, words } = saidOf(session.state, key);
  const all = [...cards.map((card) => ({ ...card, text: card.label })), ...words];
  const said = KINDS.map((kind) => all.filter((one) => one.kind === kind).map(readOne)).flatMap((of, at) =>
    of.length ? [fill(copy(`guardian-read-${KINDS[at]}`), { all: of })] : [],
  );
  return fill(section, { area: label, said });
}

function readOne({ text, symbol, language }) {
  const item = fill(copy("guardian-read-one"), { text });
  item.querySelector("span").lang = language;
  const image = item.querySelector("img");
  if (!symbol) image.remove();
  else Object.assign(image, { src: picture(symbol), hidden: false });
  return item;
}

function isSpokenOf(area) {
  const { cards, words } = saidOf(session.state, area);
  return cards.length + words.length > 0;
}

// What the guardian's finger does: remembered at once, as a child's tap is.

const root = () => document.querySelector("#screen > .guardian");

document.addEventListener("click", ({ target }) => {
  const button = target.closest("#screen > .guardian button");
  if (!button || session.kind !== "guardian") return;
  const { card, pictures, language } = button.dataset;
  if (card) choose(button);
  else if (pictures) look({ pictures: pictures === "on" });
  else if (language) look({ language });
});

function choose(button) {
  const { card, kind, symbol } = button.dataset;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  session.record({ type: "choose", area: root().dataset.area, card, on, shown: { kind, label: button.textContent.trim(), symbol } });
}

async function look(change) {
  if (change.language) session.catalog = await loadWords(change.language);
  session.record({ type: "look", ...change });
  await go("/local/guardian/start");
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("#screen > .guardian textarea")) return;
  const { area } = root().dataset;
  const { kind, question } = target.dataset;
  writing.keepSoon(target, () => session.record({ type: "write", area, kind, text: target.value, question }));
});

// Before the guardian is given the tablet.

async function staffScreen(name) {
  await loadPack("staff-pack", `/tablet/${session.language}/guardian-staff`);
  return copy(`staff-${name}`);
}

document.addEventListener("htmx:after:swap", () => {
  const form = document.querySelector("#screen form[hx-post='/local/guardian/prepare']");
  if (form) livenChild(form, session.tablet);
});

function readPreparation(form) {
  const errors = {};
  const { child } = readChild(form, errors, YOUNGEST);
  const relation = form.get("relation").trim();
  if (!relation || PERSONAL_NUMBER.test(relation)) errors.relation = document.getElementById("staff-relation-missing").textContent;
  if (Object.keys(errors).length) return { errors };
  const number = child.case_code ? Number(form.get("number")) || null : null;
  const interpreter = form.get("interpreter") ? { mode: form.get("interpreter_mode") } : null;
  return { about: { child, guardian: { relation, number }, language: form.get("language"), present: { interpreter } } };
}

let style;
const loadStyle = () =>
  (style ??= new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLE });
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  }));

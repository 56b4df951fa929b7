/**
 * Looking at what the child said before, beside what it has said now. It must never come before the
 * new answers, and never compare: two columns, the child's own words and pictures, nothing else.
 */
import { NoHub, Problem } from "../hub.js";
import { fetchLent } from "../lent.js";
import { copy, fill } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";
import { photoSymbol } from "../photos.js";
import { items, madeLabel, showItem } from "./items.js";
import { isFromPaper } from "./on-paper.js";
import { answerPicture, steps } from "./screens.js";

/** Asked once, when the child has answered anew and goes to the read-back; not where it is not here. */
export function offersEarlier() {
  const { about, lookedBack } = session.state;
  return about.earlier && !isFromPaper() && !lookedBack && items().length > 0;
}

/** @param {(place: string) => Response} visit */
export const followUpRoutes = (visit) => ({
  "GET earlier": async (index) => {
    if (index !== undefined) return visit(`earlier/${index}`);
    try {
      session.earlier ??= await fetchEarlier();
    } catch (error) {
      if (!(error instanceof NoHub || error instanceof Problem)) throw error;
      session.record({ type: "look_back", choice: "yes" });
      return visit("earlier-not-here");
    }
    session.record({ type: "look_back", choice: "yes", earlier: session.earlier.id });
    return visit("earlier/0");
  },

  "GET not-earlier": () => {
    session.record({ type: "look_back", choice: "no" });
    return visit("closing/0");
  },
});

/** Only after the child's yes: sealed to a key that this tablet has made for it. */
async function fetchEarlier() {
  return store.keepEarlier(session.id, await fetchLent("earlier", session.state.about.child.case_code));
}

export const followUpScreens = {
  lookBack: () => copy("child-look-back"),
  earlierNotHere: () => copy("child-earlier-not-here"),

  earlier(index = 0) {
    const screen = copy("child-earlier");
    const areas = metAreas();
    const page = Math.min(Math.max(0, index), areas.length - 1);
    const { key, label, now, before } = areas[page];
    screen.dataset.area = key;
    fill(screen, { area: label, day: spokenDay(session.earlier.held_on) });
    screen.querySelector("[data-then]").lang = session.earlier.language;
    put(screen.querySelector("[data-now]"), now);
    put(screen.querySelector("[data-then]"), before);
    steps(screen, "/local/child/earlier", page, areas.length, "/local/child/closing");
    return screen;
  },
};

/** The areas that the child has met now or then, in the order of the wheel. */
function metAreas() {
  const said = items();
  const found = session.catalog.areas.map(({ key, label }) => ({
    key,
    label,
    now: said.filter(({ area }) => area === key),
    before: earlierItems(session.earlier.areas.find((area) => area.key === key)),
  }));
  return found.filter(({ now, before }) => now.length || before.length);
}

/** What is lent of an area, as items.js has what the child says now. */
function earlierItems(area) {
  if (!area) return [];
  const { cards, statements, feelings, drawings } = area;
  const ofCard = new Set(cards.map(({ own }) => own?.drawing).filter(Boolean));
  const drawn = (id) => drawings.find((drawing) => drawing.id === id)?.strokes;
  return [
    ...statements.map(({ text }) => ({ text, label: text, say: text })),
    ...(feelings.length ? [feltTogether(feelings)] : []),
    ...drawings.filter(({ id }) => !ofCard.has(id)).map(({ strokes }) => ({ strokes, label: madeLabel(), say: madeLabel() })),
    ...cards.map((card) => earlierCard(card, drawn(card.own?.drawing))),
  ];
}

function feltTogether(feelings) {
  const label = feelings.map((feeling) => feeling.label).join(", ");
  return { feelings, label, say: label };
}

function earlierCard(card, strokes) {
  const { label, answer: given } = card;
  const item = { label, symbol: photoSymbol(card), ...(strokes && { strokes }) };
  if (given.silence === "not_asked") return { ...item, say: label }; // a card of the child's own that was only made
  const { label: answer, symbol } = given.silence ? answerPicture(given) : given;
  return { ...item, answer, "answer-symbol": symbol, say: `${label}. ${answer}.` };
}

function put(list, said) {
  list.replaceChildren(...said.map(shown));
  if (!said.length) list.append(copy("child-earlier-nothing"));
}

function shown({ text, strokes, feelings, lines, say, ...values }) {
  const item = text ? fill(copy("child-earlier-words"), { text }) : showItem(fill(copy("child-earlier-card"), values), { strokes, feelings, lines });
  if (strokes && !values.symbol) item.querySelector("[data-fill='label']").remove(); // a drawing has no name
  if (!text && !values.answer) for (const empty of item.querySelectorAll("[data-fill^='answer']")) empty.remove();
  item.dataset.say = say;
  return item;
}

const spokenDay = (day) => new Date(`${day}T12:00`).toLocaleDateString(session.state.about.language, { day: "numeric", month: "long", year: "numeric" });

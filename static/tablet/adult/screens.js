/** The adult's screens on the tablet. */
import { wrongClock } from "../clock.js";
import { outbox } from "../outbox.js";
import { wordsOf } from "../packs.js";
import { isReady, packState } from "./ready.js";
import { hasLocalPack } from "../local-pack.js";
import { copy, fill, message } from "../screen.js";
import { voiceMark } from "./voice-check.js";
import { recordingsScreen } from "./recordings.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

export const adultScreens = {
  cannotStore: (reason) => fill(copy("adult-cannot-store"), { reason }),
  busy: () => copy("adult-busy"),
  taken: () => copy("adult-taken"),
  enrol: () => fill(copy("adult-enrol"), { language: languageSwitch() }),
  choosePin: () => copy("adult-choose-pin"),
  about: () => copy("adult-about"),
  recordings: recordingsScreen,
  sure: () => copy("adult-sure-to-finish"),
  hidden: () => copy("adult-hidden"),
  lentLetter: () => copy("adult-lent-letter"),
  observe: () => copy("adult-observe"),

  signIn(why) {
    return fill(copy("adult-sign-in"), { why });
  },

  async ready() {
    const screen = copy("adult-ready");
    const pack = await packState();
    const durable = await navigator.storage.persisted();
    const local = await hasLocalPack(session.tablet);
    const ready = pack.wanted > 0 && pack.missing === 0 && local;
    fill(screen, {
      title: message(ready ? "ready" : "not-ready"),
      unit: session.tablet.unit.name,
      tablet: session.tablet.name,
      pack: pack.wanted ? message(pack.missing ? "pack-missing" : local ? "pack-ready" : "local-missing", pack) : message("pack-none"),
      store: message("store-ready"),
      durable: message(durable ? "durable-yes" : "durable-no"),
      next: message(ready ? "next-ready" : "next-wait"),
      voices: voiceMark(),
    });
    mark(screen, "pack", ready);
    mark(screen, "store", true);
    mark(screen, "durable", durable);
    screen.dataset.isReady = String(ready);
    if (!ready) screen.querySelector("[data-when-ready]").setAttribute("disabled", "");
    return screen;
  },

  async who() {
    const screen = copy("adult-who");
    const known = new Set(session.tablet.staff);
    const people = (await store.staff()).filter(({ id }) => known.has(id));
    screen.querySelector(".people").replaceChildren(
      ...people.map(({ id, name, title }) => {
        const item = fill(copy("adult-who-person"), { name, title });
        item.querySelector("button").setAttribute("hx-get", `/local/pin/${id}`);
        return item;
      }),
    );
    // A guardian who finds the way here may not learn that anybody else has told something.
    const outbox = (await store.isGuardianHere()) ? [] : await outboxList();
    return fill(screen, { ready: await readyWords(), outbox, language: languageSwitch() });
  },

  pin({ name, back, backText, id }) {
    const screen = fill(copy("adult-pin"), { name });
    const button = screen.querySelector("[data-back]");
    button.setAttribute("hx-get", back);
    button.textContent = backText;
    screen.querySelector("[data-forgotten]").setAttribute("hx-get", `/local/forgotten/${id}`);
    return screen;
  },

  async home() {
    const screen = copy("adult-home");
    const drafts = await Promise.all((await store.drafts()).map(draftItem));
    fill(screen, {
      unit: session.tablet.unit.name,
      name: session.staff.name,
      ready: await readyWords(),
      drafts,
      outbox: await outboxList(),
      language: languageSwitch(),
    });
    if (!drafts.length) screen.querySelector("[data-if='drafts']").remove();
    if (!(await isReady())) for (const way of screen.querySelectorAll("[data-begins]")) way.setAttribute("hx-get", "/local/ready");
    return screen;
  },

  async prepare() {
    const screen = withDecksThatAreOn(copy("adult-prepare"), (await store.localPack()).pack);
    const both = ["preschool", "older"].map((variant) => {
      const group = document.createElement("div");
      group.dataset.for = variant;
      group.className = "segments wrap";
      group.append(document.getElementById(`adult-optional-${variant}`).content.cloneNode(true));
      return group;
    });
    const clock = clockWords();
    if (!clock) screen.querySelector("[data-if='clock']").remove();
    return fill(screen, { optional: both, clock });
  },

  during() {
    const { child } = session.state.about;
    return fill(copy("adult-during"), { who: child.alias ?? child.case_code });
  },
};

/** The list of sealed conversations, made anew whenever the outbox changes. */
export async function outboxList() {
  const list = copy("adult-outbox");
  const rows = await store.outbox();
  const waiting = rows.filter(({ state }) => state !== "received").length;
  fill(list, { sync: [waitingWords(waiting), syncWords(), clockWords()].filter(Boolean).map(paragraph) });
  list.dataset.waiting = String(waiting);
  list.querySelector(".sealed-list").replaceChildren(...rows.slice(0, 10).map(sealedItem));
  return list;
}

function waitingWords(n) {
  if (!n) return message("nothing-waiting");
  return message(n === 1 ? "waiting-one" : "waiting", { n });
}

function syncWords() {
  if (outbox.trouble === "no-hub") return message("sync-no-hub");
  return outbox.trouble || (outbox.online ? message("sync-online") : "");
}

function clockWords() {
  const wrong = wrongClock();
  return wrong ? message("clock-wrong", { clock: moment(wrong.clock), hub: moment(wrong.hub) }) : "";
}

function sealedItem({ sealed_at: at, state, reason, receipt }) {
  const item = copy("adult-sealed");
  item.dataset.state = state;
  const received = receipt && { ...receipt, when: moment(receipt.received_at) };
  return fill(item, { when: moment(at), state: message(`state-${state}`, { reason, ...received }) });
}

async function draftItem({ id, started_at: at, kind }) {
  const taps = await store.taps(id);
  const about = taps[0]?.about;
  const item = copy("adult-draft");
  const stopped = taps.some(({ type }) => type === "stop");
  item.querySelector("[data-resume]").dataset.resume = id;
  item.querySelector("[data-finish]").dataset.finish = id;
  if (stopped) item.querySelector("[data-finish]").removeAttribute("hidden");
  const when = moment(at);
  const childs = () => message(stopped ? "draft-stopped" : "draft-about", { variant: message(`variant-${about?.variant ?? "older"}`), when });
  return fill(item, {
    who: about ? (about.child.alias ?? about.child.case_code) : "–",
    about: kind === "guardian" ? message("draft-guardian", { who: about?.guardian.relation ?? "–", when }) : childs(),
  });
}

async function readyWords() {
  return message((await isReady()) ? "ready" : "not-ready");
}

export /** A unit that uses only one of the two decks is not asked which. */
function withDecksThatAreOn(screen, pack) {
  for (const variant of pack?.off ?? []) screen.querySelector(`[name=variant][value=${variant}]`).closest("label").remove();
  const left = screen.querySelectorAll("[name=variant]");
  if (left.length === 1) left[0].setAttribute("checked", "");
  return screen;
}

function languageSwitch() {
  const list = copy("adult-language-switch");
  for (const button of list.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.adultLanguage === session.language));
  }
  return list;
}

function mark(screen, check, holds) {
  screen.querySelector(`[data-check="${check}"]`).dataset.holds = String(holds);
}

function paragraph(words) {
  const made = document.createElement("span");
  made.textContent = `${words} `;
  return made;
}

export function moment(iso) {
  const { lang } = wordsOf("adult-pack");
  const tag = lang === "en" ? "en-GB" : lang; // our English is British, and so are its dates
  return new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

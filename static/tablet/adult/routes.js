/** /local/…: what the adult does on the tablet before and after the child. */
import { disclosureScreen, keepNote } from "./disclosure.js";
import { adultScreens } from "./screens.js";
import { fetchLetter } from "../child/letter.js";
import { guardian } from "../guardian.js";
import { childRoutes, showPlace } from "../child/routes.js";
import { NoHub, Problem, askHub } from "../hub.js";
import { outbox } from "../outbox.js";
import { loadChildPack } from "../packs.js";
import { wrongPin } from "./pin.js";
import { readPreparation, tidyCode } from "./preparation.js";
import { isReady } from "./ready.js";
import { answer, keepScreen, message } from "../screen.js";
import { session } from "../session.js";
import { store } from "../store/store.js";

let signedIn; // {id, name, title, password, email, totp} between signing in and choosing a PIN

let here; // who was interrupted, while the store opens

/** The worker answers in turn: this comes with the store itself, and not one question later. */
export function askWhatIsHere() {
  here = store.whatIsHere().then(({ tablet, awaited }) => {
    session.tablet = tablet;
    if (tablet) outbox.start();
    return awaited;
  });
  here.catch(() => (here = undefined)); // the store is not open: "GET start" asks again when it is
}

const show = async (name, ...args) => answer(await adultScreens[name](...args));

/** The screen of whoever it is about, as it was left. */
const showTheirs = async () => (session.kind === "guardian" ? (await guardian()).showPlace(session.state.place) : showPlace(session.state.place));

const during = async () => (session.kind === "guardian" ? (await guardian()).during() : show("during"));

export const adultRoutes = {
  /** The first screen after a start: what the tablet can do now decides. */
  "GET start": async () => {
    if (!here) askWhatIsHere();
    const staff = await here;
    here = undefined;
    if (!session.tablet) return show("enrol");
    if (!staff) return adultRoutes["GET who"]();
    return askPin(staff);
  },

  "POST take": async () => {
    if ((await store.open({ take: true })) !== "open") return show("busy");
    return adultRoutes["GET start"]();
  },

  "POST enrol": async (_path, form) => {
    return withHub("code", async () => {
      const { token, ...state } = await askHub("/tablet/api/enrolment", { method: "POST", json: { code: form.get("code") } });
      await store.keepTablet({ token, ...state });
      session.tablet = { token, ...state };
      history.replaceState({}, "", "/tablet/"); // the code must not stay in the address
      await navigator.storage.persist();
      outbox.start();
      return show("ready");
    });
  },

  "GET ready": async () => {
    await navigator.storage.persist();
    return show("ready");
  },

  "GET who": () => {
    session.staff = undefined;
    return show("who");
  },

  "GET sign-in": () => show("signIn"),

  "POST sign-in": async (_path, form) => {
    const credentials = Object.fromEntries(form);
    return withHub("sign-in", async () => {
      const who = await askHub("/tablet/api/staff", { method: "POST", token: session.tablet.token, json: credentials });
      signedIn = { ...credentials, ...who };
      return show("choosePin");
    });
  },

  "POST choose-pin": async (_path, form) => {
    const pin = form.get("pin");
    const wrong = wrongPin(pin, form.get("again"));
    if (wrong) return keepScreen({ pin: message(wrong) });
    const laidAway = await store.laidAwayKey(signedIn.id);
    if (!laidAway) {
      await store.addStaff(signedIn, pin);
      return unlockedAs(signedIn, await store.inHand());
    }
    return withHub("pin", async () => {
      const { email, password, totp } = signedIn;
      const json = { email, password, totp, sealed: laidAway };
      const { key } = await askHub("/tablet/api/draft-key", { method: "POST", token: session.tablet.token, json });
      await store.renewPin(signedIn.id, key, pin);
      return unlockedAs(signedIn, await store.inHand());
    });
  },

  "GET pin": async (id) => askPin((await store.staff()).find((each) => each.id === id)),

  "POST pin": async (_path, form) => {
    await here; // typed before the store was open
    const { state, left, interrupted } = await store.unlock(session.staff.id, form.get("pin"));
    if (state === "wrong") return keepScreen({ pin: message("pin-wrong", { left }) });
    if (state === "locked") return show("signIn", message("pin-locked"));
    return unlockedAs(session.staff, interrupted);
  },

  "GET forgotten": () => show("signIn", message("sign-in-for-pin")),

  "GET home": async () => {
    await session.layAside();
    return session.staff ? show("home") : show("who");
  },

  "POST lock": async () => {
    await session.layAside();
    await store.lock();
    return adultRoutes["GET who"]();
  },

  "GET about": () => show("about"),

  "GET recordings": (language = session.language, variant = "preschool") => show("recordings", language, variant),

  "GET prepare": async () => ((await isReady()) ? show("prepare") : show("ready")),

  "POST prepare": async (_path, form) => {
    const { about, minutes, errors } = readPreparation(form, session.tablet);
    if (errors) return keepScreen(errors);
    const { unknown, earlier, letter } = about.child.case_code ? await askAboutCase(about.child.case_code) : {};
    if (unknown) return keepScreen({ case_code: unknown });
    session.catalog = await loadChildPack(about);
    await session.begin({
      ...about,
      earlier: Boolean(earlier), // the ansvarig has lent the conversation before this one
      content_version: session.catalog.version,
      tablet: session.tablet.tablet,
      unit: session.tablet.unit.id,
      staff: session.staff.id,
    });
    if (about.origin) return childRoutes["GET wheel"](); // the child is not here to greet
    if (minutes) session.record({ type: "timer", minutes });
    return childRoutes[letter ? "GET letter-here" : "GET intro"]();
  },

  "GET lent-letter": () => show("lentLetter"),

  /** The answers to a child, lent by the ansvarig: the child is given the tablet with them and nothing else. */
  "POST lent-letter": async (_path, form) => {
    const code = tidyCode(form.get("case_code"));
    return withHub("case_code", async () => {
      const letter = await fetchLetter(code);
      const { language, variant } = letter;
      const reading = form.get("reading");
      const about = { language, variant, reading, staff: session.staff.id, tapped_by: "child", child: { case_code: code } };
      session.catalog = await loadChildPack(about);
      session.beginLetter(letter, about);
      return childRoutes["GET letter-here"]();
    });
  },

  /** The adult's corner was held: the child's screen waits behind the PIN. */
  "GET corner": () => {
    const { name, id } = session.staff;
    const isOver = !session.state;
    if (session.hidden) return show("pin", { name, id, back: "/local/hidden", backText: message("back") });
    const back = isOver ? "/local/corner" : "/local/return";
    return show("pin", { name, id, back, backText: message(session.kind === "child" ? "back-to-child" : "back") });
  },

  /** From the PIN to the calm picture again: nothing behind it is shown. */
  "GET hidden": () => show("hidden"),

  /** The child tells something serious: advice, and the words verbatim. */
  "GET disclosure": async () => answer(await disclosureScreen()),

  "POST disclosure": async () => keepNote() ?? answer(await disclosureScreen()),

  "GET during": () => during(),

  "GET observe": () => show("observe"),

  /** A calm picture of time that the child can see. It says nothing and stops nothing. */
  "GET timer": (minutes) => {
    session.record({ type: "timer", minutes: Number(minutes) });
    return showPlace(session.state.place);
  },

  "GET return": () => showTheirs(),

  "GET resume": (id) => takeUp(id),

  "GET finish": async (id) => {
    await openDraft(id);
    return show("sure");
  },

  "POST finish": async () => {
    try {
      await session.seal("stopped");
    } catch (error) {
      session.onTrouble(error);
      return keepScreen({});
    }
    return show("home");
  },
};

async function unlockedAs(staff, interrupted) {
  session.staff = staff;
  session.takeBack();
  signedIn = undefined;
  if (session.hidden && session.state?.about.staff === staff.id) return uncover();
  session.hidden = undefined;
  if (session.id && session.state.about.staff === staff.id) return during();
  if (session.state) session.letGo(); // a colleague's conversation is not theirs to see; a letter has been seen
  if (interrupted?.staff === staff.id) return comeBack(interrupted.id);
  await session.layAside();
  return show("home");
}

/** From the calm picture to exactly the screen that was there. */
async function uncover() {
  const from = session.hidden;
  session.hidden = undefined;
  if (from === "disclosure") return answer(await disclosureScreen());
  if (from === "guardian") return showTheirs();
  if (from !== "child") return from === "during" ? during() : show(from);
  return session.state.stage === "stopped" ? show("during") : showPlace(session.state.place);
}

/** After a reload or a kill: the child's own screen, but a child who has stopped is not called back. */
async function comeBack(id) {
  await openDraft(id);
  return session.state.stage === "stopped" ? show("during") : takeUp(id);
}

/** A draft as it was left: the child's own screen, or sealed if that was the last step. */
async function takeUp(id) {
  await openDraft(id);
  if (session.state.stage === "confirmed") {
    try {
      await session.seal("done");
      return show("home");
    } catch (error) {
      session.onTrouble(error);
      if (session.kind === "guardian") return (await guardian()).showPlace("read-back");
      return showPlace("closing/0"); // so that something can be taken away and it can be tried again
    }
  }
  if (session.state.stage === "stopped") session.record({ type: "carry_on" });
  return showTheirs();
}

async function openDraft(id) {
  if (session.id !== id) await session.resume(id);
  session.catalog ??= session.kind === "guardian" ? await (await guardian()).loadWords() : await loadChildPack(session.state.about);
}

/** While the store opens, the PIN's screen is there for whoever is expected: it is right as a rule. */
export function askExpected(staff) {
  session.staff = staff;
  return adultScreens.pin(behindPin(staff));
}

const behindPin = (staff) => ({ ...staff, back: "/local/who", backText: message("back") });

/** Whether the PIN's screen may stay for who was expected: they were interrupted, or nobody was. */
export async function mayStay({ id }) {
  const awaited = await here;
  here = undefined;
  const isKnown = (staff) => staff.id === id && session.tablet?.staff.includes(id);
  const staff = awaited ?? (await store.staff()).find(isKnown);
  return staff?.id === id && !staff.locked;
}

function askPin({ locked, ...staff }) {
  if (locked) return show("signIn", message("pin-locked"));
  session.staff = staff;
  return show("pin", behindPin(staff));
}

/** A code that has a slip in it is refused here; one nobody knows only when the hub can be asked. */
export async function askAboutCase(code) {
  try {
    return await askHub(`/tablet/api/case/${code}`, { token: session.tablet.token });
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return { unknown: error.message };
    return {}; // no net: the conversation may start, and a human places it at the hub
  }
}

async function withHub(field, act) {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Problem) return keepScreen({ [field]: error.message });
    if (error instanceof NoHub) return keepScreen({ [field]: message("no-hub") });
    throw error;
  }
}

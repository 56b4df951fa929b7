/** The tablet's first script: keeps itself for use without net, opens the store, and shows the first screen. */
import htmx from "../vendor/htmx.js";
import { keepNotesWhileWriting } from "./adult/disclosure.js";
import { startPin, typeDigit } from "./adult/pin.js";
import { adultRoutes, askAboutCase, askExpected, askWhatIsHere, mayStay } from "./adult/routes.js";
import { adultScreens, outboxList } from "./adult/screens.js";
import { onNewScreen, startChildMode } from "./child/mode.js";
import { childRoutes } from "./child/routes.js";
import { expected } from "./awaited.js";
import { outbox } from "./outbox.js";
import { guardian } from "./guardian.js";
import { loadAdultPack, loadPack, wordsOf } from "./packs.js";
import { livenChild, livenPreparation, readChild } from "./adult/preparation.js";
import { startRecordings } from "./adult/recordings.js";
import { tellOfVoices } from "./adult/voice-check.js";
import { answer, copy, fill, go, keepScreen, message, picture, takeScreen } from "./screen.js";
import { session } from "./session.js";
import { store } from "./store/store.js";
import { writing } from "./writing.js";

// From the first line: a worker that is registered late is the one that is missing without net.
if (!navigator.serviceWorker?.controller) keepForUseWithoutNet();

const NAME = document.title;
const TO_THE_PIN = new Set(["start", "take", "who", "pin", "corner", "hidden", "return", "forgotten", "sign-in", "choose-pin"]);
const routes = { ...adultRoutes };
for (const [route, act] of Object.entries(childRoutes)) routes[route.replace(" ", " child/")] = act;

/** A child and a guardian have their own screens each; the adult's are behind the PIN for both. */
function isBehindPin(where) {
  if (where === "child" || where === "guardian") return session.kind && session.kind !== where;
  return session.isHandedOver && !TO_THE_PIN.has(where);
}

/** Answers a request under /local/ from the tablet itself: nothing of it leaves the tablet. */
async function local(method, path, body) {
  writing.keepNow();
  const parts = path.replace("/local/", "").split("/");
  if (isBehindPin(parts[0])) return routes["GET corner"]();
  const isGuardians = parts[0] === "guardian";
  const length = parts[0] === "child" || isGuardians ? 2 : 1;
  const act = isGuardians ? (await guardian()).routes[`${method} ${parts[1]}`] : routes[`${method} ${parts.slice(0, length).join("/")}`];
  if (!act) throw new RangeError(`no such screen: ${method} ${path}`);
  try {
    const rest = parts.slice(length).map(decodeURIComponent);
    return method === "POST" ? await act(...(rest.length ? rest : [undefined]), new URLSearchParams(body ?? "")) : await act(...rest);
  } catch (error) {
    showTrouble(error);
    return new Response(null, { status: 204 });
  }
}

htmx.registerExtension("local", {
  htmx_before_request(_element, { ctx }) {
    const { pathname, origin } = new URL(ctx.request.action, location.href);
    if (origin === location.origin && pathname.startsWith("/local/")) {
      ctx.fetch = (_action, request) => local(request.method, pathname, request.body);
    }
  },
  htmx_before_swap: (_element, detail) => takeScreen(detail),
});

function keepForUseWithoutNet() {
  navigator.serviceWorker?.register("/sw.js", { scope: "/" }).catch((error) => console.warn("no service worker", error));
}

async function start() {
  const staff = expected();
  let opened = staff ? undefined : openStore(); // SQLite takes the longest, so it begins before the words are here
  await loadAdultPack(session.language);
  useAdultWords();
  startChildMode();
  keepNotesWhileWriting();
  startRecordings();
  document.addEventListener("htmx:after:swap", onSwap);
  document.addEventListener("click", onClick);
  document.addEventListener("input", forgiveField);
  startPin();
  store.onTaken = () => {
    if (session.state) session.letGo(); // the other tab goes on: what is here grows old
    put(adultScreens.taken());
  };
  outbox.onChange = refreshOutbox;
  session.onTrouble = showTrouble;
  session.onSaved = showSaved;
  if (staff) {
    put(askExpected(staff));
    onSwap();
    await painted(); // a PIN takes longer to type than SQLite to open
  }
  document.head.append(document.getElementById("later").content);
  opened ??= openStore();
  if (navigator.serviceWorker?.controller) keepForUseWithoutNet();
  watchForNewVersion(); // also where the store cannot be opened: the new one may be the remedy
  try {
    const is = await opened;
    window.started.storeHasAnswered();
    if (is === "busy") return put(adultScreens.busy());
  } catch (error) {
    if (error.kind === "not-loaded") throw error;
    window.started.storeHasAnswered();
    return put(adultScreens.cannotStore(error.message));
  }
  const isToldOfDelay = document.querySelector("[data-screen='not-started']");
  if (isToldOfDelay || !(staff && (await mayStay(staff)))) await go("/local/start");
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  const field = document.querySelector("[data-screen='enrol'] [name='code']");
  if (code && field) field.value = code.replace(/^(.{4})-?(.{4})$/, "$1-$2");
}

function openStore() {
  const opened = store.open({});
  opened.catch(() => {}); // awaited, when there are words for what went wrong
  askWhatIsHere();
  return opened;
}

/** On a page in the background nothing is painted: it goes on all the same. */
const painted = () =>
  new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 500);
  });

function onSwap() {
  const screen = document.querySelector("#screen > *");
  if (!screen) return;
  const isTheirs = screen.matches(".screen, .guardian"); // a child's or a guardian's
  if (!isTheirs) useAdultWords();
  else if (session.state) useWords(wordsOf(`${session.kind}-pack`));
  if (isTheirs) session.handOver();
  const form = screen.querySelector("form[hx-post='/local/prepare']");
  if (form) livenPreparation(form, session.tablet);
  tellOfVoices(screen);
  offerToInstall();
  refreshOutbox(); // what was sent while the screen was made is true of it too
  // The browser's history keeps titles: it may not learn what a child has opened.
  document.title = (!isTheirs && screen.querySelector("h1")?.textContent) || NAME;
  const field = screen.querySelector("input[name='pin'], input[name='code']");
  (field && !isTheirs ? field : document.getElementById("screen")).focus({ preventScroll: true });
  scrollTo(0, 0);
}

function useAdultWords() {
  useWords(wordsOf("adult-pack"));
}

function useWords({ lang, dir }) {
  const page = document.documentElement;
  if (page.lang !== lang) page.lang = lang; // even the same one would have all of the page styled anew
  if (page.dir !== dir) page.dir = dir;
}

async function onClick({ target }) {
  const button = target.closest("button");
  if (!button) return;
  const { digit, resume, finish, adultLanguage } = button.dataset;
  if (digit) typeDigit(button, digit);
  else if (resume !== undefined) go(resume ? `/local/resume/${resume}` : "/local/return");
  else if (finish !== undefined) go(`/local/finish/${finish || session.id}`);
  else if ("finishNow" in button.dataset) htmx.ajax("POST", "/local/finish", { target: "#screen", swap: "innerHTML" });
  else if (adultLanguage) await changeLanguage(adultLanguage);
  else if ("send" in button.dataset) outbox.sendNow({ asked: true });
  else if ("export" in button.dataset) await saveCopy();
  else if ("reload" in button.dataset) location.reload();
  else if ("tryAgain" in button.dataset) tryAgain();
  else if ("install" in button.dataset) await install();
  else if ("update" in button.dataset) takeNewVersion();
}

/** What was wrong with a field is no longer said once it is being mended. */
function forgiveField({ target }) {
  const said = target.form?.querySelector(`[data-error="${target.name}"]`);
  if (said) said.hidden = true;
}

async function changeLanguage(code) {
  session.language = code;
  await loadAdultPack(code);
  useAdultWords();
  await go(session.staff ? "/local/home" : session.tablet ? "/local/who" : "/local/start");
}

async function refreshOutbox() {
  if (!document.querySelector("#screen .outbox")) return;
  const list = await outboxList(); // looked for again below: another refresh may have come in between
  document.querySelector("#screen .outbox")?.replaceWith(list);
}

let savedIsOver;
/** Said once for taps that follow each other: to say it anew would lay the page out at each. */
function showSaved() {
  const mark = document.getElementById("kept");
  const isGuardians = session.kind === "guardian"; // who may change the language in the middle
  if (!savedIsOver || isGuardians) {
    mark.textContent = isGuardians ? wordsOf("guardian-pack").saved : message("saved");
    mark.hidden = !document.querySelector("#screen > :is(.screen, .guardian)");
    mark.classList.remove("is-over");
  }
  clearTimeout(savedIsOver);
  savedIsOver = setTimeout(() => {
    savedIsOver = undefined;
    mark.classList.add("is-over");
  }, 1500);
}

/** Something could not be kept: say so at once, to the adult, and offer to try again. */
function showTrouble(error) {
  const place = document.getElementById("trouble");
  const known = ["full", "too-large", "other-digest", "cannot-store", "locked"];
  const words = message(known.includes(error.kind) ? error.kind : "unexpected");
  place.replaceChildren(fill(copy("adult-trouble"), { message: words }));
  place.dataset.kind = error.kind ?? error.name;
  place.hidden = false;
  console.warn(error.name, error.kind ?? "", error.kind ? "" : error.message);
}

async function tryAgain() {
  const place = document.getElementById("trouble");
  place.hidden = true;
  try {
    await session.written();
  } catch (error) {
    if (place.hidden) showTrouble(error);
  }
}

async function saveCopy() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([await store.exportFile()], { type: "application/vnd.sqlite3" }));
  link.download = `hjulet-${new Date().toISOString().slice(0, 10)}.sqlite`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The browser offers to install: the adult is asked where readiness is checked, never the child. */
let installing;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing = event;
  offerToInstall();
});

function offerToInstall() {
  const button = document.querySelector("[data-install]");
  if (button) button.hidden = !installing;
}

async function install() {
  await installing.prompt();
  installing = undefined;
  offerToInstall();
}

/** A new version waits until an adult takes it, never during a conversation. */
async function watchForNewVersion() {
  const registration = await navigator.serviceWorker?.ready;
  const offer = () => {
    if (!registration.waiting || document.getElementById("new-version")) return;
    const banner = copy("adult-update");
    banner.id = "new-version";
    document.body.prepend(banner);
  };
  registration?.addEventListener("updatefound", () => {
    registration.installing.addEventListener("statechange", offer);
  });
  if (registration) offer();
}

async function takeNewVersion() {
  if (session.state) return;
  const registration = await navigator.serviceWorker.ready;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
  registration.waiting?.postMessage("take-over");
}

function put(screen) {
  const place = document.getElementById("screen");
  place.replaceChildren(screen);
  htmx.process(place);
  onNewScreen();
}

// The page's own: for what a guardian's session adds, and for the tests and the benchmark to look into.
export { answer, askAboutCase, copy, fill, go, keepScreen, livenChild, loadPack, message, picture, readChild, session, store, writing };

start().catch((error) => {
  console.error(error);
  window.started.tryOnceMore();
});

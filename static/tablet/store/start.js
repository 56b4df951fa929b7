/* Runs before anything else of the page, and starts what takes the longest: SQLite, or, where a PIN is
   typed before SQLite is needed, the words of the PIN's screen; then that screen has the tablet to itself.
   A plain script and not a module, since a module waits its turn behind the style sheets. */
const PATIENCE_MS = 10_000;
const TRIED = "kid-wheel-tried";

/** What a person can do. If it starts after all, its first screen takes the place. */
function tellNotStarted() {
  clearTimeout(late);
  if (document.readyState === "loading") return document.addEventListener("DOMContentLoaded", tellNotStarted);
  const told = document.getElementById("not-started").content.cloneNode(true);
  told.querySelector("button").onclick = () => location.reload();
  document.getElementById("screen").replaceChildren(told);
  document.querySelector("[blocking]").removeAttribute("blocking"); // a script that never comes would keep the page white
}

/** What failed may have failed for a moment only: it is tried once more before anybody is told. */
function tryOnceMore() {
  if (sessionStorage.getItem(TRIED)) return tellNotStarted();
  sessionStorage.setItem(TRIED, "yes");
  location.reload();
}

const late = setTimeout(tellNotStarted, PATIENCE_MS);
document.addEventListener("error", ({ target }) => target.localName === "script" && tryOnceMore(), true);

window.started = {
  tryOnceMore,
  storeHasAnswered() {
    clearTimeout(late);
    sessionStorage.removeItem(TRIED);
  },
  language: localStorage.getItem("kid-wheel-language") ?? (navigator.language.startsWith("sv") ? "sv" : "en"),
  startWorker() {
    const worker = new Worker("/static/vendor/sqlite/worker.js", { type: "module" });
    worker.onerror = (event) => (window.started.failure = event); // until the store listens
    return worker;
  },
};
if (!localStorage.getItem("kid-wheel-awaited")) window.started.worker = window.started.startWorker();
window.started.pack = fetch(`/tablet/${window.started.language}/adult`);
window.started.pack.catch(() => {}); // whoever waits for it is told

/* Runs before anything else of the page, and starts what takes the longest: SQLite, or, where a PIN is
   typed before SQLite is needed, the words of the PIN's screen; then that screen has the tablet to itself.
   A plain script and not a module, since a module waits its turn behind the style sheets. */
window.started = {
  language: localStorage.getItem("kid-wheel-language") ?? (navigator.language.startsWith("sv") ? "sv" : "en"),
  startWorker: () => new Worker("/static/vendor/sqlite/worker.js", { type: "module" }),
};
if (!localStorage.getItem("kid-wheel-awaited")) window.started.worker = window.started.startWorker();
window.started.pack = fetch(`/tablet/${window.started.language}/adult`);
window.started.pack.catch(() => {}); // whoever waits for it is told

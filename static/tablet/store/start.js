/* Runs before anything else of the page: SQLite takes the longest of all at a start. A plain script and
   not a module, since a module waits its turn behind the style sheets. store.js takes over from here. */
window.startedWorker = new Worker("/static/vendor/sqlite/worker.js", { type: "module" });

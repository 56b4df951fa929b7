/** Buttons whose taps are rows in SQLite; `data-saved-taps` counts those that are on disk. */
navigator.serviceWorker.register("/sw.js", { scope: "/" });
const worker = new Worker("/worker.mjs", { type: "module" });
const { dataset } = document.documentElement;
worker.onmessage = ({ data }) => {
  if (data === "open") dataset.ready = "yes";
  else dataset.savedTaps = String(data);
};
document.querySelector("main").addEventListener("click", ({ target }) => {
  target.toggleAttribute("aria-pressed");
  worker.postMessage({ button: target.textContent, at: new Date().toISOString() });
});

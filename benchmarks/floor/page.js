/** Buttons and a service worker: the least that could be called a page without net. */
navigator.serviceWorker.register("/sw.js", { scope: "/" });
document.querySelector("main").addEventListener("click", ({ target }) => target.toggleAttribute("aria-pressed"));
document.documentElement.dataset.ready = "yes";

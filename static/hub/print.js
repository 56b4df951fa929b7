/** The button that opens the browser's own print dialogue: where no script runs it does nothing, so
 * a page may hide it until this one does. */
const button = document.querySelector("[data-print]");
button?.addEventListener("click", () => window.print());
button?.removeAttribute("hidden");

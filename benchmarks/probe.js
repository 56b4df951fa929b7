/** Runs first in ours and in the floor's pages alike, and takes the times that the table shows. In milliseconds. */
window.probe = {
  paint: [], // from a tap to the next paint after it
  disk: [], // from a tap until the page has been told that it is on disk
  tappedAt: 0,
  submittedAt: 0,

  /** performance.now() when something that matches is on the screen, its pictures too. */
  until(selector) {
    return new Promise((done) => {
      const look = () => {
        const found = document.querySelector(selector);
        if (!found) return;
        observer.disconnect();
        pictures(found).then(painted).then(done);
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { childList: true, subtree: true, attributeFilter: ["data-ready"] });
      look();
    });
  },
};

const painted = () =>
  new Promise((done) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(0);
    }),
  );

const pictures = (root) =>
  Promise.all([
    ...[...root.querySelectorAll("img[src]")].map((picture) => picture.decode().catch(() => {})),
    ...[...root.querySelectorAll("svg image")].map(
      (picture) => new Promise((done) => ["load", "error"].forEach((kind) => picture.addEventListener(kind, done))),
    ),
  ]);

let isTapped = false; // a label's click is followed by one on its input: the finger came once
addEventListener(
  "click",
  () => {
    if (isTapped) return;
    isTapped = true;
    const at = (window.probe.tappedAt = performance.now());
    painted().then((now) => {
      window.probe.paint.push(now - at);
      isTapped = false;
    });
  },
  true,
);
addEventListener("submit", () => (window.probe.submittedAt = performance.now()), true);
// Ours says "Sparat" in the page, anew for each time; the floor counts on its body.
new MutationObserver((changes) => {
  const isSaid = ({ type, target }) => type === "attributes" || target.id === "kept";
  if (changes.some(isSaid)) window.probe.disk.push(performance.now() - window.probe.tappedAt);
}).observe(document, { attributes: true, attributeFilter: ["data-saved-taps"], childList: true, subtree: true });

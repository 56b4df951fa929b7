/** Runs first in ours and in the floor's pages alike, and takes the times that the table shows. In milliseconds. */
window.probe = {
  paint: [], // from a tap to the next paint after it
  disk: [], // from a tap until the page has been told that it is on disk
  tappedAt: 0,
  saved: () => window.probe.tappedAt && window.probe.disk.push(performance.now() - window.probe.tappedAt),
  strokes: [], // from a finger's move on a paper to the next paint after it
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

// A tap begins when the finger leaves the glass, by the clock of the event itself: what the page
// does between that and its click is part of what a child waits for.
let liftedAt = 0;
let countedAt = 0; // a label's click is followed by one on its input: the finger came once
addEventListener("pointerup", ({ timeStamp }) => (liftedAt = timeStamp), true);
// A line on a paper is no click; a piece of it that is saved while it is drawn does not count.
const isPaper = ({ target }) => target.localName === "canvas";
addEventListener("pointerdown", (event) => isPaper(event) && (window.probe.tappedAt = 0), true);
addEventListener("pointerup", (event) => isPaper(event) && (window.probe.tappedAt = liftedAt), true);
addEventListener(
  "click",
  () => {
    if (countedAt === liftedAt) return;
    const at = (window.probe.tappedAt = countedAt = liftedAt);
    painted().then((now) => window.probe.paint.push(now - at));
  },
  true,
);
addEventListener(
  "pointermove",
  (event) => isPaper(event) && painted().then((now) => window.probe.strokes.push(now - event.timeStamp)),
  true,
);
addEventListener("submit", () => (window.probe.submittedAt = performance.now()), true);
// Ours tells the one who holds the session, and the floor's page counts on its root.
new MutationObserver(() => window.probe.saved()).observe(document, { attributeFilter: ["data-saved-taps"], subtree: true });

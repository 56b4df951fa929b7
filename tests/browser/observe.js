// Runs before the product's scripts: it watches what goes to and from the store. It changes nothing,
// unless a test asks it to hold one verb back, so that it can kill the browser before that is done.
(() => {
  const seen = (window.seen = { sent: [], saved: [], refused: [], waiting: 0, screens: 0 });

  // To wait for what is seen here: looked at when something has happened, and not at every frame.
  const waiting = new Set();
  const happened = () => waiting.forEach((look) => look());
  const until = (isSo, patience, what) =>
    new Promise((yes, no) => {
      const look = () => {
        if (!isSo()) return;
        waiting.delete(look);
        clearTimeout(late);
        yes();
      };
      const late = setTimeout(() => no(new Error(`${what}: not within ${patience} ms`)), patience);
      waiting.add(look);
      look();
    });
  seen.now = () => ({ sent: seen.sent.length, screens: seen.screens });
  seen.isKept = ({ sent, patience }) => until(() => seen.sent.length > sent && !seen.waiting, patience, "a tap on disk");
  seen.isTurned = ({ screens, patience }) => until(() => seen.screens > screens, patience, "another screen");
  seen.isAnswered = ({ sent, screens, patience }) =>
    until(() => (seen.sent.length > sent || seen.screens > screens) && !seen.waiting, patience, "an answer to a tap");
  seen.isAtRest = (patience) => until(() => !seen.waiting, patience, "all taps on disk");

  const Real = window.Worker;
  if (!Real) return;
  window.Worker = class extends Real {
    #taps = new Map();

    constructor(url, options) {
      super(window.storeWorker ?? url, options);
      this.addEventListener("message", ({ data: { id, error } }) => this.#answered(id, error));
    }

    postMessage(message) {
      if (message.verb === window.heldBack) return;
      if (message.verb === "tap") {
        this.#taps.set(message.id, message.args[1]);
        seen.sent.push(message.args[1]);
        seen.waiting += 1;
        happened();
      }
      super.postMessage(message);
    }

    #answered(id, error) {
      const tap = this.#taps.get(id);
      if (!tap) return;
      this.#taps.delete(id);
      seen.waiting -= 1;
      (error ? seen.refused : seen.saved).push(tap);
      happened();
    }
  };
  document.addEventListener("htmx:after:swap", () => {
    seen.screens += 1;
    happened();
  });

  seen.middleOf = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  };

  // A trembling finger counts once: two taps on one place are meant when they are this far apart.
  let tap = { timeStamp: -Infinity };
  addEventListener("click", (event) => event.detail && (tap = event), { capture: true });
  seen.isAnotherTap = (element) => {
    const { x, y } = seen.middleOf(element);
    const isElsewhere = Math.hypot(x - tap.clientX, y - tap.clientY) > 60;
    const wait = isElsewhere ? 0 : tap.timeStamp + 310 - performance.now();
    return wait > 0 && new Promise((yes) => setTimeout(yes, wait));
  };
  // Before a tap on an element: where the finger may come, as soon as the element stands still with
  // nothing over it, and what was seen until then.
  const nextFrame = () => new Promise(requestAnimationFrame);
  const isOnTop = (element, { x, y }) => element.contains(document.elementFromPoint(x, y));
  seen.beforeTap = async (element, patience) => {
    element.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    const late = performance.now() + patience;
    for (let before, at; ; before = at) {
      at = seen.middleOf(element);
      if (at.x === before?.x && at.y === before?.y && isOnTop(element, at) && !element.matches(":disabled")) break;
      if (performance.now() > late) throw new Error(`no finger can come to it: not within ${patience} ms`);
      await nextFrame();
    }
    await seen.isAnotherTap(element);
    return { ...seen.middleOf(element), seen: seen.now() };
  };

  // Where on the paper there is ink, in 40 × 28 cells, each at least a quarter full: a line that is
  // painted as the finger moves is not as soft at the edge as the same line painted at once.
  const ink = (canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const inked = new Map();
    for (let at = 3; at < data.length; at += 4) {
      if (data[at] < 200) continue;
      const [x, y] = [((at >> 2) % width) / width, Math.floor((at >> 2) / width) / height];
      const cell = Math.floor(y * 28) * 40 + Math.floor(x * 40);
      inked.set(cell, (inked.get(cell) ?? 0) + 1);
    }
    const quarter = (width * height) / (40 * 28) / 4;
    return [...inked.keys()].filter((cell) => inked.get(cell) > quarter).sort((a, b) => a - b).join(" ");
  };

  // What a person sees on the screen, so that two moments can be compared.
  // What a tap changes beside the card is marked after the next paint, which may come after the disk.
  seen.isMarked = () =>
    new Promise((yes) => {
      requestAnimationFrame(() => setTimeout(yes));
      setTimeout(yes, 500); // a tab in the background paints nothing
    });
  window.whatIsSeen = () => {
    const screen = document.querySelector("#screen > *");
    const all = (selector, tell) => [...screen.querySelectorAll(selector)].map(tell);
    const pressed = document.querySelectorAll("#rights [aria-pressed='true']");
    return {
      screen: screen.dataset.screen,
      area: screen.dataset.area ?? "",
      cards: all("fieldset.card", ({ dataset }) => dataset.card),
      chosen: all(".step input:checked", ({ name, value }) => `${name}=${value}`),
      silent: all("fieldset.card[data-silence]", ({ dataset }) => `${dataset.card}=${dataset.silence}`),
      pressed: [...pressed].map(({ dataset }) => dataset.silence),
      dots: all(".sector", (sector) => sector.querySelectorAll(".sector-dots circle").length),
      met: all(".is-answered", ({ dataset }) => dataset.mark),
      decided: all(".closing-item [aria-pressed='true']", (one) => one.textContent.trim()),
      written: all("textarea, input[name='question']", ({ value }) => value),
      drawn: all(".paper canvas", ink),
      pictures: all("svg.drawn path", (path) => path.getAttribute("d")),
      readBack: all(".readback-item", ({ dataset }) => dataset.say),
    };
  };
})();

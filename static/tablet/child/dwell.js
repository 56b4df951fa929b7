/**
 * Choosing by resting: a pointer, moved by the eyes or the head, that stays on something chooses it.
 * It must never choose what the pointer only happens to be over, and can always be put to rest.
 */
const TARGETS = "button:not([data-adult-corner]), a.sector, .step";

let wait; // ms
let target; // what the pointer is over
let chosen; // it has chosen already, and must be left first
let waiting;
let isResting = false;

/** @param {number} ms how long a pointer rests before it chooses */
export function startDwell(ms) {
  if (wait === undefined) document.addEventListener("pointermove", onMove);
  wait = ms;
  leave();
  chosen = undefined;
  if (!document.getElementById("dwell-rest")) addRest();
}

export function stopDwell() {
  if (wait !== undefined) document.removeEventListener("pointermove", onMove);
  wait = undefined;
  leave();
  document.getElementById("dwell-rest")?.remove();
  document.getElementById("dwell-ring")?.remove();
}

/** Where the eyes may rest: looking there turns choosing off, and on again. */
function addRest() {
  const rest = document.getElementById("child-rest-eyes").content.firstElementChild.cloneNode(true);
  rest.id = "dwell-rest";
  rest.setAttribute("aria-pressed", String(isResting));
  rest.addEventListener("click", () => {
    isResting = !isResting;
    rest.setAttribute("aria-pressed", String(isResting));
  });
  const ring = document.createElement("div");
  ring.id = "dwell-ring";
  ring.hidden = true;
  document.body.append(rest, ring);
}

function onMove({ target: under, clientX, clientY, pointerType }) {
  if (pointerType === "touch") return;
  const found = under.closest?.(TARGETS) ?? undefined;
  const ring = document.getElementById("dwell-ring");
  ring.style.translate = `${clientX}px ${clientY}px`;
  if (found === target) return;
  leave();
  if (found !== chosen) chosen = undefined;
  target = found;
  if (!target || target === chosen || (isResting && target.id !== "dwell-rest")) return;
  target.classList.add("is-dwelt");
  ring.style.setProperty("--wait", `${wait}ms`);
  ring.hidden = false;
  waiting = setTimeout(choose, wait);
}

function leave() {
  clearTimeout(waiting);
  target?.classList.remove("is-dwelt");
  target = undefined;
  const ring = document.getElementById("dwell-ring");
  if (ring) ring.hidden = true;
}

function choose() {
  const here = target;
  leave();
  target = chosen = here;
  const control = here.matches("label.step") ? here.querySelector("input") : here;
  control.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
}

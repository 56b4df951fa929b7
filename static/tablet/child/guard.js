/**
 * Child mode that holds: a second finger, a resting palm, a double tap, a long press, a pinch and the
 * keys of a keyboard lead nowhere. It must never stand between one real tap and its answer.
 */
const AGAIN_MS = 300; // a tap on the same place sooner than this is the same tap, trembling
const SAME_PLACE_PX = 48; // also when another screen has come under the finger
const QUICK_BACKS = 6; // as often as "back" may be pressed before the page answers
const PALM_PX = 90; // 17 mm: wider than a fingertip

const TEXT = "textarea, input:not([type='radio'], [type='checkbox'])";
const EDITING = new Set(["a", "c", "v", "x", "y", "z"]); // with Ctrl or Cmd, in a text

let isChild;
const fingers = new Set(); // pointers that count, of those that are down
const refused = new Set(); // pointers whose click does not count
let lastUp; // whose click comes next, for browsers that do not say
let tapped; // the last tap that counted: {at, x, y, control}

/** @param {() => boolean} isOn whether a child's screen is in front */
export function guardChildMode(isOn) {
  isChild = isOn;
  const early = { capture: true };
  document.addEventListener("pointerdown", onDown, early);
  for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, onUp, early);
  document.addEventListener("click", onClick, early);
  document.addEventListener("keydown", onKey, early);
  for (const kind of ["contextmenu", "dragstart", "dragover", "drop", "gesturestart", "gesturechange", "dblclick", "auxclick"]) {
    document.addEventListener(kind, (event) => isChild() && event.preventDefault());
  }
  document.addEventListener("selectstart", (event) => isChild() && !isText(event.target) && event.preventDefault());
  // Passive listeners may not stop a zoom by wheel or pinch on a touchpad.
  document.addEventListener("wheel", (event) => isChild() && event.ctrlKey && event.preventDefault(), { passive: false });
  guardHistory();
}

/** One finger counts at a time. A palm never does, and does not keep a finger from it. */
function onDown(event) {
  if (!isChild()) return;
  const { pointerId, pointerType, isPrimary, width, height } = event;
  if (isPrimary && pointerType !== "mouse") forgetFingers();
  const isPalm = pointerType === "touch" && Math.max(width, height) > PALM_PX;
  if (!isPalm && (pointerType !== "touch" || !fingers.size)) {
    fingers.add(pointerId);
    return;
  }
  refused.add(pointerId);
  event.preventDefault();
  event.stopPropagation();
}

/** A primary pointer is the only one: an up that a removed screen took with it is over too. */
function forgetFingers() {
  fingers.clear();
  refused.clear();
}

function onUp({ pointerId }) {
  fingers.delete(pointerId);
  lastUp = pointerId;
}

function onClick(event) {
  if (!isChild() || isPassedOn(event)) return;
  const isKey = event.detail === 0;
  if (refused.has(event.pointerId ?? lastUp) || (!isKey && isSameTap(event))) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (!isKey) tapped = { at: event.timeStamp, x: event.clientX, y: event.clientY, target: event.target, control: controlOf(event.target) };
}

/** A label's click is followed by one on its input: the finger came once. An input that covers its label meets it itself. */
const isPassedOn = ({ target }) => target.matches("label input") && target.closest("label") === tapped?.control && target !== tapped.target;

function isSameTap({ timeStamp, clientX, clientY, target }) {
  if (!tapped || timeStamp - tapped.at > AGAIN_MS || isText(target)) return false;
  return controlOf(target) === tapped.control || Math.hypot(clientX - tapped.x, clientY - tapped.y) < SAME_PLACE_PX;
}

const controlOf = (target) => target.closest?.("button, a, label") ?? target;
const isText = (target) => Boolean(target.closest?.(TEXT));

/** What a keyboard can ask of a browser, as far as a page may say no. A reload comes back to the same screen. */
function onKey(event) {
  if (!isChild()) return;
  const { key, ctrlKey, metaKey, altKey, repeat, target } = event;
  const writes = isText(target);
  const isCommand = (ctrlKey || metaKey || (altKey && key.length > 1)) && !event.getModifierState("AltGraph");
  const isEditing = writes && (ctrlKey || metaKey) && (EDITING.has(key.toLowerCase()) || key.startsWith("Arrow"));
  const isBrowsers = /^F\d+$|^Browser|^Launch|^(Escape|ContextMenu|Help|Print|PrintScreen)$/.test(key);
  const goesBack = key === "Backspace" && !writes;
  const isHeldDown = repeat && !writes && (key === "Enter" || key === " ");
  if ((isCommand && !isEditing) || isBrowsers || goesBack || isHeldDown) event.preventDefault();
}

/**
 * Back leads to where the child is, also when it is pressed again before the page has answered.
 * Browsers skip an entry that came without a touch, so a new one is made by the next touch after
 * each back.
 */
function guardHistory() {
  let isGuarded = false;
  const fill = (state) => {
    for (let at = (state?.at ?? 0) + 1; at <= QUICK_BACKS; at += 1) history.pushState({ at }, "");
  };
  fill(history.state); // a reload finds them there
  addEventListener("popstate", ({ state }) => {
    fill(state);
    isGuarded = false;
  });
  addEventListener("pointerup", () => {
    if (isGuarded || !isChild()) return;
    isGuarded = true;
    history.pushState({ at: QUICK_BACKS }, "");
  });
}

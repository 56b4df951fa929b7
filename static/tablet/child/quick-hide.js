/**
 * Somebody walks in: three fingers on the glass, and a calm picture covers everything. The PIN leads
 * back to exactly the same screen. It must never leave a word of the child in the page, nor wait.
 */
import htmx from "../../vendor/htmx.js";
import { copy } from "../screen.js";
import { session } from "../session.js";
import { writing } from "../writing.js";

const FINGERS = 3;
const TOGETHER_MS = 600;
const PALM_PX = 90; // a resting hand is not three fingers
const ADULTS = new Set(["during", "disclosure"]); // where the child's name or words are in front of an adult

/** @param {() => void} onCovered after the screen has been changed */
export function startQuickHide(onCovered) {
  const touches = new Map(); // pointerId → when it came
  const cover = () => {
    hide();
    onCovered();
  };
  const onDown = ({ pointerId, pointerType, isPrimary, width, height, timeStamp }) => {
    if (pointerType !== "touch" || Math.max(width, height) > PALM_PX) return;
    if (isPrimary) touches.clear();
    touches.set(pointerId, timeStamp);
    if (touches.size !== FINGERS || timeStamp - Math.min(...touches.values()) > TOGETHER_MS) return;
    if (shown() && !session.hidden) cover();
  };
  addEventListener("pointerdown", onDown, { capture: true });
  for (const kind of ["pointerup", "pointercancel"]) {
    addEventListener(kind, ({ pointerId }) => touches.delete(pointerId), { capture: true });
  }
  // A screen that was on its way when the fingers came is covered before it is painted.
  document.addEventListener("htmx:after:swap", () => session.hidden && shown() && cover());
}

/** What would be hidden: "child" or "guardian", the name of an adult's screen, or nothing. */
function shown() {
  const screen = document.querySelector("#screen > *");
  if (screen?.matches(".screen")) return "child";
  if (screen?.matches(".guardian")) return "guardian";
  return session.id && ADULTS.has(screen?.dataset.screen) ? screen.dataset.screen : undefined;
}

function hide() {
  session.hidden = shown();
  writing.keepNow();
  const screen = document.getElementById("screen");
  screen.replaceChildren(copy("adult-hidden"));
  htmx.process(screen);
  document.title = screen.querySelector("h1").textContent;
  screen.querySelector("button").focus({ preventScroll: true });
}

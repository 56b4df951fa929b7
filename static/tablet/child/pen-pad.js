/**
 * A pad that moves a pen over the paper, for a child who chooses with a switch, by resting or with
 * keys: a line needs a hand. What it draws are strokes like any other.
 */
import { copy } from "../screen.js";
import { session } from "../session.js";
import { drawPiece } from "./drawing.js";
import { BOX, strokesOf } from "./strokes.js";

const STEP = 50; // units of the box

let pen; // {at: [x, y], isDown}

export function startPenPad() {
  document.getElementById("screen").addEventListener("click", onPenPad);
  document.addEventListener("keydown", ({ key }) => {
    const screen = document.querySelector("#screen > [data-screen='drawing']");
    if (screen && key === "Tab") layPenPad(screen);
  });
}

/** Put the pad beside the paper, if the screen has one. */
export function layPenPad(screen) {
  const { screen: name, drawing } = screen.dataset;
  if (name !== "drawing" || screen.querySelector(".pen-pad")) return;
  screen.querySelector(".easel").append(copy("child-pen-pad"));
  screen.querySelector(".paper").append(copy("child-pen-at"));
  const at = strokesOf(session.state, drawing).at(-1)?.points.slice(-2) ?? BOX.map((side) => side / 2);
  pen = { at, isDown: true };
  showPen(screen);
}

function onPenPad({ target, currentTarget }) {
  const key = target.closest("[data-pen]");
  if (!key) return;
  if (key.dataset.pen === "lift") pen.isDown = !pen.isDown;
  else move(key.dataset.pen.split(" ").map(Number));
  showPen(currentTarget);
}

function move(towards) {
  const to = pen.at.map((place, side) => Math.min(BOX[side], Math.max(0, place + towards[side] * STEP)));
  if (pen.isDown && String(to) !== String(pen.at)) drawPiece(pen.at, to);
  pen.at = to;
}

function showPen(root) {
  const [left, top] = pen.at.map((place, side) => `${(100 * place) / BOX[side]}%`);
  const mark = root.querySelector(".pen-at");
  Object.assign(mark.style, { left, top });
  mark.classList.toggle("is-down", pen.isDown);
  root.querySelector("[data-pen='lift']").setAttribute("aria-pressed", String(pen.isDown));
}

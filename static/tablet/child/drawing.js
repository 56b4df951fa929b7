/**
 * The paper that a child draws on, with finger, pen or mouse. A line is on the screen in the same
 * event that brought it, and on disk when the finger lifts or a second has passed.
 * Only one pointer draws: a second finger and a resting palm draw nothing, and a pen comes first.
 */
import { session } from "../session.js";
import { copy } from "../screen.js";
import { BOX, MOST, drawingsIn, drawnPicture, strokesOf, whatIsFull } from "./strokes.js";
import { areaHead, backToArea } from "./area-head.js";
import { cardWithDrawing } from "./own-cards.js";

const PIECE_MS = 1000; // at most this much of a line is lost by a kill
const PEN_MS = 1000; // a pen was here a moment ago: a touch is the hand that holds it
const NEAR = 2; // units of the box: closer than this the finger has not moved
const SHOWN_PAPERS = 3;

let line; // the one being drawn
let penWasHere = -PEN_MS;
let observer;

export function drawingScreen(area, id) {
  const screen = copy("child-drawing");
  areaHead(screen, area);
  screen.dataset.drawing = id;
  const { colour, width } = lastUsed() ?? {};
  check(screen, "colour", colour);
  check(screen, "width", width);
  screen.querySelector("[data-done]").setAttribute("hx-get", afterDrawing(area, id));
  screen.querySelector("[data-new-paper]").setAttribute("hx-get", `/local/child/paper/${area}`);
  const others = drawingsIn(session.state, area).filter(([other]) => other !== id && !cardWithDrawing(session.state, other));
  screen.querySelector(".papers").replaceChildren(
    ...others.slice(-SHOWN_PAPERS).map(([other, { strokes }], index) => {
      const item = copy("child-paper");
      const button = item.querySelector("button");
      button.setAttribute("hx-get", `/local/child/drawing/${area}/${other}`);
      button.setAttribute("aria-label", `${button.getAttribute("aria-label")} ${index + 1}`);
      button.append(drawnPicture(strokes));
      return item;
    }),
  );
  showTools(screen);
  return screen;
}

export function startDrawing() {
  const screen = document.getElementById("screen");
  screen.addEventListener("pointerdown", onDown);
  screen.addEventListener("pointermove", onMove);
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) screen.addEventListener(kind, onUp);
  screen.addEventListener("click", onClick);
  document.addEventListener("htmx:after:swap", layOutPaper);
  document.addEventListener("visibilitychange", finish);
  addEventListener("pagehide", finish);
}

/** Where "Klar" leads: to the card that this is the picture of, or back to the area. */
function afterDrawing(area, id) {
  const card = cardWithDrawing(session.state, id);
  return `/local/child/${card ? `card/${area}/${card.split("/").at(-1)}` : backToArea(area)}`;
}

/** A new screen: whatever was being drawn is kept, and a paper shows what is on it. */
function layOutPaper() {
  finish();
  observer?.disconnect();
  const canvas = paper();
  if (!canvas) return;
  observer = new ResizeObserver(() => {
    finish();
    repaint();
  });
  observer.observe(canvas);
}

const paper = () => document.querySelector("#screen > [data-screen='drawing'] canvas");
const easel = () => document.querySelector("#screen > [data-screen='drawing']");

function onDown(event) {
  if (event.pointerType === "pen") penWasHere = event.timeStamp;
  if (!event.target.matches?.(".paper canvas") || event.button > 0) return;
  const isHand = event.pointerType === "touch" && event.timeStamp - penWasHere < PEN_MS;
  if (isHand) return;
  if (line) {
    if (event.pointerType !== "pen" || line.type === "pen") return;
    giveUp();
  }
  begin(event);
}

function begin({ target: canvas, pointerId, pointerType, clientX, clientY }) {
  const { drawing, area } = easel().dataset;
  if (whatIsFull(session.state, area, drawing)) return showTools(easel());
  const box = canvas.getBoundingClientRect();
  line = { of: session.id, drawing, area, pointerId, type: pointerType, box, points: [], kept: 0 };
  Object.assign(line, chosenPen(), { pen: penFor(canvas) });
  canvas.setPointerCapture(pointerId);
  draw(line, clientX, clientY);
  line.timer = setInterval(keep, PIECE_MS);
}

function onMove(event) {
  if (event.pointerType === "pen") penWasHere = event.timeStamp;
  if (event.pointerId !== line?.pointerId) return;
  const coalesced = event.getCoalescedEvents?.() ?? [];
  for (const { clientX, clientY } of coalesced.length ? coalesced : [event]) draw(line, clientX, clientY);
}

function onUp({ pointerId }) {
  if (pointerId === line?.pointerId) finish();
}

function draw(now, clientX, clientY) {
  const { box, points } = now;
  const x = within(((clientX - box.left) / box.width) * BOX[0], BOX[0]);
  const y = within(((clientY - box.top) / box.height) * BOX[1], BOX[1]);
  const [lastX = x, lastY = y] = points.slice(-2);
  if (points.length && Math.abs(x - lastX) < NEAR && Math.abs(y - lastY) < NEAR) return;
  paint(now.pen, now, [lastX, lastY, x, y]);
  if (points.length >= MOST.stroke) {
    keep();
    Object.assign(now, { points: [lastX, lastY], kept: 0 });
    if (whatIsFull(session.state, now.area, now.drawing)) return finish();
  }
  now.points.push(x, y);
}

function chosenPen() {
  const chosen = (name) => easel().querySelector(`[name="${name}"]:checked`).value;
  return { colour: chosen("colour"), width: Number(chosen("width")) };
}

/** A straight piece: of the last line, if that ends where this begins. On the screen and on its way to the disk. */
export function drawPiece(from, to) {
  const { drawing, area } = easel().dataset;
  if (!whatIsFull(session.state, area, drawing)) {
    const stroke = chosenPen();
    const continues = goesOn(strokesOf(session.state, drawing).at(-1), stroke, from);
    paint(penFor(paper()), stroke, [...from, ...to]);
    session.record({ type: "stroke", drawing, area, ...stroke, points: continues ? to : [...from, ...to], ...(continues && { continues }) });
  }
  showTools(easel());
}

/** Whether the last line goes on with this pen from here: a finger may have drawn another meanwhile. */
const goesOn = (last, { colour, width }, from) =>
  last?.colour === colour && last.width === width && last.points.length < MOST.stroke && String(last.points.slice(-2)) === String(from);

const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));

/** What has been drawn since the last piece goes to the disk. */
function keep() {
  const { of, drawing, area, colour, width, points, kept } = line;
  if (points.length === kept || session.id !== of) return;
  line.kept = points.length;
  session.record({ type: "stroke", drawing, area, colour, width, points: points.slice(kept), ...(kept && { continues: true }) });
}

function finish() {
  if (!line) return;
  clearInterval(line.timer);
  keep();
  line = undefined;
  if (easel()) showTools(easel());
}

/** It was the hand and not the pen: as if it had never touched. */
function giveUp() {
  const { drawing, kept } = line;
  clearInterval(line.timer);
  line = undefined;
  if (kept) session.record({ type: "unstroke", drawing });
  repaint();
}

function onClick({ target }) {
  const type = target.closest("[data-stroke]")?.dataset.stroke;
  if (!type || !easel()) return;
  finish();
  session.record({ type, drawing: easel().dataset.drawing });
  repaint();
  showTools(easel());
}

/** The whole paper from its strokes, as sharp as the screen. */
function repaint() {
  const canvas = paper();
  if (!canvas || !session.state) return;
  const { width, height } = canvas.getBoundingClientRect();
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const pen = penFor(canvas);
  for (const stroke of strokesOf(session.state, easel().dataset.drawing)) paint(pen, stroke, stroke.points);
}

function penFor(canvas) {
  const pen = canvas.getContext("2d");
  pen.setTransform(canvas.width / BOX[0], 0, 0, canvas.height / BOX[1], 0, 0);
  pen.lineCap = pen.lineJoin = "round";
  return pen;
}

function paint(pen, { colour, width }, points) {
  pen.strokeStyle = pen.fillStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.arc(points[0], points[1], width / 2, 0, 2 * Math.PI); // a dot, which a line to itself is not everywhere
  pen.fill();
  pen.beginPath();
  pen.moveTo(points[0], points[1]);
  for (let index = 2; index < points.length; index += 2) pen.lineTo(points[index], points[index + 1]);
  pen.stroke();
}

function showTools(screen) {
  const { drawing, area } = screen.dataset;
  const paperNow = session.state.drawings.get(drawing);
  const full = whatIsFull(session.state, area, drawing);
  screen.querySelector("[data-stroke='unstroke']").toggleAttribute("disabled", !paperNow?.strokes.length);
  screen.querySelector("[data-stroke='restroke']")?.toggleAttribute("disabled", !paperNow?.undone.length);
  screen.querySelector("[data-new-paper]").toggleAttribute("disabled", !paperNow?.strokes.length || full === "all");
  for (const note of screen.querySelectorAll("[data-full]")) note.toggleAttribute("hidden", note.dataset.full !== full);
}

/** What the child drew with last, so that a reload does not change the pen in its hand. */
function lastUsed() {
  return [...session.state.drawings.values()].flatMap(({ strokes }) => strokes).at(-1);
}

function check(screen, name, value) {
  const known = screen.querySelector(`[name="${name}"][value="${value}"]`);
  if (!known) return;
  for (const one of screen.querySelectorAll(`[name="${name}"]`)) one.toggleAttribute("checked", one === known);
}

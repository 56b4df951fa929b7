/**
 * One or two switches instead of a finger: what can be chosen lights up in turn, first group by group.
 * It must never choose by itself, and never be faster than the child wants.
 *
 * With one switch (Space or Enter) the light moves by itself. With two, Space moves it and Enter chooses.
 * It does not go to where one writes, since its two keys are letters there and would not lead out again,
 * but to the board of letters under it.
 */
import { TARGETS, press } from "./targets.js";

const GROUPS = [
  ".scale, .tray, .rights, .choices, .area-head, .closing-head, .way-tiles, .kinds, .who-writes, .said",
  ".feelings, .crayons, .brushes, .papers, .own-side, .picture-groups, .picker, .readback-item, .release-item, .person-item, .tiles, .today-faces, .letter-row, .pen-row",
].join();
const WRITING = "textarea, input:not([type='radio'], [type='checkbox'])";
const ROUNDS = 2; // in a group; then the light is on the groups again
const NEXT = new Set([" ", "Tab", "ArrowRight", "ArrowDown"]);
const CHOOSE = new Set(["Enter"]);
const AGAIN_MS = 300;

let fit;
let inGroup; // the group that is scanned, or undefined when the groups are
let at = -1;
let rounds = 0;
let moving;
let pressedAt = 0;
let isListening = false;

/** @param {{scan: "auto" | "step", pace: number}} chosen pace in ms for each target */
export function startScan(chosen) {
  fit = chosen;
  if (!isListening) document.addEventListener("keydown", onKey, { capture: true });
  isListening = true;
  restart();
}

export function stopScan() {
  clearTimeout(moving);
  if (isListening) document.removeEventListener("keydown", onKey, { capture: true });
  isListening = false;
  putOut();
}

function restart(group) {
  inGroup = group;
  at = -1;
  rounds = 0;
  next();
}

/** What can light up now: the groups, each with its targets, or the targets of one group. */
function stops() {
  if (inGroup) return inGroup.filter(isThere).map((target) => [target]);
  const groups = new Map();
  const places = ["#screen > .screen", "#rights"].map((place) => document.querySelector(place));
  for (const target of places.flatMap((place) => [...place.querySelectorAll(TARGETS)]).filter(isThere)) {
    const key = target.closest(GROUPS) ?? target;
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  const found = [...groups.values()];
  return found.length === 1 ? found[0].map((target) => [target]) : found;
}

const isThere = (target) => target.isConnected && target.getClientRects().length > 0 && !target.disabled;

function next() {
  clearTimeout(moving);
  const all = stops();
  if (!all.length) return;
  at += 1;
  if (at >= all.length) {
    at = 0;
    rounds += 1;
    if (inGroup && rounds >= ROUNDS) return restart();
  }
  putOut();
  for (const target of all[at]) target.classList.add("is-scanned");
  all[at][0].scrollIntoView?.({ block: "nearest" });
  if (fit.scan === "auto") moving = setTimeout(next, fit.pace);
}

function putOut() {
  for (const lit of document.querySelectorAll(".is-scanned")) lit.classList.remove("is-scanned");
}

function choose() {
  const lit = stops()[at];
  if (!lit) return;
  if (lit.length > 1) return restart(lit);
  const [target] = lit;
  press(target);
  if (isThere(target)) restart(); // the same screen: from the beginning
}

function onKey(event) {
  const { key, repeat, timeStamp } = event;
  if (event.target.matches?.(WRITING)) {
    if (key !== "Tab") return; // an adult writes what the child says, with the same keys
    event.target.blur();
  }
  if (!NEXT.has(key) && !CHOOSE.has(key)) return;
  if (document.activeElement?.matches("[data-adult-corner]")) return; // an adult holds it by key
  event.preventDefault();
  event.stopImmediatePropagation();
  if (repeat || timeStamp - pressedAt < AGAIN_MS) return;
  pressedAt = timeStamp;
  if (fit.scan === "step" && NEXT.has(key)) next();
  else choose();
}

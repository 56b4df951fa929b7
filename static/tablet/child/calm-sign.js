/**
 * A child that has been silent for a while, or has sat for long, sees a calm picture at "Paus". It must
 * never sound, count, move on by itself or ask anything: it only shows where there is rest.
 */
import { session } from "../session.js";

const SILENT_MS = 60_000;
const LOOK_EVERY_MS = 5000;
// How long children of an age sit before a pause does them good: the most careful values of practice.
const LONG_MIN = [
  [6, 10],
  [9, 15],
  [12, 20],
  [Infinity, 30],
];

let touchedAt = 0;
let restedAt = 0; // the last pause
let looking;

/** @param {boolean} isOn whether a child's screen is in front, with the bar where the sign is shown */
export function watchForRest(isOn) {
  clearInterval(looking);
  looking = undefined;
  touchedAt = Date.now();
  if (session.state?.place === "pause") restedAt = touchedAt;
  if (!isOn) return;
  looking = setInterval(look, LOOK_EVERY_MS);
  look();
}

/** A touch ends the silence; what has been long stays long until a pause. */
export function noteTouch() {
  touchedAt = Date.now();
  if (looking && sign() && !isLong()) sign().remove();
}

function look() {
  const isRest = session.state && session.state.place !== "pause" && (Date.now() - touchedAt >= SILENT_MS || isLong());
  if (!isRest) return sign()?.remove();
  if (sign()) return undefined;
  const image = Object.assign(document.createElement("img"), { className: "calm-sign", src: "/static/tablet/calm.svg", alt: "", draggable: false });
  return document.querySelector("#rights [hx-get='/local/child/pause']")?.append(image);
}

function isLong() {
  const { about, sittings } = session.state ?? {};
  if (!about || about.origin) return false; // whoever writes in from paper is no child
  const [, minutes] = LONG_MIN.find(([oldest]) => about.age <= oldest);
  return Date.now() - Math.max(restedAt, Date.parse(sittings.at(-1).from)) >= minutes * 60_000;
}

const sign = () => document.querySelector("#rights .calm-sign");

/**
 * Reads the pictures of the coming screens while nobody waits: to read an SVG takes a slow tablet
 * longer than to show it. It must never hold up a finger: one picture at a time, when idle.
 */
import { picture, whenIdle } from "../screen.js";

const kept = new Map(); // symbol → the image that keeps what was read
let round = 0;

/** @param {string[]} symbols in the order they may be needed */
export function readAhead(symbols) {
  const missing = [...new Set(symbols)].filter((symbol) => !kept.has(symbol));
  const mine = (round += 1);
  const next = () => {
    const symbol = missing.shift();
    if (!symbol || mine !== round) return;
    const image = new Image();
    image.onload = () => whenIdle(next);
    image.onerror = () => kept.delete(symbol) && whenIdle(next); // read again when it is shown
    image.src = picture(symbol);
    kept.set(symbol, image);
  };
  whenIdle(next);
}

/** The child's screens are over: nothing is kept for them. */
export function forgetPictures() {
  round += 1;
  kept.clear();
}

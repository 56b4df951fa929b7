/**
 * Reads the pictures of the coming screens while nobody waits: to read an SVG takes a slow tablet
 * longer than to show it. It must never hold up a finger: one picture at a time, when idle.
 */
import { whenIdle } from "../screen.js";
import { rasterise } from "./raster.js";

const kept = new Map(); // address → the image that keeps what was read
let round = 0;
let whole; // what was asked when all of it had been read: not to be asked again at each screen

/** @param {() => string[]} toCome addresses in the order they may be needed: asked when nobody waits */
export function readAhead(toCome) {
  if (toCome === whole) return;
  const mine = (round += 1);
  let missing;
  const next = async () => {
    if (mine !== round) return;
    missing ??= [...new Set(toCome())].filter((address) => !kept.has(address));
    const address = missing.shift();
    if (!address) return (whole = toCome);
    const image = new Image();
    kept.set(address, image);
    await rasterise(address).catch(() => {}); // what cannot be drawn or kept is shown as it came
    image.src = address;
    await image.decode().catch(() => kept.delete(address)); // read again when it is shown
    whenIdle(next);
  };
  whenIdle(next);
}

/** The child's screens are over: nothing is kept for them. */
export function forgetPictures() {
  round += 1;
  whole = undefined;
  kept.clear();
}

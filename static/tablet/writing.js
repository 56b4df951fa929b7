/**
 * What somebody is writing right now: kept after a pause, and at once when anything leads away from
 * it. It must never be lost with the screen that it was written on.
 */
import { session } from "./session.js";

const PAUSE_MS = 400;

let last; // {field, id of the conversation, keep, timer}

export const writing = {
  /** @param {Element} field that is written in @param {() => void} keep reads it; it may have left the page by then */
  keepSoon(field, keep) {
    if (last && last.field !== field) writing.keepNow();
    clearTimeout(last?.timer);
    last = { field, id: session.id, keep, timer: setTimeout(writing.keepNow, PAUSE_MS) };
  },

  keepNow() {
    if (!last) return;
    const { id, keep, timer } = last;
    clearTimeout(timer);
    last = undefined;
    if (session.id === id) keep();
  },
};

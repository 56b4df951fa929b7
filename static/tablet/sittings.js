/** When somebody sat with the tablet, as a fold of what happened. */
const RESUME_GAP_MS = 30 * 60 * 1000; // longer than this between two taps is another sitting

/** @param {{from: string, until: string}[]} sittings changed by one more tap @param {string} at */
export function sit(sittings, at) {
  const last = sittings.at(-1);
  if (last && Date.parse(at) - Date.parse(last.until) < RESUME_GAP_MS) last.until = at;
  else sittings.push({ from: at, until: at });
}

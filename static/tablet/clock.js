/**
 * Whether the tablet's clock is right, as far as the hub's last answer tells: ages and times follow it.
 * It must never change a time: those that are kept are the tablet's own.
 */
const KEY = "clock-is-ahead-ms";
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {Response} response of the hub */
export function compareClock(response) {
  const ahead = Date.now() - Date.parse(response.headers.get("Date"));
  if (!Number.isNaN(ahead)) localStorage.setItem(KEY, String(ahead));
}

/** @returns {{clock: Date, hub: Date} | undefined} what the two show now, if they are more than a day apart */
export function wrongClock() {
  const ahead = Number(localStorage.getItem(KEY));
  if (Math.abs(ahead) <= DAY_MS) return undefined;
  const clock = Date.now();
  return { clock: new Date(clock), hub: new Date(clock - ahead) };
}

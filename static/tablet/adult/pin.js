/** A PIN as it is chosen and typed, on the keyboard or on the screen's own keys. */
import { session } from "../session.js";
import { store } from "../store/store.js";

const FEWEST_DIGITS = 6;

export function startPin() {
  document.addEventListener("input", ({ target }) => target.name === "pin" && beginRounds(target));
}

/** @param {HTMLButtonElement} key of the screen's own @param {string} digit or "erase" */
export function typeDigit(key, digit) {
  const { pin } = key.form.elements;
  pin.value = digit === "erase" ? pin.value.slice(0, -1) : pin.value + digit;
  beginRounds(pin);
}

/** The rounds that make a PIN slow to guess begin before it is confirmed: who knows it need not wait for them. */
function beginRounds({ form, value }) {
  if (value.length < FEWEST_DIGITS || !form.matches("[data-screen='pin'] form")) return;
  store.typePin(session.staff.id, value).catch(() => {}); // it is confirmed all the same, and what is wrong is told then
}

/** @returns {string | undefined} the message for a PIN that cannot be chosen */
export function wrongPin(pin, again) {
  if (!/^\d+$/.test(pin) || pin.length < FEWEST_DIGITS) return "pin-digits";
  if (/^(\d)\1+$/.test(pin) || "01234567890".includes(pin) || "9876543210".includes(pin)) return "pin-simple";
  return pin === again ? undefined : "pins-differ";
}

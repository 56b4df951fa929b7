/**
 * Who was interrupted in a conversation, as the page last knew it: their PIN's screen stands there while
 * the store still opens. It is a guess: the store alone knows, and somebody else's screen takes its place.
 */
const KEY = "kid-wheel-awaited";

/** @param {{id: string, name: string} | undefined} staff who has a conversation in hand */
export function expect(staff) {
  if (staff) localStorage.setItem(KEY, JSON.stringify({ id: staff.id, name: staff.name }));
  else localStorage.removeItem(KEY);
}

/** @returns {{id: string, name: string} | null} */
export function expected() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

/** "Stämmer": the child says of one thing it has answered, said or made that it is right. */
import { session } from "../session.js";

/** @param {Element} item on the read-back @param {string} key of the item, see closing.js */
export function offerToConfirm(item, key) {
  const button = item.querySelector("[data-confirm]");
  // Nobody but the child can say that, and over the paper the child is not here.
  if (session.state.about.origin) return button.remove();
  button.dataset.confirm = key;
  button.setAttribute("aria-pressed", String(session.state.closing.confirmed.has(key)));
}

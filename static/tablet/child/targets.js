/**
 * What a finger can choose on a child's screen, for those who choose with something else.
 * It must never hold the adult's corner, nor a rule that has been met.
 */
const CHOICES = "label:has(input:is([type='radio'], [type='checkbox']))";

export const TARGETS = `button:not([data-adult-corner], .promise[aria-pressed='true']), a.sector, ${CHOICES}`;

/** The same as a finger on it. @param {Element} target one of TARGETS */
export function press(target) {
  const control = target.matches("label") ? target.querySelector("input") : target;
  control.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
}

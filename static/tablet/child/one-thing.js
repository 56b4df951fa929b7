/**
 * One thing at a time, for a child of any age who is helped by it: a card, and arrows to the next.
 * It must never leave out what others see: all of it comes, one after the other.
 */

/** Whether all cards of an area lie in a tray below: for older children who have not chosen one thing. */
export const hasTray = ({ variant, fit }) => variant !== "preschool" && !fit?.one;

/** An area's screen has both ways when it is copied. */
export function layOut(screen, about) {
  for (const other of screen.querySelectorAll(hasTray(about) ? "[data-one-thing]" : "[data-all-things]")) other.remove();
}

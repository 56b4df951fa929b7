/**
 * A browser may keep a page that was left, as it was, to show it again at "back". It must never keep a
 * child in it: what was left is emptied, and who comes back begins with the PIN.
 */
import { session } from "../session.js";
import { writing } from "../writing.js";

export function keepNothingBehind() {
  addEventListener("pagehide", ({ persisted }) => {
    writing.keepNow();
    if (!persisted) return;
    document.getElementById("screen").replaceChildren();
    document.getElementById("rights").replaceChildren();
    document.getElementById("said-again")?.remove();
    session.letGo(); // it is taken up from the disk, as after a kill
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

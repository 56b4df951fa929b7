/** The head of a screen that belongs to an area, and the way back to where in it the child was. */
import { session } from "../session.js";

/** Put the area's own head first in `screen`'s, and give the screen the area's colour. */
export function areaHead(screen, area) {
  const { content } = document.getElementById(`child-area-${area}`);
  const parts = [...content.querySelectorAll(".area-head > :is(.to-wheel, .area-sign, h1)")];
  screen.querySelector(".area-head").prepend(...parts.map((part) => part.cloneNode(true)));
  screen.dataset.area = area;
}

/** @returns {string} the place, such as "area/halsa/2" */
export function backToArea(area) {
  const { page } = session.state;
  return page?.startsWith(`area/${area}/`) ? page : `area/${area}/0`;
}

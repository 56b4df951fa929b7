/**
 * Drawings as a fold of strokes. Taps are only ever added, so a smaller save can never replace a
 * larger one. It must never hold a picture: a drawing is what the child's finger did.
 *
 * A stroke is {colour: "#rrggbb", width, points: [x, y, x, y, …]}, in whole numbers of BOX. A long
 * one comes in pieces: all but the first say `continues`, so that a kill loses at most a moment.
 */
export const BOX = [1000, 700];

// The same bounds as kid_wheel/drawing.py and the record's schema, so that what is drawn can be sent.
export const MOST = { stroke: 4000, paper: 60_000, all: 1_000_000, strokes: 500, papers: 20 };

export const noDrawings = () => new Map(); // id → {area, at, strokes, undone}

export const strokeChanges = {
  stroke(state, { drawing, area, colour, width, points, continues, at }) {
    const paper = state.drawings.get(drawing) ?? { area, at, strokes: [], undone: [] };
    state.drawings.set(drawing, paper);
    const last = paper.strokes.at(-1);
    if (continues && last) last.points.push(...points);
    else paper.strokes.push({ colour, width, points: [...points] });
    paper.undone = [];
  },
  unstroke(state, { drawing }) {
    const paper = state.drawings.get(drawing);
    if (paper?.strokes.length) paper.undone.push(paper.strokes.pop());
  },
  restroke(state, { drawing }) {
    const paper = state.drawings.get(drawing);
    if (paper?.undone.length) paper.strokes.push(paper.undone.pop());
  },
  undraw(state, { drawing }) {
    state.drawings.delete(drawing);
  },
};

export const strokesOf = (state, drawing) => state.drawings.get(drawing)?.strokes ?? [];

/** @returns {Array<[string, object]>} the drawings of an area that have a stroke left, oldest first */
export const drawingsIn = (state, area) =>
  [...state.drawings].filter(([, paper]) => paper.area === area && paper.strokes.length);

/** @returns {"" | "paper" | "all"} whether there is room for more, on this paper or at all */
export function whatIsFull(state, area, drawing) {
  const others = drawingsIn(state, area).filter(([id]) => id !== drawing);
  const everything = [...state.drawings.values()].reduce((sum, { strokes }) => sum + numbersIn(strokes), 0);
  if (everything > MOST.all - MOST.stroke || others.length >= MOST.papers) return "all";
  const strokes = strokesOf(state, drawing);
  const isFull = strokes.length >= MOST.strokes || numbersIn(strokes) > MOST.paper - MOST.stroke;
  if (!isFull) return "";
  return others.length + 1 >= MOST.papers ? "all" : "paper";
}

const numbersIn = (strokes) => strokes.reduce((sum, { points }) => sum + points.length, 0);

/** For the record. `cardOf`: the own card that a drawing is the picture of, if it is one. */
export function recordedDrawings(state, area, cardOf) {
  return drawingsIn(state, area).map(([id, { at, strokes }]) => {
    const card = cardOf(id);
    return { id, speaker: "child_drew", at, box: BOX, strokes, ...(card && { card }) };
  });
}

/** The drawing as an SVG of its strokes, for where it is only looked at. */
export function drawnPicture(strokes) {
  const svg = make("svg", { class: "drawn", viewBox: `0 0 ${BOX.join(" ")}`, "aria-hidden": "true" });
  svg.append(
    ...strokes.map(({ colour, width, points }) =>
      make("path", {
        d: pathOf(points),
        fill: "none",
        stroke: colour,
        "stroke-width": width,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
      }),
    ),
  );
  return svg;
}

function pathOf([x, y, ...rest]) {
  let path = `M${x} ${y}L${x} ${y}`; // a dot is a line to where it began
  for (let index = 0; index < rest.length; index += 2) path += ` ${rest[index]} ${rest[index + 1]}`;
  return path;
}

function make(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/**
 * The record that is sealed: what the child said, with the words that were on the screen.
 * Follows kid_wheel/content/record.schema.json.
 */
export const FORMAT = "kid-wheel/conversation/1";

/**
 * @param state from conversation.js
 * @param {Array} areas of the catalog: {key, label, cards: [{key, label, say, symbol}]}
 * @param {Record<string, Array>} scales scale key → [{key, label, symbol}]
 * @param {{id: string, finishedAt: string, ended: "done" | "stopped"}} how
 */
export function makeRecord(state, { areas, scales }, { id, finishedAt, ended }) {
  const { about } = state;
  return {
    format: FORMAT,
    id,
    content_version: about.content_version,
    tablet: about.tablet,
    unit: about.unit,
    staff: about.staff,
    variant: about.variant,
    language: about.language,
    scale: about.scale,
    present: about.present,
    tapped_by: about.tapped_by,
    child: about.child,
    started_at: state.sittings[0].from,
    finished_at: finishedAt,
    sittings: state.sittings,
    ended,
    wheel: state.wheel,
    areas: areas.map((area) => ({
      key: area.key,
      label: area.label,
      order: state.order.indexOf(area.key) + 1 || null,
      cards: area.cards.map((card) => ({ ...card, answer: answerOf(state.cards.get(card.key), scales) })),
      statements: [...state.words.values()].filter((words) => words.area === area.key).map(statementOf),
    })),
  };
}

function answerOf(answer, scales) {
  if (!answer) return { silence: "not_asked" };
  if (answer.silence) return answer;
  const { label, symbol } = scales[answer.scale].find((step) => step.key === answer.step);
  return { ...answer, label, symbol };
}

function statementOf({ text, speaker, question, card, at }) {
  return { text, speaker, ...(question && { question }), ...(card && { card }), at };
}

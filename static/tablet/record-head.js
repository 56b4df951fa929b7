/**
 * What a record begins with, whoever has told: which tablet, who was there, which child, and when.
 *
 * @param {{about: object, sittings: {from: string, until: string}[]}} state
 * @param {{id: string, finishedAt: string}} how
 */
export function headOf({ about, sittings }, { id, finishedAt }) {
  const { content_version, tablet, unit, staff, present, child } = about;
  const started_at = sittings[0].from;
  return { id, content_version, tablet, unit, staff, present, child, started_at, finished_at: finishedAt, sittings };
}

/** Asks the hub for what the ansvarig has lent: sealed to a key that this tablet makes for it alone. */
import { askHub } from "./hub.js";
import { session } from "./session.js";
import { store } from "./store/store.js";

/**
 * @param {"earlier" | "letter"} kind
 * @param {string} caseCode
 * @returns {Promise<string>} sealed, in base64. Throws NoHub or Problem.
 */
export async function fetchLent(kind, caseCode) {
  const json = { case_code: caseCode, public: await store.keyForLoan() };
  const { sealed } = await askHub(`/tablet/api/${kind}`, { method: "POST", token: session.tablet.token, json });
  return sealed;
}

/**
 * "Redo utan nät" is said only when the service worker has every page, picture and script,
 * and the tablet the unit's own cards.
 */
import { hasLocalPack } from "../local-pack.js";
import { session } from "../session.js";

const PATIENCE_MS = 3000;

/** @returns {Promise<{wanted: number, missing: number}>} zeros when no service worker answers yet */
export async function packState() {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  const worker = registration?.active;
  if (!worker) return { wanted: 0, missing: 0 };
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage("ready?", [port2]);
    setTimeout(() => resolve({ wanted: 0, missing: 0 }), PATIENCE_MS);
  });
}

export async function isReady() {
  const { wanted, missing } = await packState();
  return wanted > 0 && missing === 0 && (await hasLocalPack(session.tablet));
}

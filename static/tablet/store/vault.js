/**
 * The keys of the drafts: one for each member of staff, locked by a PIN that is never stored.
 * A draft key must never leave the worker in clear, but to be sealed to the hub for a lost PIN.
 */
const ROUNDS = 600_000; // PBKDF2-SHA256, OWASP's floor
const NONCE_BYTES = 12;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class WrongPin extends Error {}

/** @returns {Uint8Array} a new draft key, 32 random bytes */
export const newDraftKey = () => crypto.getRandomValues(new Uint8Array(32));

/** Lock a draft key with a PIN. @returns {Promise<{salt: Uint8Array, rounds: number, wrapped: Uint8Array}>} */
export async function lockKey(draftKey, pin) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const wrapped = await encrypt(await pinKey(pin, salt, ROUNDS), draftKey, "draft-key");
  return { salt, rounds: ROUNDS, wrapped };
}

/** What a PIN opens the draft key with: slow on purpose. @returns {Promise<CryptoKey>} */
export async function pinKey(pin, salt, rounds) {
  const material = await crypto.subtle.importKey("raw", encoder.encode(pin), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** @param {Uint8Array} wrapped @param {CryptoKey} pinKey @returns {Promise<CryptoKey>} the draft key, or WrongPin */
export async function unlockKey(wrapped, pinKey) {
  const raw = await decrypt(pinKey, wrapped, "draft-key").catch(() => {
    throw new WrongPin();
  });
  return importKey(raw);
}

export const importKey = (raw) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);

/** AES-256-GCM, nonce first. `boundTo` must be the same when decrypting. */
export async function encrypt(key, clear, boundTo) {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoder.encode(boundTo) }, key, clear);
  return joined(iv, new Uint8Array(sealed));
}

export async function decrypt(key, sealed, boundTo) {
  const clear = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: sealed.slice(0, NONCE_BYTES), additionalData: encoder.encode(boundTo) },
    key,
    sealed.slice(NONCE_BYTES),
  );
  return new Uint8Array(clear);
}

export const encryptJson = (key, value, boundTo) => encrypt(key, encoder.encode(JSON.stringify(value)), boundTo);
export const decryptJson = async (key, sealed, boundTo) => JSON.parse(decoder.decode(await decrypt(key, sealed, boundTo)));

export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Seals a finished conversation to the hub's key: after this the tablet cannot open it.
 * The format is described in kid_wheel/conversation.py, and a golden example is read by both sides.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "../../vendor/hpke.js";
import { joined } from "./vault.js";

const MAGIC = new TextEncoder().encode("KWS");
const FORMAT = 1;
const ENCAPSULATED_BYTES = 65;
const STEP_BYTES = 4096; // padding, so that the length tells little

const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/**
 * @param {object} record follows content/record.schema.json
 * @param {{id: string, public: string}} hubKey id in hex, uncompressed P-256 point in base64url
 * @returns {Promise<{bytes: Uint8Array, digest: string}>} the exact bytes to keep and send, and their SHA-256 in hex
 */
export async function seal(record, hubKey) {
  const header = joined(MAGIC, Uint8Array.of(FORMAT), uuidBytes(record.id), fromHex(hubKey.id));
  const packed = await gzip(new TextEncoder().encode(JSON.stringify(record)));
  const bytes = joined(header, await sealTo(hubKey, header, padded(packed)));
  return { bytes, digest: await sha256(bytes) };
}

/** HPKE base mode: encapsulated key, then ciphertext. */
export async function sealTo(hubKey, info, clear) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64(hubKey.public));
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  return joined(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(clear)));
}

/** A pair of keys for one answer of the hub; they never leave this worker. */
export const newKeyPair = () => suite.kem.generateKeyPair();

/** @returns {Promise<string>} the uncompressed point in base64url */
export async function publicOf({ publicKey }) {
  return toBase64(new Uint8Array(await suite.kem.serializePublicKey(publicKey)));
}

/** What was sealed to a key pair. @param {Uint8Array} sealed encapsulated key (65 bytes), then ciphertext */
export async function openSealed(recipientKey, info, sealed) {
  const recipient = await suite.createRecipientContext({ recipientKey, info, enc: sealed.slice(0, ENCAPSULATED_BYTES) });
  return new Uint8Array(await recipient.open(sealed.slice(ENCAPSULATED_BYTES)));
}

export async function sha256(bytes) {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function fromBase64(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const uuidBytes = (id) => fromHex(id.replaceAll("-", ""));

async function gzip(clear) {
  const stream = new Blob([clear]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function padded(packed) {
  const length = 4 + packed.length;
  const clear = new Uint8Array(Math.ceil(length / STEP_BYTES) * STEP_BYTES);
  new DataView(clear.buffer).setUint32(0, packed.length);
  clear.set(packed, 4);
  return clear;
}

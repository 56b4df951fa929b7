import { compareClock } from "./clock.js";

/** Asks the hub. "Online" means that our own hub answered with its word, not that there is some net. */
const TIMEOUT_MS = 20_000;

export class NoHub extends Error {}

/** What the hub answered instead of yes: RFC 9457. */
export class Problem extends Error {
  constructor(status, { type = "", title = "" }) {
    super(title);
    this.status = status;
    this.kind = type.replace("urn:kid-wheel:", "");
  }
}

/**
 * @param {string} path
 * @param {{method?: string, token?: string, json?: object, bytes?: Uint8Array}} [how]
 * @returns {Promise<any>} the answer's JSON, or undefined when it has none
 */
export async function askHub(path, { method = "GET", token, json, bytes } = {}) {
  const headers = { "Accept-Language": document.documentElement.lang };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (json) headers["Content-Type"] = "application/json";
  if (bytes) headers["Content-Type"] = "application/vnd.kid-wheel.sealed";
  const body = json ? JSON.stringify(json) : bytes;
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new NoHub(error.message);
  }
  const type = response.headers.get("Content-Type") ?? "";
  if (response.ok) return readAnswer(response, type);
  if (!type.startsWith("application/problem+json")) throw new NoHub(`status ${response.status}`);
  compareClock(response);
  throw new Problem(response.status, await response.json());
}

async function readAnswer(response, type) {
  if (response.status === 204) return undefined;
  if (!type.startsWith("application/json")) throw new NoHub("somebody else answered"); // a school's captive portal
  compareClock(response);
  try {
    return await response.json();
  } catch (error) {
    throw new NoHub(error.message);
  }
}

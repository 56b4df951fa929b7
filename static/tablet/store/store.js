/** The page's side of the store: `await store.tap(id, event)` is one message to the worker and its answer. */
export class StoreError extends Error {
  constructor({ name, message, kind }) {
    super(message);
    this.name = name;
    this.kind = kind;
  }
}

class Store {
  #worker;
  #waiting = new Map();
  #number = 0;
  #hasAnswered = false;
  #broken;
  /** Called when another tab has taken the store over. */
  onTaken = () => {};

  /** Once, when it is first asked. As a rule the worker is on its way already: see start.js. */
  #start() {
    this.#worker = window.started.worker ?? window.started.startWorker();
    this.#worker.onmessage = ({ data }) => this.#answer(data);
    this.#worker.onerror = (event) => this.#fail(event);
    if (window.started.failure) this.#fail(window.started.failure);
  }

  #answer({ id, value, error, event }) {
    this.#hasAnswered = true;
    if (event === "taken") return this.onTaken();
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    return error ? reject(new StoreError(error)) : resolve(value);
  }

  /** Without a message it was not even fetched: its file is missing, and there is no net. */
  #fail({ message }) {
    const error = new StoreError({ name: "Worker", message, kind: message ? "cannot-store" : "not-loaded" });
    if (!this.#hasAnswered) this.#broken = error; // it never began, so it answers nobody
    const failed = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of failed) reject(error);
  }

  call(verb, ...args) {
    if (!this.#worker) this.#start();
    if (this.#broken) return Promise.reject(this.#broken);
    return new Promise((resolve, reject) => {
      const id = (this.#number += 1);
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, verb, args });
    });
  }
}

/** Any verb of the worker is a method here. @type {Store & Record<string, (...args: any[]) => Promise<any>>} */
export const store = new Proxy(new Store(), {
  get(target, name) {
    if (name === "then") return undefined;
    if (name in target) return typeof target[name] === "function" ? target[name].bind(target) : target[name];
    return (...args) => target.call(name, ...args);
  },
  set(target, name, value) {
    target[name] = value;
    return true;
  },
});

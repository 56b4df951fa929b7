// The page's side of the spill test: `ask(verb, …)` is one message to the worker and its answer.
const worker = new Worker("/only-tests/spill-worker.js", { type: "module" });
const waiting = new Map();
worker.onmessage = ({ data: { id, value, error } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (error) reject(new Error(error));
  else resolve(value);
};

window.ask = (verb, ...args) =>
  new Promise((resolve, reject) => {
    const id = crypto.randomUUID();
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, verb, args });
  });

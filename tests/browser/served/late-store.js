/* A store that opens only when it is told to: what was asked of it meanwhile it answers then. */
const asked = [];
onmessage = (event) => asked.push(event);
new BroadcastChannel("late-store").onmessage = async () => {
  await import("/static/vendor/sqlite/worker.js");
  asked.forEach((event) => onmessage(event));
};

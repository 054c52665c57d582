// A batch has a part for each worker. Norms need sums over the whole batch in
// the middle of a step, and the update needs all gradients, so each worker sends
// its own to all others, and adds up what has come. All add in the same order,
// and so have the same sums.

/** Return what adds up all parts' sums. Ports lead to the others, in order;
 * the worker's own place among them is null. While one sum is on its way, the
 * next may be asked for: messages come in the order in which they were sent. */
export function adder(ports) {
  const nexts = ports.map((port) => port && messages(port));
  return async (own) => {
    for (const port of ports) port?.postMessage(own);
    const all = await Promise.all(nexts.map((next) => (next ? next() : own)));
    return own.map((_, n) => all.reduce((sum, its) => sum + its[n], 0));
  };
}

/** Return what waits for a port's next message, one after the other. */
function messages(port) {
  const [come, awaited] = [[], []]; // messages, and those who wait for one
  port.onmessage = ({ data }) =>
    awaited.length ? awaited.shift()(data) : come.push(data);
  return () =>
    new Promise((done) =>
      come.length ? done(come.shift()) : awaited.push(done),
    );
}

// A batch has a part for each worker. Norms need sums over the whole batch in
// the middle of a step, so each worker sends its own to all others, and adds up
// what has come. All add in the same order, and so have the same sums.

/** Return what adds up all parts' sums. Ports lead to the others, in order;
 * the worker's own place among them is null. */
export function adder(ports) {
  const come = ports.map(() => []); // by sender: what has not been added yet
  let look = () => {};
  for (const [n, port] of ports.entries())
    if (port)
      port.onmessage = ({ data }) => {
        come[n].push(data);
        look();
      };
  return async (own) => {
    for (const port of ports) port?.postMessage(own);
    while (ports.some((port, n) => port && !come[n].length))
      await new Promise((done) => {
        look = done;
      });
    const all = ports.map((port, n) => (port ? come[n].shift() : own));
    return own.map((sums, k) =>
      sums.map((_, n) => all.reduce((sum, its) => sum + its[k][n], 0)),
    );
  };
}

/** Run generators side by side, so that what they yield travels together. */
export function* together(running) {
  let nexts = running.map((its) => its.next());
  while (nexts.some(({ done }) => !done)) {
    const all = yield nexts.map(({ value }) => value);
    nexts = running.map((its, n) => its.next(all[n]));
  }
}

/** Run what yields sums to its end; `add` gives it those of all parts. */
export async function finish(running, add = (own) => own) {
  let next = running.next();
  while (!next.done) next = running.next(await add(next.value));
  return next.value;
}

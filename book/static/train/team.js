// The workers of one training run. A page that was opened as a file may start
// no script of another file, so each worker is made from the script's text.

import { configOf, rateOf } from "./recipe.js";

/** Say how a batch's scenes are shared out. */
export function parts(scenes, workers) {
  const cut = (n) => Math.floor((n * scenes) / workers);
  return Array.from({ length: workers }, (_, n) => [cut(n), cut(n + 1)]);
}

const looksOf = (answers) => answers.flatMap(({ looks }) => looks);

export class Team {
  /** Start workers for a choice; they share the scenes that are shown, too.
   * One alone may let the graphics card do the training. */
  constructor(source, choice, shown, count, card = false) {
    this.choice = choice;
    this.step = 0; // updates that are made
    this.turn = 0;
    const address = URL.createObjectURL(new Blob([source]));
    const [shares, looks] = [configOf(choice).scenes, shown.length].map((n) =>
      parts(n, count),
    );
    this.workers = shares.map(() => new Worker(address));
    const ports = shares.map(() => Array(count).fill(null));
    for (let n = 0; n < count; n++)
      for (let k = 0; k < n; k++) {
        const { port1, port2 } = new MessageChannel();
        [ports[n][k], ports[k][n]] = [port1, port2];
      }
    const begin = (n) => {
      const its = { part: shares[n], ports: ports[n] };
      return { choice, card, ...its, shown: shown.slice(...looks[n]) };
    };
    const moved = (n) => ports[n].filter((port) => port);
    const begun = this.ask("start", begin, moved);
    begun.finally(() => URL.revokeObjectURL(address)).catch(() => {});
    this.begun = begun.then((all) => ({ step: 0, looks: looksOf(all) }));
  }

  /** Give them `drawings` to learn from, and others that stay `unseen`. */
  give(material) {
    return this.ask("receive", () => material);
  }

  /** Ask all workers, and wait for their answers; some things move to them. */
  ask(act, given, moved = () => []) {
    const turn = ++this.turn;
    const answers = this.workers.map(
      (worker, n) =>
        new Promise((done, fail) => {
          worker.onerror = ({ message }) => fail(new Error(message));
          worker.onmessage = ({ data }) => {
            if (data.turn !== turn) return;
            if (data.wrong) fail(new Error(data.wrong));
            else done(data);
          };
          worker.postMessage({ act, turn, ...given(n) }, moved(n));
        }),
    );
    return Promise.all(answers);
  }

  /** Make a step; return what was found, and where the network looks. */
  async go() {
    const step = this.step + 1;
    const rate = rateOf(this.choice, this.step);
    const answers = await this.ask("step", () => ({ step, rate }));
    this.step = step;
    const [loss, right, hit, purity] = answers[0].scores;
    return { step, loss, right, hit, purity, looks: looksOf(answers) };
  }

  /** Return the share of right answers about drawings it has not seen. */
  async test(rounds) {
    const answers = await this.ask("test", () => ({ rounds }));
    return answers.reduce((sum, { right }) => sum + right, 0);
  }

  /** Return the network as the live demo reads it. */
  async take() {
    return (await this.ask("take", () => ({})))[0];
  }

  end() {
    for (const worker of this.workers) worker.terminate();
  }
}

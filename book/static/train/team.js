// The workers of one training run. A page that was opened as a file may start
// no script of another file, so each worker is made from the script's text.

import { configOf, rateOf } from "./recipe.js";

/** Say how a batch's scenes are shared out. */
export function parts(scenes, workers) {
  const cut = (n) => Math.floor((n * scenes) / workers);
  return Array.from({ length: workers }, (_, n) => [cut(n), cut(n + 1)]);
}

export class Team {
  /** Start workers for a choice; `material` has drawings and shown scenes. */
  constructor(source, choice, material, count) {
    const { shown, ...rest } = material;
    this.choice = choice;
    this.step = 0; // updates that are made, or that the next message makes
    this.vector = null;
    this.turn = 0;
    const address = URL.createObjectURL(new Blob([source]));
    const shares = parts(configOf(choice).scenes, count);
    this.workers = shares.map(() => new Worker(address));
    const ports = shares.map(() => Array(count).fill(null));
    for (let n = 0; n < count; n++)
      for (let k = 0; k < n; k++) {
        const { port1, port2 } = new MessageChannel();
        [ports[n][k], ports[k][n]] = [port1, port2];
      }
    const begin = (n) => {
      const seen = n ? {} : { shown };
      return { choice, part: shares[n], ports: ports[n], ...rest, ...seen };
    };
    const moved = (n) => ports[n].filter((port) => port);
    this.begun = this.ask("start", begin, moved);
    this.begun.finally(() => URL.revokeObjectURL(address)).catch(() => {});
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

  /** The last step's update, which workers make before they go on. */
  get last() {
    const { step, vector } = this;
    return { step, vector, rate: rateOf(this.choice, Math.max(0, step - 1)) };
  }

  /** Make the last step's update without another step. */
  async settle() {
    await this.ask("settle", () => this.last);
    this.vector = null;
  }

  /** Make a step; return what was found, and where the first one looks. */
  async go() {
    const answers = await this.ask("step", () => this.last);
    this.vector = answers[0].vector;
    for (const { vector } of answers.slice(1))
      for (let n = 0; n < vector.length; n++) this.vector[n] += vector[n];
    this.step++;
    const [loss, right, hit, purity] = this.vector.slice(-4);
    return { step: this.step, loss, right, hit, purity, ...answers[0] };
  }

  /** Return the share of right answers about drawings it has not seen. */
  async test(rounds) {
    await this.settle();
    const answers = await this.ask("test", () => ({ rounds }));
    return answers.reduce((sum, { right }) => sum + right, 0);
  }

  /** Return the network as the live demo reads it. */
  async take() {
    await this.settle();
    return (await this.ask("take", () => ({})))[0];
  }

  end() {
    for (const worker of this.workers) worker.terminate();
  }
}

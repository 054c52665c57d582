// What happened in training, in words: milestones, each named once.

const LONG = 10; // steps that the numbers are means over
const PLATEAU = 25; // steps after which a network that guesses is said to
const percent = (share) => `${Math.round(100 * share)}%`;

export class Story {
  constructor() {
    this.last = []; // steps, the newest at the end
    this.told = new Set();
    this.shared = null; // means of the last steps
  }

  /** Take in a step; return the milestones that it is, in words. */
  add(found) {
    this.last = [...this.last, found].slice(-LONG);
    const mean = (name) =>
      this.last.reduce((sum, step) => sum + step[name], 0) / this.last.length;
    const names = ["loss", "right", "hit", "purity"];
    this.means = Object.fromEntries(names.map((name) => [name, mean(name)]));
    return this.milestones(found).filter(Boolean);
  }

  once(name, holds, text) {
    if (!holds || this.told.has(name)) return "";
    this.told.add(name);
    return text;
  }

  milestones({ step, loss }) {
    const { right, hit } = this.means;
    const known = this.last.length === LONG;
    if (!Number.isFinite(loss)) return [this.once("lost", true, lost(step))];
    const flat = known && right < 0.45 && step >= PLATEAU;
    return [
      this.once(
        "first",
        true,
        `Step ${step}: the first loss is ${loss.toFixed(2)}. Guessing costs ln 3 = 1.10.`,
      ),
      this.once(
        "plateau",
        flat && !this.told.has("over"),
        `Step ${step}: a plateau. Accuracy is ${percent(right)}, and a third is what you get for free.`,
      ),
      this.once(
        "over",
        known && right > 0.5,
        this.told.has("plateau")
          ? `Step ${step}: the plateau is over. Accuracy is above 50%.`
          : `Step ${step}: accuracy is above 50%, and there was hardly a plateau.`,
      ),
      this.once(
        "look",
        known && hit > 0.5,
        `Step ${step}: it has begun to look. In more than half of the scenes the largest weight is on the queried digit.`,
      ),
      this.once(
        "most",
        known && hit > 0.9,
        `Step ${step}: it looks at the right digit in more than 90% of the scenes.`,
      ),
      this.once(
        "good",
        known && right > 0.95,
        `Step ${step}: more than 95% of its answers are right.`,
      ),
    ];
  }
}

const lost = (step) =>
  `Step ${step}: the loss is no longer a number, so this network is lost. The learning rate is too high.`;

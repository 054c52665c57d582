// Where a scene's letters are: they say each color in a word. The book's demo
// reads this file as well.

const MARGIN = 3; // px between a letter's middle and the scene's edge
const ROOM = 8; // px that are far enough

/** Find a place for each color's letter: at a corner of its ink, apart from
    the others' ink and letters; null where a color has no ink. */
export function lettersOf(image) {
  const side = Math.sqrt(image[0].length);
  const inks = image.map((layer) =>
    [...layer.keys()]
      .filter((n) => layer[n] > 60)
      .map((n) => [Math.floor(n / side), n % side]),
  );
  const taken = [];
  return inks.map((own, c) => {
    if (!own.length) return null;
    const others = inks.filter((_, k) => k !== c).flat();
    const ends = (axis) => {
      const at = own.map((place) => place[axis]);
      const both = [Math.min(...at) - 2, Math.max(...at) + 3];
      return both.map((x) => Math.min(side - MARGIN, Math.max(MARGIN, x)));
    };
    const apart = ([y, x], places) =>
      Math.min(ROOM, ...places.map(([i, j]) => Math.hypot(i - y, j - x)));
    const clear = (place) =>
      apart(place, others) - apart(place, own) + 2 * apart(place, taken);
    const places = ends(0).flatMap((y) => ends(1).map((x) => [y, x]));
    const best = places.reduce((a, b) => (clear(b) > clear(a) ? b : a));
    taken.push(best);
    return best;
  });
}

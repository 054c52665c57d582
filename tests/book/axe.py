"""Run axe-core, which finds barriers to accessibility, on an open page."""

from building import ROOT

AXE = ROOT / "book/tools/javascript/node_modules/axe-core/axe.min.js"

# Faults that we can't fix because they aren't ours: the rule, a part of the
# element's HTML, and the reason. Should be empty.
ALLOWED: list[tuple[str, str, str]] = []

# Code has thousands of tokens in a dozen colors, and a page would take half a
# minute. So only the first token of each kind, in input and in output, keeps
# its color while axe runs; the others become plain text.
FAULTS = """async (rules) => {
  const kinds = new Set();
  const lines = new Map();
  for (const pre of document.querySelectorAll(".highlight pre")) {
    const words = [...pre.childNodes];
    const plain = words.map((word) => {
      const kind = `${word.className} ${!!pre.closest(".cell_output")}`;
      const known = kinds.has(kind);
      kinds.add(kind);
      return known ? word.textContent : word;
    });
    lines.set(pre, words);
    pre.replaceChildren(...plain);
  }
  const options = { resultTypes: ["violations"] };
  if (rules) options.runOnly = rules;
  else options.rules = { "target-size": { enabled: true } };
  const { violations } = await axe.run(document, options);
  for (const [pre, words] of lines) pre.replaceChildren(...words);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => [id, html.slice(0, 300), help]));
}"""
COLORS = ["color-contrast", "link-in-text-block"]  # depend on the scheme


def faults(page, rules=None) -> list[str]:
    """List the faults of a page in its present state, except ALLOWED."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return [
        f"{rule}: {why}: {html}"
        for rule, html, why in page.evaluate(FAULTS, rules)
        if not any(rule == r and part in html for r, part, _ in ALLOWED)
    ]

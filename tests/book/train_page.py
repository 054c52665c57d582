"""The page that trains a network, and what the tests know of it."""

from math import sqrt

from browsing import watch

from colorattn import claims

PAGE = "book/train.html"
PLAIN = "#train_ours_center_16_0.01_1_nothing"
PART = '.train [data-part="{}"]'
POST = "#train_post_mean_8_0.001_1_nothing"
SHOWN = """() => {
  const { choice, step, means, tested } = document.querySelector(
    ".train").shown;
  return { choice, step, means, tested };
}"""
AT = """(step) => {
  const root = document.querySelector(".train");
  if (root.dataset.state === "failed")
    throw new Error(root.querySelector("[data-part=note]").textContent);
  return root.shown.step >= step;
}"""


def accuracies(answers):
    """Return the accuracies between which a network of ours is, in percent.

    To the ledger's interval, of one more seed on the ledger's scenes, comes
    the luck of so many answers about other scenes: three standard errors.
    """
    known = claims.ledger()["page-test-accuracy"]
    right = known.value / 100
    luck = 300 * sqrt(right * (1 - right) / answers)
    return known.low - luck, known.high + luck


class Train:
    """The page that trains, and everything that went wrong in it."""

    def __init__(self, context, address):
        self.address = address
        self.requests: list[str] = []
        self.page = context.new_page()
        self.errors = watch(self.page, address)
        self.page.on("request", lambda r: self.requests.append(r.url))

    def open(self, hash_="", state="ready"):
        self.page.goto("about:blank")
        self.page.goto(self.address + PAGE + hash_)
        self.page.locator(f'.train[data-state="{state}"]').wait_for(
            timeout=30_000
        )
        return self

    def part(self, name):
        return self.page.locator(PART.format(name)).first

    def text(self, name):
        return " ".join(self.part(name).inner_text().split())

    def control(self, name):
        return self.page.locator(f'.train [name="{name}"]')

    def wait(self, step, timeout=120_000):
        """Wait until so many steps are made."""
        self.page.wait_for_function(AT, arg=step, timeout=timeout)
        return self

    def train(self, step, timeout=120_000):
        """Train for so many steps or a few more, and pause."""
        self.part("go").click()
        self.wait(step, timeout)
        if self.part("go").inner_text() == "Pause":
            self.part("go").click()
        return self.settle()

    def step(self, count):
        """Make so many steps, one by one."""
        for _ in range(count):
            after = self.shown["step"] + 1
            self.part("step").click()
            self.wait(after)
        return self

    def settle(self):
        """Wait until the step under way is shown."""
        self.page.wait_for_function(
            """async () => {
              const step = () => document.querySelector(".train").shown.step;
              const before = step();
              await new Promise((done) => setTimeout(done, 1000));
              return step() === before;
            }""",
            timeout=60_000,
        )
        return self

    @property
    def shown(self):
        return self.page.evaluate(SHOWN)

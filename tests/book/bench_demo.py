"""How fast the live demo answers, on an idle machine: `make bench-demo`."""

import numpy as np

NOTE_FIRST = """addEventListener("shown", () => {
  window.answered ??= performance.now();
}, true);"""


def test_the_first_answer_comes_within_300_ms(other):
    """Of opening the page, at best of four times."""
    taken = []
    for _ in range(4):
        demo = other()
        demo.page.add_init_script(NOTE_FIRST)
        demo.open()
        taken.append(demo.page.evaluate("window.answered"))
    print(f"first answer: {min(taken):.0f} ms")
    assert min(taken) < 300, taken


def test_on_a_phone_with_slow_4g_it_comes_within_3_seconds(other):
    """1.6 Mbit/s, 150 ms to and fro, a processor 4 times slower."""
    demo = other(viewport={"width": 360, "height": 640})
    tools = demo.page.context.new_cdp_session(demo.page)
    tools.send("Network.enable")
    speed = 1.6e6 / 8  # bytes a second
    conditions = {"offline": False, "latency": 150}
    conditions |= {"downloadThroughput": speed, "uploadThroughput": speed / 2}
    tools.send("Network.emulateNetworkConditions", conditions)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    demo.page.add_init_script(NOTE_FIRST)
    demo.open(page="book/index.html")
    taken = demo.page.evaluate("window.answered")
    print(f"first answer on slow 4G: {taken:.0f} ms")
    assert taken < 3000


def test_an_update_of_both_networks_takes_less_than_16_ms(demo):
    """In half of the times."""
    taken = demo.answer_times(31)
    print(f"update: {np.median(taken):.1f} ms")
    assert np.median(taken) < 16, taken

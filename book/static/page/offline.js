// Keeps a copy of the book on this device when the reader asks for one, says
// how much that is, and removes it again.
window.bookOffline = async (place, root) => {
  const [status, bar, button] = place.querySelectorAll(
    "[role=status], progress, button",
  );
  const size = `${place.dataset.megabytes} MB`;
  const workers = navigator.serviceWorker;
  let wanted = false;

  const say = (said, next, act) => {
    status.textContent = said;
    Object.assign(button, { textContent: next, onclick: act });
    bar.hidden = true;
  };
  const own = async () => {
    const found = await workers.getRegistration(root);
    return found?.scope === root ? found : null; // not that of a wider site
  };
  // With a name of its own: a browser may still have the one that was removed.
  const register = () => workers.register(`${root}sw.js?${Date.now()}`);
  const clear = async () => {
    await (await own())?.unregister();
    for (const name of await caches.keys()) {
      if (name.endsWith(root)) await caches.delete(name);
    }
  };
  const remove = async () => {
    wanted = false;
    await clear();
    say("This device has no copy of the book any more.", "Keep a copy", keep);
  };

  async function keep() {
    wanted = true;
    say("The book is being copied to this device.", "Stop", remove);
    bar.hidden = false;
    workers.onmessage = ({ data: [copied, all] }) => {
      Object.assign(bar, { max: all, value: copied });
    };
    try {
      const found = await own();
      const copy = found || (await register());
      const worker = copy.installing ?? copy.waiting;
      if (!found?.active) {
        await new Promise((done, fail) => {
          worker.onstatechange = () => {
            if (worker.state === "activated") done();
            if (worker.state === "redundant") fail(new Error("not copied"));
          };
        });
      }
      say(
        `This device has a copy of the whole book (${size}), which opens without a network. New editions replace it.`,
        "Remove the copy",
        remove,
      );
    } catch {
      if (!wanted) return;
      await clear().catch(() => {});
      say(
        `The book couldn't be copied. It needs a network, ${size} of room, and a browser that lets pages keep files.`,
        "Try again",
        keep,
      );
    }
  }

  if (await own()) keep();
  else {
    await clear(); // what a copy that failed has left
    button.onclick = keep;
  }
  place.hidden = false;
};

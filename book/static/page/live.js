// Starts a live figure, whose code, style and data stand in the page as JSON.
// It is an anywidget, so it gets what it needs of a model: values that can be
// read, set and listened to.

function bytes(base64) {
  const text = atob(base64);
  return new DataView(Uint8Array.from(text, (c) => c.charCodeAt(0)).buffer);
}

function modelOf(state) {
  const told = new EventTarget();
  return {
    get: (name) => state[name],
    set(name, value) {
      state[name] = value;
      told.dispatchEvent(new Event(`change:${name}`));
    },
    on(names, act) {
      for (const name of names.split(" ")) told.addEventListener(name, act);
    },
    off() {},
    save_changes() {},
  };
}

window.startLive = async (holder) => {
  const stored = holder.querySelector("script").textContent;
  const { esm, css, state, buffers } = JSON.parse(stored);
  for (const [path, data] of buffers) state[path[0]] = bytes(data);
  const style = document.createElement("style");
  style.textContent = css;
  const code = URL.createObjectURL(
    new Blob([esm], { type: "text/javascript" }),
  );
  const el = document.createElement("div");
  holder.lastElementChild.before(style, el); // above its caption
  const widget = await import(code);
  await widget.default.render({ model: modelOf(state), el });
  holder.dataset.ready = "yes";
};

// The ledger's table can be searched and sorted.

window.bookLedger = (table) => {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = new Map();
  // Read once it is searched for: a page should stand before that.
  const textOf = (row) => {
    if (!texts.has(row)) {
      const way = row.querySelector('a[href^="#way"]')?.hash.slice(1);
      const made = document.getElementById(way)?.textContent ?? "";
      texts.set(row, `${row.textContent} ${made}`.toLowerCase());
    }
    return texts.get(row);
  };

  const form = document.createElement("form");
  form.className = "find";
  form.setAttribute("role", "search");
  form.innerHTML = `<label>Search the claims
    <input type="search" autocomplete="off" spellcheck="false"></label>
    <p role="status"></p>`;
  table.closest(".table-scroll").before(form);
  const [input, status] = form.querySelectorAll("input, p");
  form.onsubmit = (event) => event.preventDefault();
  const show = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => textOf(row).includes(word));
      count += !row.hidden;
    }
    status.textContent = `${count} of ${rows.length} claims`;
  };
  input.oninput = show;
  show();

  const heads = [...table.tHead.rows[0].cells];
  const sortKey = (row, column) => {
    const cell = row.cells[column];
    const { value } = cell.dataset;
    return value === undefined ? cell.textContent : Number(value);
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const up = head.ariaSort !== "ascending";
      for (const each of heads) each.ariaSort = null;
      head.ariaSort = up ? "ascending" : "descending";
      rows.sort((a, b) => {
        const [x, y] = [sortKey(a, column), sortKey(b, column)];
        const order = typeof x === "number" ? x - y : x.localeCompare(y);
        return up ? order : -order;
      });
      body.append(...rows);
    };
  });

  // A link to a row finds it, whatever was searched for.
  addEventListener("hashchange", () => {
    const row = document.querySelector(":target");
    if (row?.hidden) {
      input.value = "";
      show();
      row.scrollIntoView();
      // And once more, when the rows above it have their heights.
      requestAnimationFrame(() => row.scrollIntoView());
    }
  });
};

"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const names = ["q", "scope", "outcome", "status", "sort"];
  const worst = ["contradicted", "inconclusive", "untested", "supported"];
  const standing = ["FALSIFIED", "UNVERIFIED", "VERIFIED"];
  const tools = $("tools");
  const body = document.querySelector(".matrix tbody");
  const rows = body ? [...body.rows].map((row, place) => ({
    row, place, words: row.textContent.toLowerCase(), cells: [...row.querySelectorAll("td[data-scope]")],
  })) : [];

  const wanted = () => Object.fromEntries(names.map((name) => [name, $("f-" + name).value.trim()]));
  const within = (cell, want) =>
    (!want.scope || cell.dataset.scope === want.scope) &&
    (!want.outcome || cell.dataset.outcome === want.outcome) &&
    (!want.status || cell.dataset.status === want.status);
  const effect = (cell) => {
    const found = cell.querySelector("[data-i]");
    return found ? Number.parseFloat(found.textContent.replace("\u2212", "-")) : -Infinity;
  };
  const rank = (one, want) => {
    const cells = one.cells.filter((cell) => within(cell, want));
    const least = (order, name) => Math.min(...cells.map((cell) => order.indexOf(cell.dataset[name])), order.length);
    if (want.sort === "outcome") return least(worst, "outcome");
    if (want.sort === "status") return least(standing, "status");
    return -Math.max(...cells.map(effect), -Infinity);
  };

  function show() {
    const want = wanted();
    const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = want.scope || want.outcome || want.status;
    let shown = 0;
    for (const one of rows) {
      const there = words.every((word) => one.words.includes(word)) &&
        (!asked || one.cells.some((cell) => within(cell, want)));
      one.row.hidden = !there;
      for (const cell of one.cells) {
        const claim = $(cell.dataset.record);
        if (claim) claim.hidden = !(there && (!asked || within(cell, want)));
      }
      shown += there;
    }
    const order = want.sort
      ? rows.map((one) => [rank(one, want), one]).sort((a, b) => (a[0] === b[0] ? a[1].place - b[1].place : a[0] < b[0] ? -1 : 1)).map((pair) => pair[1])
      : rows;
    body.append(...order.map((one) => one.row));
    $("f-shown").textContent = `${shown} of ${rows.length} claims`;
    return want;
  }

  function remember() {
    const want = show();
    const told = names.filter((name) => want[name]).map((name) => `${name}=${encodeURIComponent(want[name])}`);
    history.replaceState(null, "", told.length ? "#" + told.join("&") : location.pathname + location.search);
  }

  function follow() {
    const hash = location.hash.slice(1);
    if (hash.includes("=") && tools) {
      const told = new URLSearchParams(hash);
      for (const name of names) $("f-" + name).value = told.get(name) || "";
      show();
      $("claims").scrollIntoView();
      return;
    }
    let name = hash;
    try { name = decodeURIComponent(hash); } catch { /* not an address of ours: left as it is */ }
    const there = name && $(name);
    if (!there) return;
    for (let here = there; here; here = here.parentElement) if (here.tagName === "DETAILS") { here.hidden = false; here.open = true; }
    there.scrollIntoView();
    const summary = there.querySelector(":scope > summary");
    if (summary) summary.focus({ preventScroll: true });
  }

  async function copy(button) {
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(button.parentElement.querySelector("code"));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      if (!document.execCommand("copy")) return;
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  function source(element) {
    const head = element.closest(".chart th");
    if (head && head.scrollWidth > head.clientWidth) head.title = head.textContent;
    let own = element.closest("[data-s],[data-ss],[data-i]");
    const cell = element.closest("td");
    const column = cell && !own && cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex]?.dataset.col;
    if (column) own = cell;
    if (!own || own.title) return;
    const parts = own.dataset.ss ? own.dataset.ss.split(" ") : [column || own.dataset.s || own.dataset.i];
    const around = [];
    let whole = false;
    for (let here = own; here; here = here.parentElement) {
      if (here.dataset.from && !whole) { around.unshift(here.dataset.from); whole = true; }
      if (here.dataset.at && !whole) around.unshift(here.dataset.at);
      if (here.dataset.record) { own.title = parts.map((part) => `${here.dataset.record} ${[...around, part].join(".").replaceAll(".[", "[")}`).join("\n"); return; }
    }
  }

  if (tools && body) {
    tools.hidden = false;
    tools.addEventListener("input", remember);
    tools.addEventListener("submit", (event) => event.preventDefault());
    tools.addEventListener("reset", () => setTimeout(remember, 0));
    $("folds").hidden = false;
    show();
  }
  for (const button of document.querySelectorAll(".copy")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && button.classList.contains("copy")) copy(button);
    if (button && button.dataset.fold) {
      for (const one of document.querySelectorAll(".claim")) one.open = button.dataset.fold === "open";
    }
    const link = event.target.closest('a[href^="#"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  document.addEventListener("pointerover", (event) => source(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && tools && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      event.preventDefault();
      $("f-q").focus();
    }
  });
  // what scrolls can be reached by keyboard; what does not is no stop on the way
  let waiting = 0;
  const reach = () => {
    waiting = 0;
    for (const box of document.querySelectorAll(".wide")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  const later = () => { if (!waiting) waiting = requestAnimationFrame(reach); };
  document.addEventListener("toggle", later, true);
  addEventListener("resize", later);
  later();
  const closed = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details:not([open])")) { closed.push(one); one.open = true; }
  });
  addEventListener("afterprint", () => { for (const one of closed.splice(0)) one.open = false; });
  addEventListener("hashchange", follow);
  follow();
})();

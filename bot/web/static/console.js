// Staff console: live lists, keyboard, drafts. Every page works without this file; it saves steps, it decides nothing.
(function () {
  "use strict";

  const body = document.body;
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);

  // —— pieces that are fetched again when something changed ——
  // What is fetched is a page of our own server, escaped by its templates, as the first load was.
  const underway = new Map();

  async function refresh(piece) {
    if (underway.get(piece)) { underway.set(piece, "again"); return; }
    underway.set(piece, "once");
    try {
      const answer = await fetch(piece.dataset.refresh, { headers: { "X-Part": "1" }, credentials: "same-origin" });
      if (answer.status === 401) { location.reload(); return; }
      if (answer.ok) replace(piece, await answer.text());
    } catch (error) {
      // The stream says when the server is back, and everything is fetched then.
    } finally {
      const again = underway.get(piece) === "again";
      underway.delete(piece);
      if (again) refresh(piece);
    }
  }

  function replace(piece, html) {
    const known = new Set(all("[data-key]", piece).map((row) => row.dataset.key));
    const chosen = piece.contains(document.activeElement) && document.activeElement.closest("[data-key]");
    const picked = new Set(all("[data-pick]:checked", piece).map((box) => box.value.split(":")[0]));
    const atBottom = piece.scrollHeight - piece.scrollTop - piece.clientHeight < 60;
    const kept = new Set(all("[data-pick]", piece).map((box) => box.value));
    const parsed = new DOMParser().parseFromString(html, "text/html");
    piece.replaceChildren(...parsed.body.childNodes);
    for (const row of all("[data-key]", piece)) {
      if (known.size && !known.has(row.dataset.key)) row.classList.add("fresh");
      if (chosen && row.dataset.key === chosen.dataset.key) one("a", row).focus({ preventScroll: true });
    }
    // A case that changed meanwhile is not picked any more: whoever picked it saw it as it was.
    for (const box of all("[data-pick]", piece)) box.checked = kept.has(box.value) && picked.has(box.value.split(":")[0]);
    countPicked();
    if ("bottom" in piece.dataset && atBottom) piece.scrollTop = piece.scrollHeight;
    tellIfChanged(piece);
  }

  function tellIfChanged(piece) {
    const now = one("[data-version]", piece), field = one("input[name=version]"), told = one("[data-changed]");
    if (now && field && told && now.dataset.version && now.dataset.version !== field.value) told.hidden = false;
  }

  function concerns(piece, what) {
    return piece.dataset.on.split(" ").some((on) => on && (what === on || (on.endsWith(":") && what.startsWith(on))));
  }

  function changed(what) {
    for (const piece of all("[data-refresh]")) if (!("hold" in piece.dataset) && concerns(piece, what)) refresh(piece);
  }

  function refreshAll() {
    for (const piece of all("[data-refresh]")) if (!("hold" in piece.dataset)) refresh(piece);
  }

  // Who else has a case open is asked again and again: it is news to nobody else.
  function askAgain() {
    for (const piece of all("[data-every]")) setInterval(() => { if (!document.hidden) refresh(piece); }, piece.dataset.every * 1000);
  }

  function listen() {
    if (!body.dataset.live || !window.EventSource) return;
    const stream = new EventSource(body.dataset.live);
    const sign = document.getElementById("live");
    let lost = false;
    stream.addEventListener("hello", () => { if (lost) refreshAll(); lost = false; sign.hidden = true; body.dataset.connected = "1"; });
    stream.addEventListener("changed", (event) => changed(event.data));
    stream.addEventListener("error", () => {
      lost = true;
      sign.hidden = false;
      delete body.dataset.connected;
      // A refused stream is not tried again by the browser: the session may be over, and a reload shows that.
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    });
    window.addEventListener("pagehide", () => stream.close());
  }

  // —— keyboard ——
  const typing = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

  function move(step) {
    const rows = all("[data-rows] .row-link").filter((link) => link.offsetParent);
    if (!rows.length || one("main.case")) {
      const near = one(step > 0 ? "[data-next]" : "[data-previous]");
      if (near) near.click();
      return;
    }
    const at = rows.indexOf(document.activeElement.closest && document.activeElement.closest(".row-link"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  // The row one is at; on a list where one is at none, the first.
  function openHere() {
    const link = document.activeElement.closest(".row-link") || (one("main.case") ? null : one("[data-rows] .row-link"));
    if (link) link.click();
  }

  // —— picking cases for one deed on many ——
  let lastPick = null;
  const boxes = () => all("[data-pick]").filter((box) => box.offsetParent);
  const rowHere = () => document.activeElement && document.activeElement.closest("[data-key]");

  function countPicked() {
    const number = one("[data-picked]"), bar = document.getElementById("bulk");
    if (!number) return;
    const picked = all("[data-pick]:checked").length;
    number.textContent = picked;
    bar.classList.toggle("open", picked > 0);
  }

  function pick(box, on) {
    box.checked = on;
    lastPick = box.value;
    countPicked();
  }

  function pickHere() {
    const row = rowHere(), box = row && one("[data-pick]", row);
    if (box) pick(box, !box.checked);
  }

  function pickUpTo(box) {
    const there = boxes(), from = Math.max(0, there.findIndex((one) => one.value === lastPick)), to = there.indexOf(box);
    for (let at = Math.min(from, to); at <= Math.max(from, to); at++) there[at].checked = true;
    pick(box, true);
  }

  function pickRange() {
    const row = rowHere(), box = row && one("[data-pick]", row);
    if (box) pickUpTo(box);
  }

  function pickAll() {
    const on = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = on;
    countPicked();
  }

  function pickNone() {
    for (const box of all("[data-pick]:checked")) box.checked = false;
    countPicked();
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest && event.target.closest("[data-pick]");
    if (!box) return;
    if (event.shiftKey && box.checked) pickUpTo(box); else pick(box, box.checked);
  });
  for (const button of all("[data-pick-none]")) button.addEventListener("click", pickNone);

  function focusOn(selector) {
    const field = one(selector);
    if (!field) return false;
    const tab = field.id && document.getElementById("tab-" + field.id);
    if (tab) tab.checked = true;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
    field.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-ask]");
    if (!button || !button.form) return;
    const said = `${button.dataset.ask}确定${button.textContent.trim()}选中的 ${all("[data-pick]:checked").length} 件吗？`;
    if (!window.confirm(said)) event.preventDefault();
  });

  const help = () => { const sheet = document.getElementById("help"); if (sheet && !sheet.open) sheet.showModal(); };
  const click = (selector) => { const target = one(selector); if (target) target.click(); };
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: openHere,
    u: () => click("[data-up]"),
    "/": () => { if (!focusOn("[data-search]")) location.href = "/console"; },
    r: () => focusOn("#reply"),
    n: () => focusOn("#note"),
    a: () => { if (!focusOn("#organ")) pickAll(); },
    e: () => focusOn("#title"),
    t: () => { const take = one("[data-take]"); if (take) take.click(); else focusOn("#officer"); },
    x: pickHere,
    X: pickRange,
    b: () => { if (one("[data-pick]:checked")) focusOn("[data-bulk-organ]") || focusOn("#bulk [name=deed]"); },
    s: () => focusOn("[data-save]"),
    v: nextShown,
    "[": () => click("[rel=prev]"),
    "]": () => click("[rel=next]"),
    Escape: pickNone,
    "?": help,
  };

  // —— what of a case's course is shown stays so from case to case ——
  const shown = () => all(".shown-switch");
  function show(id) {
    const choice = id && document.getElementById(id), talk = one(".course .talk");
    if (!choice) return;
    choice.checked = true;
    sessionStorage.setItem("shown", id);
    if (talk) talk.scrollTop = talk.scrollHeight;
  }
  function nextShown() {
    const choices = shown(), at = choices.findIndex((choice) => choice.checked);
    if (choices.length) show(choices[(at + 1) % choices.length].id);
  }
  for (const choice of shown()) choice.addEventListener("change", () => show(choice.id));
  if (shown().length) show(sessionStorage.getItem("shown"));

  // g and then a letter, within a second and a half
  const places = {
    d: "/console/day",
    i: "/console",
    n: "/console?state=open&unassigned=1",
    a: "/console?state=all",
    c: "/console/conversations",
    f: "/console/filters",
    r: "/console/register",
  };
  let going = 0;
  function go(key) {
    if (Date.now() - going > 1500) { going = key === "g" ? Date.now() : 0; return key === "g"; }
    going = 0;
    if (places[key]) location.href = places[key];
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Chinese input methods use Enter and Escape themselves
    const field = typing(event.target);
    if (field && event.key === "Escape") { field.blur(); return; }
    if (field && event.key === "Enter" && (event.ctrlKey || event.metaKey) && field.form) {
      event.preventDefault();
      const deed = field.closest(".bulk-deed");
      if (deed) one("button", deed).click(); else field.form.requestSubmit();
      return;
    }
    if (field || event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
    if (event.key === "Enter" && document.activeElement === body) { openHere(); return; }
    if (event.key.length === 1 && go(event.key)) { event.preventDefault(); return; }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  for (const opener of all("[data-open-help]")) opener.addEventListener("click", help);

  // —— forms ——
  for (const field of all("[data-submits]")) field.addEventListener("change", () => field.form.requestSubmit());
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get") {
      for (const field of all("input[name], select[name]", form)) field.disabled = !field.value;
      return;
    }
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (!("again" in form.dataset)) form.dataset.sent = "1"; // a file leaves the page as it is
    for (const field of all("[data-draft]", form)) sessionStorage.removeItem(draftOf(field));
  });
  window.addEventListener("pageshow", () => {
    countPicked();
    for (const form of all("form")) delete form.dataset.sent;
    for (const field of all("form[method=get] [name]")) field.disabled = false;
  });

  // —— templates: what is chosen goes into the box below, its first gap picked ——
  const GAP = /【填[:：][^】]*】/g;
  function nextGap(box, from) {
    GAP.lastIndex = from;
    const gap = GAP.exec(box.value) || (from && (GAP.lastIndex = 0, GAP.exec(box.value)));
    if (!gap) return false;
    box.focus();
    box.setSelectionRange(gap.index, gap.index + gap[0].length);
    return true;
  }
  for (const choice of all("[data-template]")) {
    choice.hidden = false;
    choice.addEventListener("change", () => {
      const box = one("textarea", choice.closest("label, form"));
      const written = box.value.trim();
      if (choice.value && (!written || written === box.dataset.from || window.confirm("换成模板的内容？已经写的会被替换。"))) {
        box.value = choice.value;
        box.dataset.from = choice.value.trim();
        box.dispatchEvent(new Event("input", { bubbles: true }));
        if (!nextGap(box, 0)) box.focus();
      }
      choice.value = "";
    });
  }
  document.addEventListener("keydown", (event) => {
    const box = event.target;
    if (event.key !== "Tab" || event.shiftKey || event.isComposing || box.tagName !== "TEXTAREA") return;
    if (nextGap(box, box.selectionEnd)) event.preventDefault();
  });

  // —— drafts: kept in this tab at once, and on the server soon after, for any other device ——
  const draftOf = (field) => "draft " + location.pathname + " " + field.id;
  const keptLine = (field) => one(".kept", field.form);

  async function keepDraft(field) {
    if (!field.dataset.draft) return;
    const form = new FormData();
    form.set("csrf", one("[name=csrf]", field.form).value);
    form.set("box", field.id);
    form.set("text", field.value);
    form.set("known", field.dataset.known);
    try {
      const answer = await fetch(field.dataset.draft, { method: "POST", body: new URLSearchParams(form), headers: { "X-Part": "1" }, credentials: "same-origin" });
      if (answer.status === 200) {
        const kept = await answer.json();
        field.dataset.known = kept.version;
        keptLine(field).textContent = kept.at ? "草稿 " + kept.at : "";
      } else if (answer.status === 409) showBoth(field, await answer.json());
    } catch (error) {
      // The tab still has it; the next stroke tries again.
    }
  }

  // Another window saved meanwhile: both are shown, and the writer says which one stays.
  function showBoth(field, other) {
    const line = keptLine(field), theirs = document.createElement("q"), take = document.createElement("button"), mine = document.createElement("button");
    theirs.textContent = other.text || "（空）";
    take.type = mine.type = "button";
    take.className = mine.className = "plain";
    take.textContent = "用那边的";
    mine.textContent = "用这边的";
    const choose = (text) => { field.dataset.known = other.version; field.value = text; field.focus(); keepDraft(field); };
    take.addEventListener("click", () => choose(other.text));
    mine.addEventListener("click", () => choose(field.value));
    line.replaceChildren("另一个窗口 " + other.at + " 存的是：", theirs, " ", take, " ", mine);
  }

  for (const field of all("[data-draft]")) {
    if (!field.value) field.value = sessionStorage.getItem(draftOf(field)) || "";
    let soon = 0;
    field.addEventListener("input", () => {
      sessionStorage.setItem(draftOf(field), field.value);
      clearTimeout(soon);
      soon = setTimeout(() => { if (!field.form.dataset.sent) keepDraft(field); }, 1200);
    });
  }

  // —— registration: the form is kept as it is typed, and what is understood fills the fields nobody set by hand ——
  function registration(form) {
    const here = one("[data-proposal-here]", form), told = one(".kept", form), own = new Set(form.elements.own.value.split(" ").filter(Boolean));
    const judged = all("[data-judged]", form);
    let last = Promise.resolve(), soon = 0, readSoon = 0, read = form.elements.text.value + "\n" + form.elements.phone.value;

    // One after the other: each saving knows the version before it.
    const queue = (work) => { last = last.then(() => (form.dataset.sent ? null : work())).catch(() => { told.textContent = "没有存上，稍后再试"; }); return last; };
    const send = (path) => fetch(path, { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Part": "1" }, credentials: "same-origin" });

    async function failed(answer) {
      if (answer.ok) return false;
      if (answer.status === 401) location.reload();
      told.textContent = answer.status === 409 ? (await answer.json()).problem : "没有存上，请核对填写的内容";
      return true;
    }

    const keep = () => queue(async () => {
      const answer = await send("/console/register/keep");
      if (await failed(answer)) return;
      const kept = await answer.json();
      form.elements.known.value = kept.version;
      told.textContent = "草稿 " + kept.at;
    });

    const understand = () => queue(async () => {
      read = form.elements.text.value + "\n" + form.elements.phone.value;
      told.textContent = "正在识别…";
      const answer = await send("/console/register/understand");
      if (await failed(answer)) return;
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html"), proposal = one("[data-proposal]", parsed);
      here.replaceChildren(...parsed.body.childNodes);
      form.elements.known.value = proposal.dataset.version;
      told.textContent = "草稿已保存";
      fill(proposal);
    });

    function fill(proposal) {
      let filled = false;
      for (const field of judged) {
        const value = proposal.dataset[field.name];
        if (!value || own.has(field.name) || field.value === value || field === document.activeElement) continue;
        field.value = value;
        field.classList.toggle("proposed", field.value === value);
        filled = true;
      }
      if (filled) keep();
    }

    function later(wait) {
      clearTimeout(soon);
      soon = setTimeout(keep, wait);
    }

    function readLater(wait) {
      clearTimeout(readSoon);
      clearTimeout(soon);
      readSoon = setTimeout(() => { if (read !== form.elements.text.value + "\n" + form.elements.phone.value) understand(); else keep(); }, wait);
    }

    form.addEventListener("input", (event) => {
      const field = event.target;
      if ("judged" in field.dataset) {
        if (field.value) own.add(field.name); else own.delete(field.name);
        form.elements.own.value = [...own].join(" ");
        field.classList.remove("proposed");
      }
      if ("read" in field.dataset) readLater(1000); else later(800);
    });
    form.addEventListener("change", (event) => { if ("read" in event.target.dataset) readLater(0); });
    one("[data-understand]", form).addEventListener("click", (event) => { event.preventDefault(); clearTimeout(readSoon); understand(); });
    one("[data-drop]", form).addEventListener("click", (event) => { if (!window.confirm("删除这张草稿？写的内容找不回来。")) event.preventDefault(); });
    form.addEventListener("submit", () => { clearTimeout(soon); clearTimeout(readSoon); });
  }
  for (const form of all("[data-registration]")) registration(form);
  for (const button of all("[data-print]")) { button.hidden = false; button.addEventListener("click", () => window.print()); }

  for (const talk of all("[data-bottom]")) talk.scrollTop = talk.scrollHeight;
  listen();
  askAgain();
})();

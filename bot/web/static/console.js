// The console works without this file; with it lists refresh by themselves, keys move, drafts are kept.
"use strict";
(function () {
  const list = document.getElementById("list"), more = document.getElementById("more");
  if (more && (window.innerWidth > 760 || /[?&](q|kind|topic|organ|urgency)=[^&]/.test(location.search))) more.open = true;

  async function refresh() {
    if (!list || document.hidden) { stale = true; return; }
    stale = false;
    const focused = document.activeElement && document.activeElement.getAttribute("href");
    const answer = await fetch(list.dataset.refresh, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const text = await answer.text();
    if (list.dataset.part) {
      const page = new DOMParser().parseFromString(text, "text/html").querySelector(list.dataset.part);
      if (page) list.replaceChildren(...page.childNodes);
    } else {
      list.innerHTML = text; // rendered and escaped by our own server
    }
    if (focused) { const again = list.querySelector(`a[href="${CSS.escape(focused)}"]`); if (again) again.focus(); }
    toEnd();
  }

  let stale = false, timer = 0;
  function soon() { clearTimeout(timer); timer = setTimeout(refresh, 250); }
  if (list && window.EventSource) {
    const events = new EventSource("/console/events");
    events.addEventListener("changed", soon);
    document.addEventListener("visibilitychange", () => { if (!document.hidden && stale) soon(); });
  }

  function toEnd() { document.querySelectorAll(".transcript").forEach((one) => { one.scrollTop = one.scrollHeight; }); }
  toEnd();

  function move(step) {
    const links = Array.from(document.querySelectorAll(".rows .open"));
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at + step))].focus();
  }
  function focus(id) { const one = document.getElementById(id); if (one) { one.focus(); return true; } return false; }
  const deeds = {
    j: () => move(1), k: () => move(-1), "/": () => { if (more) more.open = true; focus("search"); }, r: () => focus("reply"), a: () => focus("organ"),
    n: () => focus("note"), o: () => document.activeElement.click(),
    u: () => { const up = document.getElementById("up"); if (up) up.click(); },
    "?": () => document.getElementById("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || /INPUT|TEXTAREA|SELECT/.test(event.target.tagName)) return;
    const deed = deeds[event.key];
    if (deed) { event.preventDefault(); deed(); }
  });

  document.querySelectorAll("[data-draft]").forEach((box) => {
    const key = "draft-" + box.dataset.draft;
    try {
      box.value = box.value || sessionStorage.getItem(key) || "";
      box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
      box.form.addEventListener("submit", () => sessionStorage.removeItem(key));
    } catch (error) { /* storage is forbidden: no drafts */ }
  });
  document.addEventListener("submit", (event) => {
    event.target.querySelectorAll("button").forEach((button) => setTimeout(() => { button.disabled = true; }, 0));
  });
})();

// Looks every few seconds how things are, and puts it in place of what is there; what somebody writes stays.
// Without this file the room is as it was drawn, and its link draws it again.
"use strict";
(() => {
  const room = document.querySelector("[data-room]");
  if (!room) return;
  const trouble = room.querySelector(".room-trouble");
  const every = Number(room.dataset.every);
  let timer = 0;
  let failed = 0;

  const known = (page) => new Set([...page.querySelectorAll("[data-id]")].map((item) => item.dataset.id));

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(look, every);
  }

  async function look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, { cache: "no-store" });
        if (answer.status === 401 || answer.status === 403 || new URL(answer.url).pathname !== location.pathname) {
          tell(room.dataset.left);
          return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        show(new DOMParser().parseFromString(await answer.text(), "text/html"));
        failed = 0;
        tell("");
      } catch {
        failed += 1;
        if (failed > 1) tell(room.dataset.stale);
      }
    }
    plan();
  }

  function tell(said) {
    if (trouble.textContent === said) return;
    trouble.textContent = said;
    trouble.hidden = !said;
    room.classList.toggle("stale", Boolean(said));
  }

  function show(fresh) {
    const before = known(document);
    for (const old of room.querySelectorAll("[data-refresh]")) {
      const next = fresh.querySelector(`[data-refresh="${CSS.escape(old.dataset.refresh)}"]`);
      if (!next || old.contains(document.activeElement) || !document.getSelection().isCollapsed) continue;
      const drawn = document.importNode(next, true);
      const open = [...old.querySelectorAll("details")].map((fold) => fold.open);
      drawn.querySelectorAll("details").forEach((fold, n) => (fold.open = open[n] ?? fold.open));
      drawn.querySelectorAll("[data-id]").forEach((item) => item.classList.toggle("just-in", !before.has(item.dataset.id)));
      if (!old.isEqualNode(drawn)) old.replaceWith(drawn);
    }
    document.title = fresh.title;
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : look()));
  plan();
})();

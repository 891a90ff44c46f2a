// Asks now and then how many posts are new in the list, and shows them when the reader wants it.
// Nothing moves by itself. Without this file the list is as it was drawn, and everything else works.
"use strict";
(() => {
  const box = document.querySelector("[data-live]");
  if (!box) return;
  const said = box.querySelector("[role=status]");
  const link = box.querySelector("a");
  const whole = link.href;
  const known = 30;
  const every = Number(box.dataset.every);
  const longest = every * 16;
  let wait = every;
  let tag = "";
  let count = 0;
  let timer = 0;

  const list = (page) => page.querySelector("[data-live-list]");
  const ids = (page) => [...page.querySelectorAll("[data-live-list] > [data-id]")].map((item) => item.dataset.id);

  function plan() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, wait);
  }

  async function ask() {
    const address = new URL(box.dataset.live, location.href);
    address.searchParams.set("have", ids(document).slice(0, known).join(","));
    try {
      const answer = await fetch(address, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return;
      if (answer.status !== 304) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        tag = answer.headers.get("ETag") || "";
        tell(await answer.json());
      }
      wait = every;
    } catch {
      wait = Math.min(wait * 2, longest);
    }
    plan();
  }

  function tell(news) {
    count = news.new;
    if (count) offer(news.said, box.dataset.show);
    else if (link.dataset.done !== "yes") hide();
  }

  function offer(text, action) {
    said.textContent = text;
    link.textContent = action;
    link.dataset.done = "";
    link.href = whole;
    link.hidden = false;
    box.classList.add("told");
  }

  function hide() {
    said.textContent = "";
    link.hidden = true;
    box.classList.remove("told");
  }

  async function show() {
    const answer = await fetch(location.href, { cache: "no-store" });
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh || !list(fresh) || !list(document)) {
      location.reload();
      return;
    }
    keepingPlace(() => {
      insert(fresh);
      refresh(fresh);
    });
    said.textContent = box.dataset.shown;
    link.textContent = box.dataset.go;
    link.dataset.done = "yes";
    link.href = "#posts";
    tag = "";
    document.dispatchEvent(new CustomEvent("corrillo:refreshed"));
  }

  function insert(fresh) {
    const have = new Set(ids(document));
    const first = list(document).firstElementChild;
    for (const item of [...list(fresh).querySelectorAll(":scope > [data-id]")]) {
      if (!have.has(item.dataset.id)) list(document).insertBefore(document.importNode(item, true), first);
    }
  }

  // The figures beside the list: each is replaced as a whole, unless the reader is in it just now.
  function refresh(fresh) {
    for (const old of document.querySelectorAll("[data-refresh]")) {
      const name = CSS.escape(old.dataset.refresh);
      const next = fresh.querySelector(`[data-refresh="${name}"]`);
      if (!next || old.contains(document.activeElement)) continue;
      const drawn = document.importNode(next, true);
      const open = [...old.querySelectorAll("details")].map((fold) => fold.open);
      drawn.querySelectorAll("details").forEach((fold, n) => (fold.open = open[n] ?? fold.open));
      old.replaceWith(drawn);
    }
  }

  // What stands at the top of the window stays there, whatever becomes longer above it.
  function keepingPlace(change) {
    const root = document.documentElement;
    root.classList.add("still");
    const seen = [...document.querySelectorAll("[data-live-list] > [data-id]")];
    const above = list(document).getBoundingClientRect().top < 0;
    const held = above ? seen.find((item) => item.getBoundingClientRect().bottom > 0) : document.querySelector("[data-live-list]");
    const before = held ? held.getBoundingClientRect().top : 0;
    change();
    if (held) window.scrollBy({ top: held.getBoundingClientRect().top - before, behavior: "instant" });
    requestAnimationFrame(() => root.classList.remove("still"));
  }

  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.done === "yes") {
      setTimeout(hide);
      return;
    }
    event.preventDefault();
    show().catch(() => location.reload());
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  plan();
})();

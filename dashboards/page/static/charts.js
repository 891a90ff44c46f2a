// Draws every chart where its picture stands, as wide as there is room, so that its marks lead to their posts.
// Without this file the pictures stay, and the figures are in the tables.
"use strict";
(() => {
  const NARROW = 640;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const drawn = new Map();
  let wanted = null;

  function vega(address) {
    wanted ??= import(address).then(() => window.vegaEmbed);
    return wanted;
  }

  async function asked(figure) {
    const address = new URL(figure.dataset.chart, location.href);
    if (dark.matches) address.searchParams.set("theme", "dark");
    if (window.innerWidth <= NARROW) address.searchParams.set("size", "narrow");
    const answer = await fetch(address);
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.json();
  }

  // Until there is a picture, it is said that one comes.
  function waits(figure) {
    const picture = figure.querySelector("img");
    if (!picture || picture.complete) return;
    figure.classList.add("waits");
    for (const end of ["load", "error"]) picture.addEventListener(end, () => figure.classList.remove("waits"), { once: true });
  }

  // The names beside the rows lead where all of the row leads.
  function lead(box, leads) {
    for (const axis of box.querySelectorAll(".role-axis-label")) {
      const names = [...axis.querySelectorAll("text")];
      if (names.length !== leads.length || names[0].textContent.slice(0, 3) !== leads[0].thing.slice(0, 3)) continue;
      names.forEach((name, place) => {
        if (!leads[place].href) return;
        name.classList.add("leads");
        name.style.pointerEvents = "auto";
        name.addEventListener("click", () => location.assign(leads[place].href));
      });
    }
  }

  async function draw(figure) {
    const [embed, spec] = await Promise.all([vega(figure.dataset.vega), asked(figure)]);
    const stands = figure.querySelector(":scope > :is(picture, .drawn)");
    const box = document.createElement("div");
    box.className = "drawn";
    box.style.height = `${spec.height}px`;
    spec.width = Math.min(stands.clientWidth, 960);
    spec.config.font = getComputedStyle(figure).fontFamily;
    const result = await embed(box, spec, {
      mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false,
      tooltip: { disableDefaultStyle: true, theme: "corrillo" }, loader: { target: "_self" },
    });
    drawn.get(figure)?.result.finalize();
    drawn.set(figure, { result, width: figure.clientWidth });
    stands.replaceWith(box);
    figure.classList.remove("waits");
    lead(box, spec.usermeta?.leads ?? []);
  }

  // What cannot be drawn stays a picture.
  function all() {
    for (const figure of drawn.keys()) if (!figure.isConnected) drawn.delete(figure);
    for (const figure of document.querySelectorAll("figure[data-chart]")) {
      waits(figure);
      draw(figure).catch(() => {});
    }
  }

  let resting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if ([...drawn].some(([figure, { width }]) => figure.clientWidth !== width)) all();
    }, 200);
  });
  dark.addEventListener("change", all);
  document.addEventListener("corrillo:refreshed", all);
  all();
})();

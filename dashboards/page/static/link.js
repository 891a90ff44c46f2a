// A link to this view is copied when it is clicked; without this file it is a link like any other.
"use strict";
(() => {
  for (const link of document.querySelectorAll("[data-copy]")) {
    link.addEventListener("click", async (event) => {
      if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const said = link.parentElement.querySelector("[role=status]");
      try {
        await navigator.clipboard.writeText(link.href);
        said.textContent = link.dataset.copy;
      } catch {
        location.assign(link.href);
      }
    });
  }
})();

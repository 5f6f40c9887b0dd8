
"use strict";
(() => {
  const numbers = (element) => [element.dataset.from, element.dataset.to];

  /* What a card is connected with stands out while the pointer is on it. */
  const light = (node) => {
    const svg = node.closest("svg");
    const own = node.id.slice("node-".length);
    const near = new Set([own]);
    for (const edge of svg.querySelectorAll(".edge")) {
      const is_lit = numbers(edge).includes(own);
      edge.classList.toggle("lit", is_lit);
      if (is_lit) numbers(edge).forEach((number) => near.add(number));
    }
    for (const other of svg.querySelectorAll(".node"))
      other.classList.toggle("lit", near.has(other.id.slice("node-".length)));
    svg.classList.add("focus");
  };
  document.addEventListener("mouseover", (event) => {
    const node = event.target.closest(".node");
    for (const svg of document.querySelectorAll("svg.focus")) svg.classList.remove("focus");
    if (node) light(node);
  });

  /* A page that a server keeps fresh. What is replaced is parsed, and no script in it runs. */
  const every = Number(document.documentElement.dataset.refresh);
  const lost = document.getElementById("lost");
  const refresh = async () => {
    try {
      const answer = await fetch("/", { cache: "no-store" });
      if (!answer.ok) throw new Error("HTTP " + answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("page");
      const old = document.getElementById("page");
      const left = [...old.querySelectorAll(".wide")].map((part) => part.scrollLeft);
      old.replaceWith(page);
      [...page.querySelectorAll(".wide")].forEach((part, i) => { part.scrollLeft = left[i] || 0; });
      lost.hidden = true;
    } catch (error) {
      lost.textContent = "This is old: the server no longer answers (" + error.message + ").";
      lost.hidden = false;
    }
    setTimeout(refresh, every);
  };
  if (every > 0) setTimeout(refresh, every);
})();

// Keys of every page: `/` goes to the search box, `n` and `p` to the next and the previous hit of a search.
"use strict";

const marks = [...document.querySelectorAll(".hn-article mark")];
let current = -1;

function step(direction) {
  marks[current]?.classList.remove("hn-current");
  current = (current + direction + marks.length) % marks.length;
  const mark = marks[current];
  mark.classList.add("hn-current");
  mark.tabIndex = -1; // so that it can have the focus, and screen readers say it
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") {
    const box = document.querySelector("#hn-q");
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  } else if (marks.length && event.key === "n") {
    step(1);
  } else if (marks.length && event.key === "p") {
    step(current < 0 ? 0 : -1);
  }
});

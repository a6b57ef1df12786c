// Notes on a passage that is marked in the text. Without JavaScript the passage is pasted into the form.
"use strict";

const prose = document.querySelector(".hn-prose");
const form = document.querySelector("#hn-write");
const bar = document.querySelector("#hn-mark");

// The text of a range as it is in the archive: without the numbers of notes and of references that a range covers.
function words(range) {
  const content = range.cloneContents();
  for (const added of content.querySelectorAll(".hn-note-link, .hn-implied")) added.remove();
  return content.textContent;
}

function marked() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  return prose.contains(range.commonAncestorContainer) && words(range).trim() ? range : null;
}

function take() {
  const range = marked();
  if (!range) return false;
  const before = document.createRange();
  before.setStart(prose, 0);
  before.setEnd(range.startContainer, range.startOffset);
  form.elements.passage.value = words(range).trim();
  // The archive counts code points.
  form.elements.before.value = [...words(before).replace(/\s/gu, "")].length;
  getSelection().removeAllRanges();
  bar.hidden = true;
  return true;
}

if (prose && form && bar) {
  document.addEventListener("selectionchange", () => { bar.hidden = !marked(); });
  bar.addEventListener("mousedown", (event) => event.preventDefault()); // or the selection is gone before the click
  bar.querySelector("[data-write]").addEventListener("click", () => { if (take()) form.elements.body.focus(); });
  bar.querySelector("[data-highlight]").addEventListener("click", () => { if (take()) form.requestSubmit(); });
  form.elements.passage.addEventListener("input", () => { form.elements.before.value = ""; });
}

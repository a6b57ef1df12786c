// Copy buttons beside citations. Without JavaScript they stay hidden, and the text can be selected.
"use strict";

const said = document.querySelector("#cite-said");

// The clipboard is closed to pages on plain HTTP of other machines; there the text is selected and copied as by keyboard.
async function copy(source) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(source.textContent);
      return true;
    } catch {
      // not permitted
    }
  }
  getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(document.getElementById(button.dataset.copy));
    said.textContent = copied ? `${said.dataset.copied}: ${button.dataset.name}` : said.dataset.byKeyboard;
    button.textContent = copied ? said.dataset.copied : said.dataset.selected;
    setTimeout(() => { button.textContent = words; said.textContent = ""; }, 3000);
  });
}

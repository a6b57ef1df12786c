// Keys of the questions: a digit answers and goes on, `j` and `k` step, Ctrl+Enter saves.
"use strict";

const code = document.querySelector("#hn-code");
const questions = [...code.querySelectorAll("[data-question]:not(:disabled)")];
let at = 0;

function show(place) {
  questions[at]?.classList.remove("hn-current");
  at = Math.max(0, Math.min(place, questions.length - 1));
  questions[at].classList.add("hn-current");
  const radios = [...questions[at].querySelectorAll("input")];
  (radios.find((radio) => radio.checked) ?? radios[0]).focus({ preventScroll: true });
  questions[at].scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => {
  const place = questions.indexOf(event.target.closest("[data-question]"));
  if (place < 0) return;
  questions[at].classList.remove("hn-current");
  at = place;
  questions[at].classList.add("hn-current");
});

document.addEventListener("keydown", (event) => {
  if (!questions.length) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    code.requestSubmit();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input:not([type=radio])")) return;
  const isInside = event.target.closest("[data-question]") !== null; // else the first key leads to the current question
  if (event.key === "j") show(isInside ? at + 1 : at);
  else if (event.key === "k") show(isInside ? at - 1 : at);
  else if (/^[1-9]$/.test(event.key)) {
    const choice = questions[at].querySelectorAll("input")[event.key - 1];
    if (!choice) return;
    choice.checked = true;
    if (at + 1 < questions.length) show(at + 1);
    else code.querySelector("button")?.focus();
  }
});

if (questions.length) questions[0].classList.add("hn-current");

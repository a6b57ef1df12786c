// Draw the charts of the start page from the data in the page, in the colours of the style sheet.
// `ast` makes Vega interpret expressions instead of compiling them, so the page needs no unsafe-eval.
"use strict";

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const figures = [...document.querySelectorAll("[data-chart]")];

function configuration() {
  const style = getComputedStyle(document.documentElement);
  const value = (name) => style.getPropertyValue(name).trim();
  const text = { labelColor: value("--hn-muted"), titleColor: value("--hn-muted"), titleFontWeight: 400 };
  return {
    background: "transparent",
    font: getComputedStyle(document.body).fontFamily,
    view: { stroke: null },
    axis: { ...text, gridColor: value("--hn-line"), domainColor: value("--hn-line"), tickColor: value("--hn-line") },
    legend: { ...text, labelColor: value("--hn-ink"), symbolType: "square" },
    bar: { color: value("--hn-chart-1") },
    range: { category: [1, 2, 3, 4, 5, 6, 7, 8, 9].map((number) => value(`--hn-chart-${number}`)) },
  };
}

async function draw(figure) {
  const { display, rows } = JSON.parse(figure.querySelector("script").textContent);
  const canvas = figure.querySelector(".hn-canvas");
  canvas.hidden = false;
  const specification = { ...display, width: "container", autosize: { type: "fit-x", contains: "padding" }, data: { values: rows } };
  await vegaEmbed(canvas, specification, {
    mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false, config: configuration(),
    tooltip: { disableDefaultStyle: true }, logLevel: vega.Error,
  });
}

function drawAll() {
  for (const figure of figures) {
    const table = figure.querySelector("details");
    table.open = false; // the chart replaces the table, which can be opened …
    draw(figure).catch((error) => {
      table.open = true; // … and is shown if drawing failed
      throw error;
    });
  }
}

drawAll();
dark.addEventListener("change", drawAll);

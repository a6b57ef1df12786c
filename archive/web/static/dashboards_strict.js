// Let the charts of datasette-dashboards work under a strict content security policy: Vega interprets expressions
// instead of compiling them, and adds no style element. This runs before Vega-Embed is loaded.
"use strict";

const STRICT_OPTIONS = { ast: true, actions: false, defaultStyle: false, tooltip: { disableDefaultStyle: true } };
let strictEmbed;

Object.defineProperty(window, "vegaEmbed", {
  configurable: true,
  get: () => strictEmbed,
  set: (embed) => {
    strictEmbed = (element, specification, options) => embed(element, specification, { ...options, ...STRICT_OPTIONS });
  },
});

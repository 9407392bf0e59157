// Draws the plots that a page holds; everything else works without a script.
(function () {
  function draw(place) {
    var data = JSON.parse(place.getAttribute("data-plot"));
    place.removeAttribute("data-plot");
    new uPlot({
      width: Math.max(280, Math.min(place.clientWidth, 900)), height: 220,
      scales: { x: { time: true } },
      series: [{}, { label: place.getAttribute("data-label"), stroke: "#0b5394", width: 2, points: { show: true, size: 6 } }],
      axes: [{}, { values: function (u, all) { return all.map(function (v) { return v + " ms"; }); }, size: 80 }]
    }, data, place);
  }
  function drawAll() {
    if (!window.uPlot) return;
    document.querySelectorAll("[data-plot]").forEach(draw);
  }
  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:load", drawAll);
  // What an action came to is announced, and is where the keyboard goes on.
  document.addEventListener("htmx:afterSwap", function (event) {
    var note = event.target.querySelector && event.target.querySelector("[data-focus]");
    if (note) note.focus();
  });
})();

// The lab: a slider beside each number that has limits. The number is what is sent; without this file it stands alone.
(() => {
  "use strict";

  for (const number of document.querySelectorAll("input[data-slider]")) {
    const [start, end, step] = number.dataset.slider.split(" ").map(Number);
    const [min, max] = [Math.min(start, end), Math.max(start, end)];
    const slider = Object.assign(document.createElement("input"), { type: "range", min, max, step });
    slider.setAttribute("aria-label", document.querySelector(`label[for="${number.id}"]`).textContent);
    const follow = () => { slider.value = number.value || start; };  // an empty number stands at its start
    slider.addEventListener("input", () => { number.value = slider.value; });
    number.addEventListener("input", follow);
    follow();
    number.before(slider);
  }
})();

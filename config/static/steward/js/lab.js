// The lab: a slider beside each number that has limits. The number is what is sent; without this file it stands alone.
(() => {
  "use strict";

  for (const number of document.querySelectorAll("input[data-slider]")) {
    const [min, max, step] = number.dataset.slider.split(" ");
    const slider = Object.assign(document.createElement("input"), { type: "range", min, max, step });
    slider.setAttribute("aria-label", document.querySelector(`label[for="${number.id}"]`).textContent);
    slider.value = number.value || min;
    slider.addEventListener("input", () => { number.value = slider.value; });
    number.addEventListener("input", () => { slider.value = number.value || min; });
    number.before(slider);
  }
})();

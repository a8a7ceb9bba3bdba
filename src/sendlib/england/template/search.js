"use strict";
const box = document.querySelector("#search");
const field = box.querySelector("input");
const said = box.querySelector("output");
const rows = [...document.querySelectorAll("main tbody tr")];
box.hidden = false;
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  const shown = rows.filter((row) => {
    row.hidden = !row.textContent.toLowerCase().includes(wanted);
    return !row.hidden;
  });
  said.textContent = wanted ? `${shown.length} of ${rows.length} authorities` : "";
});

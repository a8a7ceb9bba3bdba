"use strict";
const box = document.querySelector("#search");
const field = box.querySelector("input");
const said = box.querySelector("output");
const rows = [...document.querySelectorAll("main tbody tr")];
const tiles = [...document.querySelectorAll(".tiles li")];
box.hidden = false;
field.addEventListener("input", () => {
  const wanted = field.value.trim().toLowerCase();
  for (const each of [...rows, ...tiles]) {
    const region = each.closest(".tiles section")?.firstElementChild.textContent ?? "";
    each.hidden = !`${each.textContent} ${region}`.toLowerCase().includes(wanted);
  }
  const shown = rows.filter((row) => !row.hidden);
  said.textContent = wanted ? `${shown.length} of ${rows.length} authorities` : "";
});

// The sums of finance/what_if.py, on the draws that stand in the page: nothing leaves it.
"use strict";
for (const panel of document.querySelectorAll(".what-if")) {
  const data = JSON.parse(panel.dataset.draws);
  const live = panel.querySelector(".live");
  const inputs = [...live.querySelectorAll("[data-set]")];
  const years = data.years.length;
  const columns = unpack();
  const stands = settingsOf((input) => input.dataset.start);
  const starts = new Map();

  function unpack() {
    const bytes = Uint8Array.from(atob(data.packed), (letter) => letter.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return data.columns.map(([low, step], at) =>
      Float64Array.from({ length: data.draws }, (_, draw) =>
        low + step * view.getUint16(2 * (at * data.draws + draw), true)));
  }

  function settingsOf(read) {
    const settings = { price: [] };
    for (const input of inputs) {
      const { set, at } = input.dataset;
      if (at) settings.price[at] = Number(read(input));
      else settings[set] = Number(read(input));
    }
    return settings;
  }

  function addedPlaces(settings, price, year) {
    const since = year - settings.opens;
    const seats = settings.added_places * (since > 0 ? 1 : since === 0 ? data.fromSeptember : 0);
    const [main, special, independent] =
      data.seatKinds.map((kind) => data.planCost[year][kind] * price[kind]);
    const displaced = settings.displaced_pct / 100;
    return seats * (data.seat + special - displaced * independent - (1 - displaced) * main);
  }

  function deficitsOf(settings) {
    const price = settings.price.map((pct, kind) =>
      (1 + pct / 100) * (data.toppedUp.includes(kind) ? 1 + settings.top_ups_pct / 100 : 1));
    const balance = new Float64Array(data.draws).fill(data.opening);
    const taken = new Float64Array(data.draws);
    const byYear = [];
    for (let year = 0; year < years; year += 1) {
      const plans = (1 + settings.plans_points / 100) ** (year + 1);
      const growth = (1 + settings.allocation_points / 100) ** data.blockYears[year];
      const moved = settings.transfer_pct / 100 * data.schoolsBlock[year];
      const added = addedPlaces(settings, price, year);
      const met = data.met[year] + data.takenOver[year] * settings.takeover;
      const granted = data.granted[year] * settings.grant;
      const of = columns.slice(year * (price.length + 3), (year + 1) * (price.length + 3));
      const [other, block, rest] = of.slice(price.length);
      byYear.push(Float64Array.from(balance, (opened, draw) => {
        let cost = other[draw];
        for (let kind = 0; kind < price.length; kind += 1) cost += of[kind][draw] * price[kind];
        const inYear = block[draw] * growth + moved + rest[draw] - cost * plans - added;
        balance[draw] = opened + inYear;
        taken[draw] += granted * Math.max(-opened, 0) + met * Math.max(-inYear, 0);
        return -balance[draw] - taken[draw];
      }));
    }
    return byYear;
  }

  function quantiles(values) {
    const sorted = values.slice().sort();
    return data.levels.map((level) => {
      const at = level * (sorted.length - 1), low = Math.floor(at);
      return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
    });
  }

  // the ranges of all draws, and what the settings change in the draws of this page
  function rangesOf(settings) {
    const world = 2 * settings.grant + settings.takeover;
    if (!starts.has(world)) {
      const start = { ...stands, grant: settings.grant, takeover: settings.takeover };
      starts.set(world, deficitsOf(start).map(quantiles));
    }
    return deficitsOf(settings).map(quantiles).map((range, year) =>
      range.map((end, at) => data.asItStands[world][year][at] + end - starts.get(world)[year][at]));
  }

  const money = (gbp) => {
    const digits = Math.abs(gbp / 1e6).toLocaleString("en-GB",
      { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    return `${gbp < 0 && /[1-9]/.test(digits) ? "\u2212" : ""}£${digits}m`;
  };
  function sentence(ranges, before) {
    const said = data.shown.map((year, place) => {
      const [low, middle, high] = ranges[year].map(money);
      return place === 0
        ? `At ${data.closes[year]} the deficit left to the council is ${middle} in the middle, `
          + `and between ${low} and ${high} in ${data.odds}`
        : `At ${data.closes[year]} it is ${middle}, between ${low} and ${high}`;
    });
    const changes = data.shown.map((year) => [year, ranges[year][1] - before[year][1]])
      .filter(([, gbp]) => money(Math.abs(gbp)) !== money(0))
      .map(([year, gbp]) => `${money(Math.abs(gbp))} ${gbp > 0 ? "more" : "less"} at ${data.closes[year]}`);
    const than = changes.length ? `${changes.join(" and ")} than in ` : "";
    return `${said.join(". ")}. That is ${than}the scenario as it stands.`;
  }

  function element(name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function draw(ranges, before, width) {
    const right = 94, left = 76, top = 14, bottom = 34, height = 300;
    const opening = [-data.opening, -data.opening, -data.opening];
    const path = [opening, ...ranges], dotted = [-data.opening, ...before.map((range) => range[1])];
    const all = [0, ...path.flat(), ...dotted];
    const rough = (Math.max(...all) - Math.min(...all)) / 5 || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 2.5, 5, 10].find((each) => each * power >= rough);
    const lowest = step * Math.floor(Math.min(...all) / step);
    const highest = step * Math.ceil(Math.max(...all) / step);
    const x = (at) => left + (width - left - right) * at / years;
    const y = (gbp) => top + (height - top - bottom) * (highest - gbp) / (highest - lowest);
    const line = (values) => values.map((gbp, at) => `${x(at)},${y(gbp)}`).join(" ");
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" });
    svg.setAttribute("aria-label", `Deficit left to the council, middle and range: ${ranges
      .map((range, year) => `${data.closes[year]} ${money(range[1])} (${money(range[0])} to ${money(range[2])})`)
      .join("; ")}.`);
    for (let gbp = lowest; gbp <= highest + step / 2; gbp += step) {
      svg.append(element("line", { class: "grid", x1: left, x2: x(years), y1: y(gbp), y2: y(gbp) }));
      const label = money(gbp).replace(".0m", "m");
      svg.append(element("text", { x: left - 8, y: y(gbp) + 5, "text-anchor": "end" }, label));
    }
    for (let at = years; at >= 0; at -= width < 520 ? 2 : 1) {
      const place = { x: x(at), y: height - 10, "text-anchor": "middle" };
      svg.append(element("text", place, data.first + at));
    }
    const band = `${line(path.map((range) => range[0]))} ${path
      .map((range, at) => `${x(at)},${y(range[2])}`).reverse().join(" ")}`;
    svg.append(element("polygon", { class: "band", points: band }));
    svg.append(element("polyline", { class: "as-it-stands", points: line(dotted) }));
    svg.append(element("polyline", { class: "middle", points: line(path.map((range) => range[1])) }));
    let above = -Infinity;
    for (const [end, name] of [[2, "high"], [1, "middle"], [0, "low"]]) {
      const value = path[years][end];
      above = Math.max(y(value) + 5, above + 19);
      svg.append(element("text", { class: name, x: x(years) + 8, y: above }, money(value)));
    }
    return svg;
  }

  function say(input) {
    if (input.tagName === "SELECT") return;
    const value = Number(input.value), { unit, signed } = input.dataset;
    const sign = value < 0 ? "\u2212" : value > 0 && signed ? "+" : "";
    const text = `${sign}${Math.abs(value).toLocaleString("en-GB")}${unit}`;
    input.setAttribute("aria-valuetext", text);
    input.parentElement.querySelector(".set").textContent = text;
  }

  const picture = live.querySelector(".picture");
  const asItStands = rangesOf(stands);
  let shown = asItStands;
  function redraw() {
    const width = Math.round(picture.clientWidth);
    if (width > 0) picture.replaceChildren(draw(shown, asItStands, width));
  }
  function update() {
    inputs.forEach(say);
    shown = rangesOf(settingsOf((input) => input.value));
    live.querySelector("output").textContent = sentence(shown, asItStands);
    [...live.querySelectorAll("tbody tr")].forEach((row, year) => {
      const change = shown[year][1] - asItStands[year][1];
      const plus = change > 0 && money(change) !== money(0) ? "+" : "";
      [...shown[year].map(money), plus + money(change)].forEach((text, at) => {
        row.querySelectorAll("td")[at].textContent = text;
      });
    });
    redraw();
  }
  live.addEventListener("input", update);
  live.querySelector("button").addEventListener("click", () => {
    for (const input of inputs) input.value = input.dataset.start;
    update();
  });
  live.hidden = false;
  new ResizeObserver(redraw).observe(picture);
  update();
}

"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const tip = document.getElementById("tip");
const make = (tag, props = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) name in node ? node[name] = value : node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null));
  return node;
};
// Text from outside enters the page as text nodes only.
const arabic = text => make("p", {dir: "rtl", lang: "ar"}, text);

document.getElementById("theme").onclick = () => {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = (root.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
};

const show = (event, evaluation, number) => {
  const line = evaluation.lines[number];
  tip.replaceChildren(...line.outputs.map((output, s) => make("p", {}, make("b", {}, `${evaluation.systems[s]} ${output.scores[evaluation.shown].toFixed(1)}: `), output.text)),
    make("p", {}, make("b", {}, "Reference: "), line.reference));
  if (line.source) tip.append(arabic(line.source));
  tip.hidden = false;
  const box = tip.getBoundingClientRect(), x = event.clientX ?? 200, y = event.clientY ?? 200;
  tip.style.left = Math.max(8, Math.min(x + 14, innerWidth - box.width - 8)) + "px";
  tip.style.top = Math.max(8, y + 18 + box.height > innerHeight ? y - box.height - 12 : y + 18) + "px";
};

const article = (evaluation, line) => {
  const pair = make("div", {className: line.source ? "pair" : "pair one"});
  if (line.source) pair.append(arabic(line.source));
  pair.append(make("p", {}, make("span", {className: "role"}, "Reference"), line.reference));
  const node = make("article", {id: `line-${evaluation.number}-${line.number}`},
    make("header", {}, make("span", {}, line.document), make("span", {}, `line ${line.number}`)), pair);
  line.outputs.forEach((output, s) => {
    const scores = evaluation.metrics.map((name, m) => `${name} ${output.scores[m].toFixed(1)}`).join(" · ");
    const text = make("p", {});
    if (output.diff && evaluation.diff) for (const [kind, words] of output.diff) text.append(kind ? make(kind > 0 ? "ins" : "del", {}, words) : words);
    else text.append(output.text || "∅");
    const out = make("div", {className: `out s${s % 6}`}, make("div", {className: "meta"}, make("span", {}, evaluation.systems[s]), make("span", {}, scores)), text);
    for (const [kind, words] of output.findings) out.append(make("span", {className: "flag"}, make("b", {}, kind + ": "), words));
    node.append(out);
  });
  return node;
};

data.forEach((evaluation, number) => {
  evaluation.number = number;
  const section = document.getElementById(`set-${number}`), list = section.querySelector(".lines");
  const [search, order, diff, more] = ["input", ".order", ".diff", ".more"].map(name => section.querySelector(name));
  const chips = [...section.querySelectorAll(".chips button")];
  const key = line => line.outputs.map(output => output.scores[evaluation.shown]);
  const gap = line => { const some = key(line); return some.length > 1 ? some[1] - some[0] : 0; };
  const orders = {text: (a, b) => a.number - b.number, worst: (a, b) => Math.min(...key(a)) - Math.min(...key(b)),
    best: (a, b) => Math.max(...key(b)) - Math.max(...key(a)), apart: (a, b) => Math.abs(gap(b)) - Math.abs(gap(a)),
    better: (a, b) => gap(b) - gap(a), poorer: (a, b) => gap(a) - gap(b), long: (a, b) => b.reference.length - a.reference.length,
    flags: (a, b) => b.outputs.flatMap(o => o.findings).length - a.outputs.flatMap(o => o.findings).length};
  let limit = 20;
  const draw = () => {
    const words = search.value.toLowerCase(), wanted = chips.filter(chip => chip.getAttribute("aria-pressed") === "true");
    const fits = line => wanted.every(chip => chip.dataset.bucket !== undefined ? line.buckets.includes(chip.dataset.bucket)
        : line.outputs.some(output => output.findings.some(([kind]) => kind === chip.dataset.kind)))
      && (!words || [line.source, line.reference, line.document, ...line.outputs.map(o => o.text)].some(text => text && text.toLowerCase().includes(words)));
    const found = evaluation.lines.filter(fits).sort(orders[order.value]);
    list.replaceChildren(...found.slice(0, limit).map(line => article(evaluation, line)));
    section.querySelector(".count").textContent = `${found.length} of ${evaluation.lines.length} lines`;
    more.hidden = found.length <= limit;
  };
  search.oninput = order.onchange = () => { limit = 20; draw(); };
  more.onclick = () => { limit += 50; draw(); };
  if (diff) { evaluation.diff = diff.checked; diff.onchange = () => { evaluation.diff = diff.checked; draw(); }; }
  chips.forEach(chip => chip.onclick = () => { chip.setAttribute("aria-pressed", chip.getAttribute("aria-pressed") !== "true"); limit = 20; draw(); });
  section.querySelectorAll("[data-line]").forEach(dot => {
    dot.onmousemove = event => show(event, evaluation, +dot.dataset.line);
    dot.onmouseleave = () => tip.hidden = true;
    dot.onclick = () => { search.value = evaluation.lines[+dot.dataset.line].reference; draw(); list.scrollIntoView({behavior: "smooth"}); };
  });
  draw();
});

document.querySelectorAll("table.sort th").forEach(head => head.onclick = () => {
  const body = head.closest("table").tBodies[0], column = head.cellIndex, down = head.dataset.down !== "1";
  head.dataset.down = down ? "1" : "0";
  const value = row => { const text = row.cells[column].dataset.value ?? row.cells[column].textContent; return isNaN(text) ? text : +text; };
  body.append(...[...body.rows].sort((a, b) => (value(a) > value(b) ? -1 : 1) * (down ? 1 : -1)));
});
})();

// The comparison: rows to step through, and beads to move. The server moves them and draws the rows again.
import { Refused, Unreachable, explain, post, remove } from "./api.js";
import { element, isTyping } from "./dom.js";
import { t } from "./messages.js";
import { firstInView, keepPlace } from "./place.js";
import { toast } from "./toast.js";

const page = document.getElementById("comparison");
const announcer = document.getElementById("announce");
const say = (text) => {
  announcer.textContent = text;
};
const rows = () => [...page.querySelectorAll("li.bead")];
const shown = () => rows().filter((row) => !row.hidden);
const CHUNK = 20; // Rows, as the server makes them: what is far away is not drawn.
const chunks = (where) => [...where.querySelectorAll("#beads > .chunk")];

// --- The pair at hand ----------------------------------------------------------------------------------

let current = null;
let side = "target";

const button = (key, action, where = null) =>
  element("button", {
    type: "button",
    textContent: t(`compare.button.${key}`),
    title: t(`compare.help.${key}`),
    "data-action": action,
    onclick: (event) => {
      event.stopPropagation();
      const row = event.currentTarget.closest("li.bead");
      select(row, { scroll: false, focus: false });
      if (where) choose(where);
      act(event.currentTarget.dataset.action);
    },
  });
const group = (key, ...buttons) =>
  element("div", { className: "moves", role: "group", "aria-label": t(key), lang: document.documentElement.lang, dir: document.documentElement.dir }, ...buttons);
const moves = (where) => [
  button("pull_up", "pull_up", where),
  button("push_down", "push_down", where),
  button("insert", "insert", where),
];
const tools = {
  source: group("compare.moves.source", ...moves("source")),
  target: group("compare.moves.target", ...moves("target")),
  pair: group("compare.moves.pair", button("merge", "merge"), button("split", "split"), button("pin", "pin")),
};

function select(row, { scroll = true, focus = true } = {}) {
  if (current && current !== row) {
    current.classList.remove("current");
    current.removeAttribute("aria-current");
    current.tabIndex = -1;
  }
  current = row;
  row.classList.add("current");
  row.setAttribute("aria-current", "true");
  row.tabIndex = 0;
  history.replaceState(history.state, "", `#${row.id}`);
  place(row);
  if (focus && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
  if (scroll) {
    row.scrollIntoView({ block: "nearest" });
    // Rows far away have estimated heights until they are drawn: once more when they are.
    requestAnimationFrame(() => row.scrollIntoView({ block: "nearest" }));
  }
}

/** Put buttons into a cell, unless they are there: to move them takes the focus from the one that was pressed. */
function bring(cell, buttons) {
  if (buttons.parentElement !== cell) cell.append(buttons);
}

function place(row) {
  const pinned = row.classList.contains("pinned");
  const counts = { source: 0, target: 0 };
  for (const where of ["source", "target"]) {
    const cell = row.querySelector(`[data-side=${where}]`);
    counts[where] = cell.querySelectorAll(".sentence").length;
    bring(cell, tools[where]);
    for (const each of tools[where].children) each.disabled = pinned || !counts[where];
  }
  bring(row.querySelector(".notes"), tools.pair);
  const [merge, split, pin] = tools.pair.children;
  merge.disabled = pinned || row === rows().at(-1);
  split.disabled = pinned || counts.source + counts.target < 2;
  pin.dataset.action = pinned ? "unpin" : "pin";
  pin.textContent = t(pinned ? "compare.button.unpin" : "compare.button.pin");
  choose(side);
}

function choose(where) {
  side = where;
  for (const cell of page.querySelectorAll(".side")) cell.classList.remove("side");
  current?.querySelector(`[data-side=${side}]`).classList.add("side");
}

function step(by, wanted = () => true) {
  const all = shown();
  if (!all.length) return;
  let at = current ? all.indexOf(current) + by : Math.max(0, all.indexOf(firstInView(chunks(page))));
  while (all[at] && !wanted(all[at])) at += by;
  if (all[at]) select(all[at]);
  else if (!current) select(all[0]);
}

// --- Moving --------------------------------------------------------------------------------------------

// Keys pressed quickly are carried out one after the other, each on what the one before has left.
let chain = Promise.resolve();

function act(action) {
  if (!current && action !== "undo" && action !== "realign") return;
  chain = chain.then(() => move(action));
}

async function move(action) {
  const bead = current ? Number(current.dataset.bead) : 0;
  const body = { revision: Number(page.dataset.revision), action };
  if (action !== "undo" && action !== "realign") Object.assign(body, { bead, side });
  document.body.classList.add("waiting");
  try {
    await post(`/references/${page.dataset.reference}/beads`, body);
    await refresh(bead);
    say(t(`compare.done.${action}`));
    if (action === "realign") toast(t("compare.done.realign"), { label: t("js.undo"), run: undo });
  } catch (error) {
    await fail(error, bead);
  } finally {
    document.body.classList.remove("waiting");
  }
}

/** After the moves that are still on their way, for it is those that there may be to undo. */
function undo() {
  chain = chain.then(() => (document.getElementById("undo").disabled ? toast(t("compare.undo.nothing")) : move("undo")));
}

async function fail(error, bead) {
  if (error instanceof Refused && error.status === 409) {
    try {
      await refresh(bead);
    } catch {
      return toast(t("js.unreachable"));
    }
    return toast(t("compare.conflict"));
  }
  return toast(explain(error));
}

/** The pair at hand is one like the others again, as the server draws them. */
function release() {
  for (const each of Object.values(tools)) each.remove();
  for (const cell of page.querySelectorAll(".side")) cell.classList.remove("side");
  current?.classList.remove("current");
  current?.removeAttribute("aria-current");
  for (const row of page.querySelectorAll("li.bead[tabindex='0']")) row.tabIndex = -1;
  current = null;
}

/** Put the rows that differ in place of ours; what is above stays where it is. */
function swap(found) {
  release();
  filter("all");
  const known = rows();
  const fresh = [...found.querySelectorAll("li.bead")];
  const start = Number(found.dataset.start ?? 0);
  const before = Number(found.dataset.before ?? known.length);
  const next = known[before];
  if (next) next.before(...fresh);
  else if (start) known[start - 1].after(...fresh);
  else chunks(page)[0].append(...fresh);
  for (const row of known.slice(start, before)) row.remove();
  for (const chunk of chunks(page)) {
    if (!chunk.children.length && chunks(page).length > 1) chunk.remove();
    while (chunk.children.length > 2 * CHUNK) {
      const rest = chunk.cloneNode(false);
      rest.append(...[...chunk.children].slice(-CHUNK));
      chunk.after(rest);
    }
  }
  if (fresh.length !== before - start) rows().slice(start + fresh.length).forEach((row, at) => number(row, start + fresh.length + at));
  for (const [one, other] of [[page, found], [found, page]]) {
    const notice = one.querySelector(":scope > .notice");
    if (!notice || other.querySelector(":scope > .notice")) continue;
    if (one === page) notice.remove();
    else page.prepend(notice);
  }
}

/** What tells a row's place, as the server writes it. */
function number(row, at) {
  row.id = `b${at + 1}`;
  row.dataset.bead = at;
  row.setAttribute("aria-label", t("compare.pair", { number: at + 1 }));
  row.querySelector(".number > span").textContent = at + 1;
}

/** Draw the rows as the server has them now, and stay at the same place. */
async function refresh(bead) {
  let text;
  try {
    const answer = await fetch(`${location.pathname}?since=${page.dataset.revision}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    text = await answer.text();
  } catch (error) {
    throw new Unreachable(error.message);
  }
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const focused = page.contains(document.activeElement) ? document.activeElement : null;
  const found = fresh.getElementById("comparison");
  const chosen = filtered;
  page.dataset.revision = found.dataset.revision;
  swap(found);
  for (const known of document.querySelectorAll(".filter")) {
    const other = fresh.querySelector(`.filter[data-filter=${known.dataset.filter}]`);
    known.querySelector(".count").textContent = other.querySelector(".count").textContent;
    known.disabled = other.disabled;
  }
  const { disabled, title } = fresh.getElementById("undo");
  Object.assign(document.getElementById("undo"), { disabled, title });
  filter(chosen);
  const all = rows();
  if (!all.length) return;
  select(all[Math.min(bead, all.length - 1)], { focus: false });
  // Whoever pressed a button goes on with that button.
  const pressed = focused?.dataset.action && current.contains(focused) && !focused.disabled;
  if (focused) (pressed ? focused : current).focus({ preventScroll: true });
}

// --- Which rows ----------------------------------------------------------------------------------------

let filtered = "all";
const ROW_REM = 11.5;

function filter(name) {
  filtered = name;
  for (const each of document.querySelectorAll(".filter")) each.setAttribute("aria-pressed", String(each.dataset.filter === name));
  let some = false;
  for (const chunk of chunks(page)) {
    let count = 0;
    for (const row of chunk.children) {
      row.hidden = name !== "all" && !row.classList.contains(name);
      count += !row.hidden;
    }
    chunk.hidden = !count;
    // How tall a chunk is while it is not drawn; the stylesheet says it of whole ones.
    chunk.style.containIntrinsicBlockSize = name === "all" ? "" : `${count * ROW_REM}rem`;
    some ||= count > 0;
  }
  document.getElementById("none").hidden = some;
}

document.querySelector(".filters").addEventListener("click", (event) => {
  const chosen = event.target.closest(".filter");
  if (chosen) filter(chosen.dataset.filter);
});

// --- The page's own controls ---------------------------------------------------------------------------

const help = document.getElementById("help");
help.querySelector("[data-close]").addEventListener("click", () => help.close());
document.getElementById("help-open").addEventListener("click", () => help.showModal());
document.getElementById("undo").addEventListener("click", undo);
document.getElementById("realign").addEventListener("click", () => act("realign"));
const differences = document.getElementById("differences");
differences.addEventListener("click", () => {
  const on = differences.getAttribute("aria-pressed") !== "true";
  differences.setAttribute("aria-pressed", String(on));
  page.classList.toggle("no-differences", !on);
});

document.getElementById("delete").addEventListener("click", () => {
  const sure = element(
    "dialog",
    { className: "ask", "aria-labelledby": "ask-title", onclose: () => sure.remove() },
    element(
      "form",
      {
        className: "dialog-body",
        method: "dialog",
        onsubmit: async (event) => {
          if (event.submitter?.value !== "delete") return;
          event.preventDefault();
          try {
            await remove(`/references/${page.dataset.reference}`);
            location.assign(`/articles/${page.dataset.article}`);
          } catch (error) {
            sure.close();
            toast(explain(error));
          }
        },
      },
      element("h2", { id: "ask-title", textContent: t("compare.delete.ask") }),
      element("p", { textContent: t("compare.delete.hint") }),
      element(
        "p",
        { className: "tools" },
        element("button", { className: "button primary", value: "delete", textContent: t("compare.delete.yes") }),
        element("button", { className: "button", value: "keep", textContent: t("compare.delete.no") }),
      ),
    ),
  );
  document.body.append(sure);
  sure.showModal();
});

page.addEventListener("click", (event) => {
  const row = event.target.closest("li.bead");
  if (!row || event.target.closest("a, button, summary")) return;
  if (getSelection() && !getSelection().isCollapsed) return;
  select(row, { scroll: false });
  const cell = event.target.closest("[data-side]");
  if (cell) choose(cell.dataset.side);
});
page.addEventListener("focusin", (event) => {
  if (event.target.matches("li.bead") && event.target !== current) select(event.target, { scroll: false, focus: false });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.isComposing || isTyping(event.target)) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const moved = { ArrowDown: "push_down", ArrowUp: "pull_up" }[event.key];
  if (event.altKey) {
    if (!moved || !current) return;
    event.preventDefault();
    return act(moved);
  }
  const run = {
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    n: () => step(1, (row) => row.classList.contains("doubtful")),
    o: () => {
      choose(side === "target" ? "source" : "target");
      say(t(`compare.moves.${side}`));
    },
    i: () => act("insert"),
    m: () => act("merge"),
    s: () => act("split"),
    p: () => act(current?.classList.contains("pinned") ? "unpin" : "pin"),
    u: undo,
    "?": () => help.showModal(),
  }[event.key];
  if (!run) return;
  event.preventDefault();
  run();
});

const asked = location.hash && document.querySelector(`li${location.hash.replace(/[^#\w-]/g, "")}`);
const returned = keepPlace(() => chunks(page));
if (asked) select(asked, { focus: !returned, scroll: !returned });
else if (rows().length) rows()[0].tabIndex = 0;

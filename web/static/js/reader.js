// The reader: pointing, keys, words, streaming, and the dialogs of the page.
import { call, explain, post, tooLarge } from "./api.js";
import { element, isTyping } from "./dom.js";
import { close as closeEditor, edit, editing, receive, resumeDrafts, showHistory, undo } from "./editor.js";
import { look, setLook } from "./looks.js";
import { t } from "./messages.js";
import { firstInView, keepPlace } from "./place.js";
import { allRows, isShown, list, rowOf, showSource, sourceText, targetText, toggleChanges } from "./rows.js";
import { follow } from "./stream.js";
import { toast } from "./toast.js";
import { closeWords, openWords, pin, point, sameSide, unpin, wordsOf } from "./words.js";

const article = list.dataset.article;
const announcer = document.getElementById("announce");
const say = (text) => {
  announcer.textContent = text;
};

// --- The sentence at hand ------------------------------------------------------------------------------

let current = null;
let hovered = null;
const actions = element(
  "div",
  { className: "actions" },
  ...[
    ["js.edit", (row) => edit(row)],
    ["js.history", (row) => showHistory(row)],
    ["js.copy", copy],
  ].map(([key, run]) =>
    element("button", {
      type: "button",
      className: "plain",
      textContent: t(key),
      onclick: (event) => {
        event.stopPropagation();
        const row = rowOf(event.currentTarget);
        select(row, { scroll: false });
        run(row);
      },
    }),
  ),
);
const wide = matchMedia("(min-width: 84.01rem)");

function select(row, { scroll = true, focus = true } = {}) {
  if (current !== row) {
    current?.classList.remove("current");
    current?.removeAttribute("aria-current");
    if (current) current.tabIndex = -1;
    current = row;
    current.classList.add("current");
    current.setAttribute("aria-current", "true");
    current.tabIndex = 0;
    history.replaceState(history.state, "", `#${row.id}`);
    openWords(row, { stay: true });
  }
  placeActions();
  if (focus && !row.contains(document.activeElement)) row.focus({ preventScroll: true });
  if (scroll) {
    row.scrollIntoView({ block: "nearest" });
    // Rows far away have estimated heights until they are drawn: once more when they are.
    requestAnimationFrame(() => row.scrollIntoView({ block: "nearest" }));
  }
}

function release() {
  closeWords();
  leaveWords();
  current?.classList.remove("current");
  current?.removeAttribute("aria-current");
  current = null;
  placeActions();
}

function placeActions() {
  const row = (wide.matches && hovered) || current;
  if (actions.parentElement === row?.querySelector(".notes")) return;
  if (row?.querySelector(".target .text")) row.querySelector(".notes").append(actions);
  else actions.remove();
}

function step(by) {
  const rows = allRows().filter(isShown);
  if (!rows.length) return;
  let place = current ? rows.indexOf(current) + by : rows.indexOf(firstInView(list.children));
  place = Math.max(0, Math.min(rows.length - 1, place));
  closeEditor();
  select(rows[place]);
  if (wordMode) enterWords();
}

async function copy(row) {
  try {
    await navigator.clipboard.writeText(`${sourceText(row)}\n${targetText(row)}\n`);
    toast(t("js.copied"));
  } catch {
    toast(t("js.copy.failed"));
  }
}

function cover() {
  const on = look("reveal") === "on";
  for (const row of allRows()) {
    const said = row.querySelector(".said");
    if (said) said.title = on && !row.classList.contains("uncovered") ? t("js.reveal") : "";
  }
}

function reveal(row) {
  row.classList.toggle("uncovered");
  cover();
}

// --- Pointing ------------------------------------------------------------------------------------------

let resting = 0;
list.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const row = rowOf(event.target);
  if (row !== hovered) {
    hovered = row;
    placeActions();
    clearTimeout(resting);
    if (row && !editing()) resting = setTimeout(() => openWords(row).then(() => pointAt(row)), 90);
  }
  point(event.target.closest(".word") ?? (wordMode ? word : null));
});
list.addEventListener("pointerleave", () => {
  hovered = null;
  clearTimeout(resting);
  placeActions();
  point(wordMode ? word : null);
});

/** The word that the pointer rests on already when the links arrive. */
function pointAt(row) {
  const word = row.querySelector(".word:hover");
  if (word) point(word);
}

list.addEventListener("click", async (event) => {
  const fold = event.target.closest("[data-fold]");
  if (fold?.dataset.fold === "translate") start({ furniture: true });
  else if (fold) {
    setLook("furniture", fold.dataset.fold);
    // The button has gone: whoever pressed it goes on with the one that takes it back.
    fold.parentElement.querySelector(`[data-fold=${fold.dataset.fold === "shown" ? "folded" : "shown"}]`).focus();
  }
  const row = rowOf(event.target);
  if (!row || event.target.closest(".editor, .actions, a")) return;
  if (event.target.closest("[data-changes]")) {
    closeWords(row);
    toggleChanges(row);
    return;
  }
  if (getSelection()?.toString() && !getSelection().isCollapsed) return;
  const said = event.target.closest(".said");
  if (look("reveal") === "on" && said && !row.classList.contains("uncovered")) reveal(row);
  const place = { x: event.clientX, y: event.clientY };
  select(row, { scroll: false });
  await openWords(row);
  const word = event.target.isConnected
    ? event.target.closest(".word")
    : document.elementFromPoint(place.x, place.y)?.closest(".word");
  if (word) pin(word);
});
list.addEventListener("dblclick", (event) => {
  const row = rowOf(event.target);
  if (!event.target.closest(".target") || !row?.querySelector(".target .text")) return;
  getSelection()?.removeAllRanges();
  edit(row);
});
list.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (row && event.target === row) select(row, { scroll: false, focus: false });
});

// --- Word mode -----------------------------------------------------------------------------------------

let wordMode = false;
let word = null;

async function enterWords() {
  if (!current) step(0);
  if (!current) return;
  const row = current;
  const opened = await openWords(row);
  if (row !== current) return;
  if (opened === false) {
    leaveWords();
    toast(t("js.unreachable"));
    return;
  }
  if (!wordMode) say(t("js.wordmode.on"));
  wordMode = true;
  document.body.classList.add("word-mode");
  if (!word?.isConnected || rowOf(word) !== row) {
    const side = look("view") === "target" ? "target" : "source";
    moveTo(wordsOf(row, side)[0]);
  }
}

function leaveWords() {
  if (!wordMode) return false;
  wordMode = false;
  word = null;
  document.body.classList.remove("word-mode");
  point(null);
  say(t("js.wordmode.off"));
  return true;
}

function moveTo(next) {
  if (!next) return;
  word = next;
  const partners = point(word);
  const partner = partners.map((each) => each.textContent).join(" ");
  say(partner ? t("js.word.linked", { word: word.textContent, partner }) : t("js.word.alone", { word: word.textContent }));
}

function stepWord(key) {
  const side = word.closest(".source") ? "source" : "target";
  const words = wordsOf(current, side);
  const forward = (key === "ArrowRight") === (word.closest("[dir]").dir === "ltr");
  moveTo(words[words.indexOf(word) + (forward ? 1 : -1)]);
}

function otherSide() {
  const here = word.closest(".source") ? "target" : "source";
  const partner = current.querySelector(`.${here} .word.linked`);
  moveTo(partner && !sameSide(partner, word) ? partner : wordsOf(current, here)[0]);
}

// --- Keys ----------------------------------------------------------------------------------------------

const help = document.getElementById("help");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open], [popover]:popover-open") || isTyping(event.target)) return;
  const onControl = event.target.closest("button, a, summary") !== null;
  if (wordMode && word?.isConnected) {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      stepWord(event.key);
      return;
    }
    if (event.key === "o") return otherSide();
    if (event.key === "Enter" && !onControl) return pin(word);
  }
  const run = {
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    w: () => (wordMode ? leaveWords() : enterWords()),
    e: () => current?.querySelector(".target .text") && edit(current),
    u: () => current && undo(current),
    r: () => current && reveal(current),
    "?": () => help.showModal(),
    Escape: () => unpin() || leaveWords() || release(),
  }[event.key];
  if (!run) return;
  event.preventDefault();
  run();
});

document.getElementById("help-open").addEventListener("click", () => help.showModal());
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-close]")) target.closest("dialog").close();
  else if (target instanceof HTMLDialogElement) target.close();
});

// --- Looks ---------------------------------------------------------------------------------------------

const respell = () => {
  closeWords();
  for (const row of allRows()) showSource(row);
};
document.addEventListener("look", ({ detail }) => {
  if (detail.name === "tashkeel") respell();
  if (detail.name === "reveal") {
    for (const row of allRows()) row.classList.remove("uncovered");
    cover();
  }
  current?.scrollIntoView({ block: "nearest" });
});
if (look("tashkeel") === "hidden") respell();
if (look("reveal") === "on") cover();

// --- The translation as it is made ---------------------------------------------------------------------

const bar = document.getElementById("progress");
const status = document.getElementById("status");
const translate = document.getElementById("translate");

function tell(text, bad = false) {
  status.textContent = text;
  status.classList.toggle("bad", bad);
}

function progress({ done, total }) {
  bar.hidden = false;
  bar.max = total;
  bar.value = done;
  const text = t("js.progress", { done, total });
  bar.setAttribute("aria-label", text);
  tell(done ? text : t("js.progress.waiting"));
}

/** How many sentences have a warning, as the page shows it now. */
function countWarnings() {
  const count = list.querySelectorAll(".row:not(.furniture) .note.warning:not(.unsent):first-child").length;
  const place = document.getElementById("warnings");
  place.textContent = t("library.warnings", { count });
  place.hidden = count === 0;
}

function watch() {
  list.dataset.live = "";
  translate.hidden = true;
  const rows = new Map(allRows().map((row) => [row.dataset.id, row]));
  let count = { done: Number(list.dataset.done), total: Number(list.dataset.total) };
  progress(count);
  const finish = (text, bad = false) => {
    delete list.dataset.live;
    bar.hidden = true;
    tell(bad ? text : "", bad);
    say(text);
  };
  follow(article, list.dataset.sequence, {
    translation: (told) => {
      const row = rows.get(String(told.id));
      if (!row || !receive(row, told)) return;
      row.classList.add("fresh");
      if (look("reveal") === "on") cover();
    },
    progress: (told) => progress((count = told)),
    done: (told) => {
      finish(t("js.progress.done"));
      countWarnings();
      leftOver();
      if (told.english_title && document.documentElement.lang === "en") nameWindow(told.english_title);
      translate.hidden = !list.querySelector(".row:not(.furniture) .target.pending");
    },
    failed: (message) => {
      finish(t("js.progress.failed", { message }), true);
      translate.hidden = false;
    },
    lost: () => tell(t("js.stream.lost"), true),
    found: () => progress(count),
  });
}

/** The window's title, as the server writes it: no longer than anybody reads or hears it. */
function nameWindow(title) {
  const short = title.length > 100 ? `${title.slice(0, 99)}…` : title;
  document.title = document.title.replace(/^.*(?= · )/, () => short);
}

async function start(wanted = {}) {
  translate.disabled = true;
  try {
    await post(`/articles/${article}/translate`, wanted);
    watch();
  } catch (error) {
    tell(explain(error), true);
  } finally {
    translate.disabled = false;
  }
}

translate.addEventListener("click", () => start());

if (["queued", "running"].includes(list.dataset.job)) watch();
else if (list.dataset.job === "failed" && !translate.hidden) tell(t("js.progress.failed", { message: list.dataset.jobError }), true);

// --- A reference translation ---------------------------------------------------------------------------

const dialog = document.getElementById("reference-dialog");
const form = document.getElementById("reference-form");
document.getElementById("reference-open").addEventListener("click", () => {
  document.getElementById("references").hidePopover();
  dialog.showModal();
});

/** What keeps the form from being sent, and where it is mended; null where nothing does. */
function obstacle({ text, file }) {
  const typed = text.value.trim() !== "";
  const [chosen] = file.files;
  if (!chosen) return typed ? null : { complaint: t("js.reference.empty"), field: text };
  const complaint = typed ? t("js.reference.both") : tooLarge(chosen, form);
  return complaint && { complaint, field: file };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { name, text, file } = form.elements;
  const problem = form.querySelector(".error");
  const submit = form.querySelector("[type=submit]");
  problem.hidden = true;
  const found = obstacle(form.elements);
  if (found) {
    problem.textContent = found.complaint;
    problem.hidden = false;
    found.field.focus();
    return;
  }
  submit.disabled = true;
  let body = { name: name.value.trim(), text: text.value };
  if (file.files.length) {
    body = new FormData();
    body.append("file", file.files[0]);
    if (name.value.trim()) body.append("name", name.value.trim());
  } else if (!body.name) delete body.name;
  try {
    const reference = await call("POST", `/articles/${article}/references`, body);
    location.assign(`/articles/${article}/compare/${reference.id}`);
  } catch (error) {
    problem.textContent = explain(error);
    problem.hidden = false;
    submit.disabled = false;
  }
});

const leftOver = () =>
  list.classList.toggle("furniture-left", list.querySelector(".row.furniture .target.pending") !== null);
leftOver();

// --- Where to begin ------------------------------------------------------------------------------------

for (const row of allRows()) row.tabIndex = -1;
const returned = keepPlace(() => list.children);
const asked = /^#s\d+$/.test(location.hash) ? document.getElementById(location.hash.slice(1)) : null;
if (asked) {
  if (asked.classList.contains("furniture")) setLook("furniture", "shown");
  select(asked, { focus: false, scroll: !returned });
} else if (allRows().length) allRows()[0].tabIndex = 0;
addEventListener("hashchange", () => {
  const row = /^#s\d+$/.test(location.hash) && document.getElementById(location.hash.slice(1));
  if (row) select(row);
});
resumeDrafts();

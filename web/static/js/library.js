// The library: add an article by pasting, a file or an address; delete with undo; watch translations arrive.
import { call, explain, get, post, remove, tooLarge } from "./api.js";
import { t } from "./messages.js";
import { toast } from "./toast.js";

const form = document.getElementById("add");
const shelf = document.getElementById("shelf");
const opener = document.getElementById("add-open");
const tabs = [...form.querySelectorAll("[role=tab]")];
const problem = document.getElementById("add-error");
const working = document.getElementById("add-working");
const count = document.querySelector(".count");

const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
const chosenTab = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true");

// --- Adding --------------------------------------------------------------------------------------------

function openForm(open) {
  form.hidden = !open;
  opener.setAttribute("aria-expanded", String(open));
  if (open) panelOf(chosenTab()).querySelector("input, textarea").focus();
  else opener.focus();
}

function choose(tab, focus = true) {
  for (const each of tabs) {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
    panelOf(each).hidden = each !== tab;
  }
  complain("");
  if (focus) tab.focus();
}

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

/** What to send for the tab that is open, or a complaint. */
function request() {
  const { text, title, file, url } = form.elements;
  const kind = chosenTab().id;
  if (kind === "tab-paste") {
    if (!text.value.trim()) return { complaint: t("js.add.empty"), field: text };
    return { body: title.value.trim() ? { text: text.value, title: title.value.trim() } : { text: text.value } };
  }
  if (kind === "tab-url") {
    if (!/^https?:\/\/\S+$/i.test(url.value.trim())) return { complaint: t("js.add.url"), field: url };
    return { body: { url: url.value.trim() } };
  }
  const chosen = file.files[0];
  if (!chosen) return { complaint: t("js.add.file"), field: file };
  const complaint = tooLarge(chosen, form);
  if (complaint) return { complaint, field: file };
  const body = new FormData();
  body.append("file", chosen);
  return { body };
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  const { body, complaint, field } = request();
  if (complaint) {
    complain(complaint);
    field.focus();
    return;
  }
  const submit = form.querySelector("[type=submit]");
  submit.disabled = true;
  working.textContent = t("js.add.working");
  try {
    const entry = await call("POST", "/articles", body);
    location.assign(`/articles/${entry.id}`);
  } catch (error) {
    complain(explain(error));
    submit.disabled = false;
    working.textContent = "";
  }
});
// Coming back with the browser's Back button finds the form as it was left, ready to send.
addEventListener("pageshow", () => {
  form.querySelector("[type=submit]").disabled = false;
  working.textContent = "";
});

form.addEventListener("click", ({ target }) => {
  const tab = target.closest("[role=tab]");
  if (tab) choose(tab);
});
form.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const forward = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const steps = { [forward]: 1, Home: -Infinity, End: Infinity };
  const step = event.key in steps ? steps[event.key] : event.key.startsWith("Arrow") ? -1 : 0;
  if (!step || event.key === "ArrowUp" || event.key === "ArrowDown") return;
  event.preventDefault();
  const place = tabs.indexOf(chosenTab()) + step;
  choose(tabs[Math.abs(step) === 1 ? (place + tabs.length) % tabs.length : step < 0 ? 0 : tabs.length - 1]);
});
opener.addEventListener("click", () => openForm(form.hidden));
document.getElementById("add-close").addEventListener("click", () => openForm(false));
form.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openForm(false);
});

const drop = document.getElementById("drop");
for (const name of ["dragenter", "dragover"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    if (form.hidden) openForm(true);
    choose(document.getElementById("tab-file"), false);
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  drop.classList.remove("over");
  if (event.dataTransfer.files.length > 1) {
    complain(t("js.add.one"));
    return;
  }
  form.elements.file.files = event.dataTransfer.files;
});

// --- Deleting ------------------------------------------------------------------------------------------

function recount() {
  const books = shelf.querySelectorAll(".book:not([hidden])").length;
  count.textContent = t("library.count", { count: books });
  shelf.hidden = books === 0;
  document.getElementById("empty").hidden = books !== 0;
}


shelf.addEventListener("click", async ({ target }) => {
  const button = target.closest(".remove");
  if (!button) return;
  const book = button.closest(".book");
  const title = book.querySelector(".book-title").textContent.trim();
  try {
    await remove(`/articles/${book.dataset.id}`);
  } catch (error) {
    toast(explain(error));
    return;
  }
  const next = book.nextElementSibling ?? book.previousElementSibling;
  book.hidden = true;
  recount();
  (next?.querySelector(".book-link") ?? opener).focus({ preventScroll: true });
  const restore = async () => {
    try {
      await post(`/articles/${book.dataset.id}/restore`);
    } catch (error) {
      toast(explain(error));
      return;
    }
    book.hidden = false;
    recount();
    book.querySelector(".book-link").focus();
    toast(t("js.restored", { title }));
  };
  toast(t("js.deleted", { title }), { label: t("js.undo"), run: restore }, 20);
});

// --- Translations that are still being made ------------------------------------------------------------

const unfinished = () =>
  [...shelf.querySelectorAll(".book:not([hidden])")].filter(
    (book) => Number(book.dataset.translated) < Number(book.dataset.wanted),
  );

async function refresh() {
  if (!document.hidden && unfinished().length) {
    try {
      const answer = await get("/articles");
      const entries = new Map((answer.articles ?? answer).map((entry) => [String(entry.id), entry]));
      for (const book of unfinished()) show(book, entries.get(book.dataset.id));
    } catch {
      // The next round asks again; the page says nothing of what nobody asked for.
    }
  }
  if (unfinished().length) setTimeout(refresh, 2000);
}

function show(book, entry) {
  if (!entry) return;
  book.dataset.translated = entry.translated;
  const progress = book.querySelector(".fact-progress");
  const text = t("library.progress", { done: entry.translated, total: entry.wanted });
  progress.hidden = entry.translated >= entry.wanted;
  progress.querySelector("progress").value = entry.translated;
  progress.querySelector("progress").setAttribute("aria-label", text);
  progress.querySelector("span").textContent = text;
  const english = book.querySelector("[data-english]");
  if (english && entry.english_title) {
    english.textContent = entry.english_title;
    english.lang = "en";
    english.dir = "ltr";
    english.classList.remove("pending");
    english.removeAttribute("data-english");
  }
}

if (unfinished().length) setTimeout(refresh, 1000);

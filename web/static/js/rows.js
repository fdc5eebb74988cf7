// Rows of the reader: what stands in them, and their notes.
import { changes } from "./diff.js";
import { element } from "./dom.js";
import { look } from "./looks.js";
import { t, warningText } from "./messages.js";

const TASHKEEL = /[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]/gu;
const sources = new WeakMap();
export const list = document.getElementById("pairs");

export const rowOf = (node) => node?.closest?.("#pairs > .chunk > .row") ?? null;
export const numberOf = (row) => Number(row.id.slice(1));
export const allRows = () => [...list.querySelectorAll(":scope > .chunk > .row")];
export const isShown = (row) => !row.classList.contains("furniture") || look("furniture") === "shown";

/** The Arabic as it was written, whatever is hidden of it. */
export function sourceText(row) {
  if (!sources.has(row)) sources.set(row, row.querySelector(".source").textContent);
  return sources.get(row);
}

/** The Arabic as it is to be shown. */
export const shownSource = (text) => (look("tashkeel") === "hidden" ? text.replace(TASHKEEL, "") : text);

/** Write the Arabic again, without marks of words. */
export function showSource(row) {
  const text = shownSource(sourceText(row));
  const cell = row.querySelector(".source");
  if (cell.textContent !== text || cell.firstElementChild) cell.textContent = text;
}

export const targetText = (row) => row.dataset.shown ?? row.querySelector(".target .text")?.textContent ?? "";
export const machineText = (row) =>
  row.dataset.machine ?? (row.classList.contains("corrected") ? null : row.querySelector(".target .text") ? targetText(row) : null);
export const versionOf = (row) => Number(row.dataset.version);

/** Write the English, plainly, or with what a person changed. */
export function showTarget(row, withChanges = false) {
  const place = row.querySelector(".target .text");
  if (!place) return;
  const text = targetText(row);
  row.dataset.shown = text;
  row.toggleAttribute("data-showing-changes", withChanges);
  if (withChanges) place.replaceChildren(...changes(row.dataset.machine ?? "", text));
  else place.textContent = text;
}

/** A row as the API tells it, put in place of what is shown. True where the row had no English before. */
export function update(row, told) {
  const fresh = !row.querySelector(".target .text");
  const corrected = told.correction?.text ?? null;
  const machine = told.machine?.text ?? null;
  const text = corrected ?? machine;
  row.dataset.version = told.correction?.version ?? told.version ?? 0;
  row.classList.toggle("corrected", corrected !== null);
  if (machine !== null) row.dataset.machine = machine;
  row.warnings = told.machine?.warnings ?? row.warnings;
  if (text !== null) {
    const target = row.querySelector(".target");
    if (fresh) {
      target.classList.remove("pending");
      target.replaceChildren(element("span", { className: "said" }, element("span", { className: "text" })));
    }
    row.dataset.shown = text;
    showTarget(row);
  }
  showNotes(row);
  return fresh && text !== null;
}

/** A person's English, or null for the machine's again. */
export function setCorrection(row, text, version) {
  if (row.dataset.machine === undefined && !row.classList.contains("corrected") && row.querySelector(".text")) {
    row.dataset.machine = targetText(row);
  }
  rememberWarnings(row);
  update(row, {
    correction: { text, version },
    machine: row.dataset.machine === undefined ? null : { text: row.dataset.machine, warnings: row.warnings },
  });
}

function rememberWarnings(row) {
  row.warnings ??= [...row.querySelectorAll(".note.warning")].map((note) => note.textContent);
}

function showNotes(row) {
  const notes = row.querySelector(".notes");
  const actions = notes.querySelector(".actions");
  const made = [];
  if (row.classList.contains("corrected")) {
    const note = element("p", { className: "note corrected", textContent: t("js.corrected") });
    if (row.dataset.machine !== undefined) {
      note.append(
        " ",
        element("button", {
          type: "button",
          className: "plain",
          textContent: t("js.changes"),
          "data-changes": true,
          "aria-expanded": "false",
        }),
      );
    }
    made.push(note);
  } else {
    for (const warning of row.warnings ?? []) {
      made.push(element("p", { className: "note warning", textContent: warningText(warning) }));
    }
  }
  notes.replaceChildren(...made);
  if (actions) notes.append(actions);
}

/** Show what a person changed in this row, or the plain text again. */
export function toggleChanges(row) {
  const show = !row.hasAttribute("data-showing-changes");
  showTarget(row, show);
  const button = row.querySelector("[data-changes]");
  button.textContent = t(show ? "js.changes.hide" : "js.changes");
  button.setAttribute("aria-expanded", String(show));
}

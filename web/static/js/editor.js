// Correcting a sentence in place: autosave, undo, history, earlier corrections that are alike, and conflicts.
import { Refused, explain, get, post } from "./api.js";
import { changes } from "./diff.js";
import { element } from "./dom.js";
import { t } from "./messages.js";
import { allRows, list, machineText, numberOf, setCorrection, targetText, update, versionOf } from "./rows.js";
import { Saver, takeDrafts } from "./saver.js";
import { toast } from "./toast.js";
import { closeWords } from "./words.js";

const savers = new Map(); // row → Saver, while a text is edited or not kept yet
let open = null; // {row, box, area, …} of the one editor that is open
const channel = "BroadcastChannel" in window ? new BroadcastChannel("muwazi") : null;

export const isEditing = (row) => open?.row === row;
export const editing = () => open?.row ?? null;

function saverOf(row) {
  if (!savers.has(row)) {
    const tell = (state, detail) => hear(row, state, detail);
    savers.set(row, new Saver(row.dataset.id, targetText(row), versionOf(row), tell));
  }
  return savers.get(row);
}

// --- The editor ----------------------------------------------------------------------------------------

/** Open the editor of a row, its text as it stands here. */
export function edit(row) {
  if (open?.row === row) {
    open.area.focus();
    return;
  }
  close();
  const saver = saverOf(row);
  const area = element("textarea", {
    lang: "en",
    dir: "ltr",
    rows: 1,
    spellcheck: true,
    value: saver.text,
    "aria-label": t("js.edit.label", { number: numberOf(row) }),
    oninput: () => {
      saver.change(area.value);
      grow(area);
      showChanges();
    },
    onblur: () => saver.save(),
  });
  const parts = {
    row,
    area,
    state: element("span", { className: "state", role: "status" }),
    changes: element("p", { className: "changes", lang: "en", dir: "ltr" }),
    conflict: element("div", { role: "alert" }),
    matches: element("div", { className: "matches", hidden: true }),
  };
  const tool = (key, run) => element("button", { type: "button", className: "plain", textContent: t(key), onclick: run });
  parts.undo = tool("js.undo", () => undo(row));
  parts.box = element(
    "div",
    { className: "editor", onkeydown: keys },
    area,
    element(
      "div",
      { className: "editor-foot" },
      parts.state,
      parts.undo,
      tool("js.history", () => showHistory(row)),
      element("button", { type: "button", className: "button primary", textContent: t("js.edit.done"), onclick: close }),
    ),
    parts.conflict,
    parts.changes,
    parts.matches,
  );
  open = parts;
  closeWords(row);
  row.classList.add("editing");
  row.querySelector(".notes").before(parts.box);
  grow(area);
  showState(saver.state, saver.detail);
  offerMatches(row);
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

/** Close the editor and send what it holds. What cannot be sent stays, and the row says so. */
export function close() {
  if (!open) return;
  const { row, box, area } = open;
  const saver = savers.get(row);
  const hadFocus = box.contains(document.activeElement);
  if (saver.state === "conflict") {
    if (hadFocus) box.querySelector(".conflict button").focus();
    return;
  }
  open = null;
  if (!area.value.trim()) saver.adopt(saver.kept ?? "", saver.version);
  box.remove();
  row.classList.remove("editing");
  if (hadFocus) row.focus({ preventScroll: true });
  saver.save().then(() => settle(row));
  settle(row);
}

function keys(event) {
  if (event.isComposing) return;
  if (event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    event.stopPropagation();
    close();
  }
}

function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

/** Undo, where there is something to go back from. */
function showUndo() {
  const { row, area, undo } = open;
  const typed = ["unsaved", "saving"].includes(savers.get(row)?.state) && area.value.trim() !== "";
  undo.disabled = !typed && !row.classList.contains("corrected");
  undo.title = undo.disabled ? t("js.edit.nothing") : "";
}

function showChanges() {
  showUndo();
  const machine = machineText(open.row);
  const different = machine !== null && machine !== open.area.value && open.area.value.trim();
  open.changes.replaceChildren(...(different ? changes(machine, open.area.value) : []));
  open.changes.hidden = !different || savers.get(open.row)?.state === "conflict";
}

// --- What the saver says -------------------------------------------------------------------------------

function hear(row, state, detail) {
  const saver = savers.get(row);
  if (saver) saver.detail = detail;
  if (state === "saved" && detail) {
    setCorrection(row, detail.text, detail.version);
    channel?.postMessage({ id: row.dataset.id, ...detail });
  }
  if (open?.row === row) showState(state, detail);
  else {
    settle(row);
    if (state === "conflict") edit(row);
  }
}

/** A row without an editor: its note says what is not kept yet; a saver with nothing to do goes. */
function settle(row) {
  const saver = savers.get(row);
  if (!saver || open?.row === row) return;
  row.querySelector(".note.unsent")?.remove();
  if (saver.isSettled) {
    saver.close();
    savers.delete(row);
    return;
  }
  const [text] = wording(saver.state, saver.detail);
  row.querySelector(".target .text").textContent = saver.text;
  row.querySelector(".notes").prepend(element("p", { className: "note warning unsent", role: "status", textContent: text }));
}

function wording(state, detail) {
  return {
    saved: [detail ? t("js.edit.saved") : "", "good"],
    unsaved: [t("js.edit.unsaved"), ""],
    saving: [t("js.edit.saving"), ""],
    lost: [t("js.edit.lost"), "bad"],
    empty: [t("js.edit.empty"), "bad"],
    refused: [t("js.edit.refused", { message: detail ?? "" }), "bad"],
    conflict: ["", "bad"],
  }[state];
}

function showState(state, detail) {
  const [text, kind] = wording(state, detail);
  open.state.textContent = text;
  open.state.className = `state ${kind}`;
  if (state === "conflict") showConflict(detail);
  else open.conflict.replaceChildren();
  showChanges();
}

function showConflict(current) {
  const { row, area, conflict } = open;
  const saver = savers.get(row);
  const theirs = current.text ?? machineText(row) ?? "";
  const text = (...content) => element("p", { lang: "en", dir: "ltr" }, ...content);
  const button = (key, run) => element("button", { type: "button", className: "button", textContent: t(key), onclick: run });
  const keep = () => saver.keepMine(current).then(() => area.focus());
  const take = () => {
    saver.adopt(theirs, current.version);
    setCorrection(row, current.text, current.version);
    area.value = theirs;
    showChanges();
    area.focus();
  };
  conflict.replaceChildren(
    element(
      "div",
      { className: "conflict" },
      element("p", { textContent: t("js.conflict") }),
      element(
        "div",
        { className: "conflict-texts" },
        element("div", {}, element("h3", { textContent: t("js.conflict.theirs") }), text(theirs)),
        element("div", {}, element("h3", { textContent: t("js.conflict.yours") }), text(...changes(theirs, saver.text))),
      ),
      element("div", { className: "conflict-actions" }, button("js.conflict.keep", keep), button("js.conflict.take", take)),
    ),
  );
}

// --- Undo, history, earlier corrections ----------------------------------------------------------------

/** What the server says stands now, shown in the row and in the editor where it is open. */
function stand(row, told) {
  setCorrection(row, told.text, told.version);
  const text = targetText(row);
  savers.get(row)?.adopt(text, told.version);
  channel?.postMessage({ id: row.dataset.id, text: told.text, version: told.version });
  if (open?.row === row) {
    open.area.value = text;
    grow(open.area);
    showChanges();
  } else settle(row);
  return text;
}

/** Back by one saved version. */
export async function undo(row) {
  const saver = savers.get(row);
  await saver?.save();
  if (saver && !saver.isSettled) return;
  if (!row.classList.contains("corrected")) {
    toast(t("js.edit.nothing"));
    return;
  }
  try {
    const told = await post(`/segments/${row.dataset.id}/undo`, { version: versionOf(row) });
    stand(row, told);
    toast(told.text === null ? t("js.edit.undone.machine") : t("js.edit.undone"));
  } catch (error) {
    if (error instanceof Refused && error.status === 409 && error.current) stand(row, error.current);
    else toast(explain(error));
  }
}

/** All versions of a row's English, the newest first, each of which can be brought back. */
export async function showHistory(row) {
  await savers.get(row)?.save();
  let versions;
  try {
    versions = await get(`/segments/${row.dataset.id}/history`);
  } catch (error) {
    toast(explain(error));
    return;
  }
  const dialog = document.getElementById("history");
  const machine = machineText(row);
  const when = new Intl.DateTimeFormat(document.documentElement.lang === "ar" ? "ar-u-nu-latn" : "en-GB", {
    dateStyle: "medium",
    timeStyle: "short",
  });
  const current = versionOf(row);
  const item = (label, time, content, version) =>
    element(
      "li",
      {},
      element("p", { className: "when", textContent: time ? `${label} · ${when.format(new Date(time))}` : label }),
      element("p", { className: "text", lang: "en", dir: "ltr" }, ...content),
      version &&
        element("button", {
          type: "button",
          className: "plain",
          textContent: t("js.history.restore"),
          onclick: () => {
            dialog.close();
            bringBack(row, version);
          },
        }),
    );
  const items = versions
    .toReversed()
    .map(({ version, text, made }) =>
      item(
        t("js.history.version", { version }),
        made,
        text === null ? [t("js.history.tomachine")] : machine === null ? [text] : changes(machine, text),
        version !== current && text !== null ? text : null,
      ),
    );
  if (!versions.length) items.push(element("li", {}, element("p", { className: "quiet", textContent: t("js.history.none") })));
  if (machine !== null) items.push(item(t("js.history.machine"), null, [machine], row.classList.contains("corrected") ? machine : null));
  const title = element("h2", { id: "history-title", textContent: t("js.history.title", { number: numberOf(row) }) });
  const leave = element("button", { type: "button", className: "icon-button", textContent: "×", "aria-label": t("js.close"), "data-close": true });
  dialog.firstElementChild.replaceChildren(
    element("div", { className: "dialog-head" }, title, leave),
    element("ol", { className: "versions", role: "list" }, ...items),
  );
  dialog.showModal();
}

async function bringBack(row, text) {
  const saver = saverOf(row);
  saver.change(text);
  if (open?.row === row) {
    open.area.value = text;
    grow(open.area);
    showChanges();
  }
  await saver.save();
  settle(row);
}

async function offerMatches(row) {
  let found;
  try {
    found = await get(`/segments/${row.dataset.id}/matches`);
  } catch {
    return; // An offer that cannot be made is not missed.
  }
  if (open?.row !== row || !found.length) return;
  const { area, matches } = open;
  const use = (match) => {
    area.value = match.target;
    area.dispatchEvent(new Event("input"));
    area.focus();
  };
  const items = found.slice(0, 3).map((match) =>
    element(
      "li",
      {},
      element("span", { className: "likeness", textContent: `${Math.floor(match.similarity * 100)} %` }),
      element("p", { className: "target", lang: "en", dir: "ltr", textContent: match.target }),
      element("p", { className: "source", lang: "ar", dir: "rtl", textContent: match.source }),
      element("button", { type: "button", className: "plain", textContent: t("js.matches.use"), onclick: () => use(match) }),
    ),
  );
  matches.replaceChildren(
    element("h3", { textContent: t("js.matches") }),
    element("ul", { role: "list" }, ...items),
  );
  matches.hidden = false;
}

// --- Other windows, other days -------------------------------------------------------------------------

channel?.addEventListener("message", ({ data }) => {
  const row = list.querySelector(`.row[data-id="${CSS.escape(String(data.id))}"]`);
  // A row that is being edited keeps the version it began from: saving it will show both texts.
  if (!row || savers.has(row) || data.version <= versionOf(row)) return;
  setCorrection(row, data.text, data.version);
});

addEventListener("pagehide", () => {
  for (const saver of savers.values()) saver.leave();
});
addEventListener("beforeunload", (event) => {
  // Kept in this browser in any case; a conflict waits for a decision that only this window shows.
  if ([...savers.values()].some((saver) => saver.state === "conflict")) event.preventDefault();
});

/** Texts that an earlier visit could not send: sent now. */
export async function resumeDrafts() {
  const rows = new Map(allRows().map((row) => [row.dataset.id, row]));
  for (const draft of await takeDrafts(new Set(rows.keys()))) {
    const row = rows.get(draft.id);
    if (!row.querySelector(".target .text") || draft.text === targetText(row)) continue;
    await saverOf(row).resume(draft);
    settle(row);
  }
}

/** A row as the server tells it, unless somebody is typing in it. */
export function receive(row, told) {
  if (savers.has(row)) return false;
  return update(row, told);
}


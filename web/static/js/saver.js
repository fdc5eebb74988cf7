// Corrections on their way to the server. What is typed stands in this browser's own storage until the
// server has it: a lost connection, a closed window or a restarted server loses nothing.
import { Refused, Unreachable, explain, put } from "./api.js";

const PAUSE_MS = 900;
const LONGEST_WAIT_MS = 15_000;
const PREFIX = "muwazi:draft:";
// Drafts belong to a page for as long as it lives, which its lock shows to other windows.
const page = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
navigator.locks?.request(PREFIX + page, () => new Promise(() => {}));
const keyOf = (id) => `${PREFIX}${page}:${id}`;

/** Drafts of pages that are gone, taken over by this one: [{id, text, version}] for those whose id is among `ids`. */
export async function takeDrafts(ids) {
  const found = [];
  try {
    const held = (await navigator.locks?.query())?.held.map((lock) => lock.name) ?? [];
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const [owner, id] = key.slice(PREFIX.length).split(":");
      if (owner === page || held.includes(PREFIX + owner) || !ids.has(id)) continue;
      const draft = JSON.parse(localStorage.getItem(key));
      localStorage.removeItem(key);
      if (draft?.text?.trim()) found.push({ id, ...draft });
    }
  } catch {
    // Storage is forbidden: there are no drafts.
  }
  return found;
}

function keepDraft(id, draft) {
  try {
    localStorage.setItem(keyOf(id), JSON.stringify(draft));
  } catch {
    // Storage is full or forbidden: the text still stands in the page.
  }
}

function dropDraft(id) {
  try {
    localStorage.removeItem(keyOf(id));
  } catch {
    // As above.
  }
}

/**
 * One sentence's way to the server.
 *
 * `tell(state, detail)` hears: "saved" {text, version} (where something new was kept), "unsaved", "saving",
 * "lost", "empty", "refused" (message), "conflict" ({text, version}).
 */
export class Saver {
  constructor(id, text, version, tell) {
    Object.assign(this, { id, text, version, tell, kept: text, state: "saved", busy: null, attempts: 0, timer: 0 });
    this.online = () => this.state === "lost" && this.save();
    addEventListener("online", this.online);
  }

  get isSettled() {
    return this.state === "saved";
  }

  /** The text is now this; it is sent after a pause in the typing. */
  change(text) {
    this.text = text;
    if (this.state === "conflict") {
      keepDraft(this.id, { text, version: this.version });
      return;
    }
    clearTimeout(this.timer);
    if (text === this.kept && !this.busy) {
      dropDraft(this.id);
      this.#become("saved");
      return;
    }
    keepDraft(this.id, { text, version: this.version });
    if (!text.trim()) {
      this.#become("empty");
      return;
    }
    if (this.state !== "lost") this.#become("unsaved");
    this.timer = setTimeout(() => this.save(), this.state === "lost" ? this.#wait() : PAUSE_MS);
  }

  /** Send what is not sent yet, now. Resolves when the server has answered or cannot be reached. */
  async save() {
    clearTimeout(this.timer);
    if (this.busy) {
      await this.busy;
      if (this.text === this.kept || this.state !== "unsaved") return;
    }
    if (this.state === "conflict" || this.text === this.kept || !this.text.trim()) return;
    this.busy = this.#send(this.text);
    await this.busy;
  }

  async #send(text) {
    if (this.state !== "lost") this.#become("saving");
    try {
      this.#accept(await put(`/segments/${this.id}/correction`, { text, version: this.version }), text);
    } catch (error) {
      this.#explain(error, text);
    } finally {
      this.busy = null;
    }
  }

  #accept(kept, sent) {
    this.version = kept.version;
    this.kept = sent;
    this.attempts = 0;
    if (this.text === sent) {
      dropDraft(this.id);
      this.#become("saved", { text: sent, version: this.version });
    } else {
      this.tell("saved", { text: sent, version: this.version });
      this.state = "unsaved";
      this.change(this.text);
    }
  }

  #explain(error, sent) {
    if (error instanceof Refused && error.status === 409 && error.current) {
      // An answer that was lost on its way back: the server has this very text already.
      if (error.current.text === sent) this.#accept(error.current, sent);
      else this.#become("conflict", error.current);
    } else if (error instanceof Unreachable || error.status >= 500) {
      this.attempts += 1;
      this.#become("lost");
      this.timer = setTimeout(() => this.save(), this.#wait());
    } else {
      this.#become("refused", explain(error));
    }
  }

  #wait() {
    return Math.min(1000 * 2 ** Math.max(0, this.attempts - 1), LONGEST_WAIT_MS);
  }

  /** After a conflict: ours goes over theirs, which stays in the history. */
  keepMine(current) {
    this.version = current.version;
    this.kept = null;
    this.#become("unsaved");
    return this.save();
  }

  /** After a conflict, an undo or a restored version: this stands now. */
  adopt(text, version) {
    clearTimeout(this.timer);
    Object.assign(this, { text, version, kept: text });
    dropDraft(this.id);
    this.#become("saved");
  }

  /** A text from before that the server does not have, as it was kept in this browser. */
  resume({ text, version }) {
    Object.assign(this, { text, version, state: "unsaved" });
    keepDraft(this.id, { text, version });
    return this.save();
  }

  /** What is typed goes out even when the page is left; its answer is not waited for. */
  leave() {
    if (this.text === this.kept || this.state === "conflict" || !this.text.trim() || this.busy) return;
    put(`/segments/${this.id}/correction`, { text: this.text, version: this.version }, { keepalive: true }).catch(() => {});
  }

  close() {
    clearTimeout(this.timer);
    removeEventListener("online", this.online);
  }

  #become(state, detail) {
    this.state = state;
    this.tell(state, detail);
  }
}

// Words that render each other: fetched for the row at hand, marked on both sides.
import { get } from "./api.js";
import { element } from "./dom.js";
import { shownSource, showSource, showTarget, sourceText, targetText } from "./rows.js";

const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}\u0640]*(?:['’.,-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*)*/gu;
const known = new Map(); // row id and English → links
const opened = new Set(); // rows whose words are elements now
let anchor = null; // the row at hand, whose words stay elements
let pinned = null; // the word that stays marked

const UNSEEN = /^[\p{Cf}\p{M}\s]*$/u;
const points = (text) => [...text];
const rowWith = (word) => word?.closest(".row") ?? null;

/**
 * Make the words of this row elements; those of rows that are neither at hand nor pinned become text again.
 * False where the server could not say which words belong together.
 */
export async function openWords(row, { stay = false } = {}) {
  if (stay) anchor = row;
  for (const other of opened) if (other !== row && other !== anchor && other !== rowWith(pinned)) shut(other);
  if (opened.has(row) && row.querySelector(".word")) return;
  const text = targetText(row);
  if (!text || row.hasAttribute("data-showing-changes") || row.classList.contains("editing")) return;
  opened.add(row);
  const links = await linksFor(row, text);
  if (!links) {
    opened.delete(row);
    return false;
  }
  if (!opened.has(row) || targetText(row) !== text || row.classList.contains("editing")) return;
  if (row.querySelector(".word")) return;
  cut(row.querySelector(".source"), points(sourceText(row)), links, 0, shownSource);
  cut(row.querySelector(".target .text"), points(text), links, 2, (piece) => piece);
}

function linksFor(row, text) {
  const key = `${row.dataset.id} ${text}`;
  if (!known.has(key)) {
    known.set(
      key,
      get(`/segments/${row.dataset.id}/links`).then(
        (answer) => answer.links,
        () => {
          known.delete(key);
          return null;
        },
      ),
    );
  }
  return known.get(key);
}

/** Everything is plain text again, or only this row. */
export function closeWords(row = null) {
  if (!row) anchor = null;
  for (const each of row ? [row] : [...opened]) shut(each);
}

function shut(row) {
  opened.delete(row);
  if (rowWith(pinned) === row) pinned = null;
  if (!row.querySelector(".word")) return;
  showSource(row);
  if (!row.hasAttribute("data-showing-changes")) showTarget(row);
}

/** Cut a text where words and links begin and end; each piece knows the links that cover it. */
function cut(cell, characters, links, side, shown) {
  const text = characters.join("");
  const edges = new Set([0, characters.length]);
  const spoken = new Array(characters.length).fill(false);
  const offsets = [];
  characters.forEach((character) => offsets.push((offsets.at(-1) ?? 0) + character.length));
  const atUnit = new Map([[0, 0], ...offsets.map((unit, index) => [unit, index + 1])]);
  for (const match of text.matchAll(WORD)) {
    const start = atUnit.get(match.index);
    const end = atUnit.get(match.index + match[0].length);
    edges.add(start).add(end);
    spoken.fill(true, start, end);
  }
  const ends = links.map((link) => [link[side], link[side + 1]]);
  for (const [start, end] of ends) {
    edges.add(start).add(end);
    spoken.fill(true, start, end);
  }
  const places = [...edges].filter((edge) => edge <= characters.length).sort((a, b) => a - b);
  const nodes = [];
  for (let index = 0; index + 1 < places.length; index += 1) {
    const [start, end] = [places[index], places[index + 1]];
    const piece = shown(characters.slice(start, end).join(""));
    if (!spoken[start] || UNSEEN.test(piece)) {
      nodes.push(document.createTextNode(piece));
      continue;
    }
    const covering = ends.flatMap(([from, to], link) => (from <= start && end <= to ? [link] : []));
    nodes.push(element("span", { className: "word", textContent: piece, "data-links": covering.join(" ") }));
  }
  cell.replaceChildren(...nodes);
}

const linksOf = (word) => word.dataset.links.split(" ").filter(Boolean);

/** Mark a word and what is linked with it, besides the pinned one. Returns its partners on the other side. */
export function point(word) {
  for (const row of opened) {
    for (const each of row.querySelectorAll(".word.pointed, .word.linked")) each.classList.remove("pointed", "linked");
  }
  if (pinned && !pinned.isConnected) pinned = null;
  if (pinned && rowWith(pinned) !== rowWith(word)) mark(pinned);
  return word ? mark(word) : [];
}

function mark(word) {
  const wanted = new Set(linksOf(word));
  const partners = [];
  for (const each of rowWith(word).querySelectorAll(".word")) {
    if (each === word || !linksOf(each).some((link) => wanted.has(link))) continue;
    each.classList.add("linked");
    if (!sameSide(each, word)) partners.push(each);
  }
  word.classList.add("pointed");
  return partners;
}

/** Keep this word marked, or let it go where it is kept already. */
export function pin(word) {
  pinned = pinned === word ? null : word;
  point(word);
}

/** Let go of a pinned word; whether there was one. */
export function unpin() {
  const had = pinned !== null;
  pinned = null;
  point(null);
  return had;
}

export const sameSide = (one, other) => one.closest(".source, .target") === other.closest(".source, .target");
export const wordsOf = (row, side) => [...row.querySelectorAll(`.${side} .word`)];

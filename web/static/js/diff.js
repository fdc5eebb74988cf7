// What changed between two texts, word by word.
import { element } from "./dom.js";

const WORDS = /[\p{L}\p{M}\p{N}]+(?:['’.,-][\p{L}\p{M}\p{N}]+)*|\s+|[^\s\p{L}\p{M}\p{N}]/gu;
const words = (text) => text.match(WORDS) ?? [];
const MOST_CELLS = 4_000_000;

/** Pairs [kind, text], kind being "same", "del" or "ins", which give `before` without ins and `after` without del. */
export function compare(before, after) {
  const left = words(before);
  const right = words(after);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (
    end < left.length - start &&
    end < right.length - start &&
    left[left.length - 1 - end] === right[right.length - 1 - end]
  )
    end += 1;
  const parts = [
    ["same", left.slice(0, start).join("")],
    ...middle(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ["same", left.slice(left.length - end).join("")],
  ];
  return parts.filter(([, text]) => text);
}

/** Longest common subsequence of words; white space between two changed words counts as changed. */
function middle(left, right) {
  if (!left.length || !right.length || left.length * right.length > MOST_CELLS) {
    return [
      ["del", left.join("")],
      ["ins", right.join("")],
    ];
  }
  const width = right.length + 1;
  const best = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      best[i * width + j] =
        left[i] === right[j]
          ? best[(i + 1) * width + j + 1] + (left[i].trim() ? 2 : 1)
          : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
    }
  }
  const steps = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      steps.push(["same", left[i]]);
      i += 1;
      j += 1;
    } else if (i < left.length && (j === right.length || best[(i + 1) * width + j] >= best[i * width + j + 1])) {
      steps.push(["del", left[i]]);
      i += 1;
    } else {
      steps.push(["ins", right[j]]);
      j += 1;
    }
  }
  return gather(steps);
}

/** Runs of changes with only white space between them become one deletion and one insertion. */
function gather(steps) {
  const parts = [];
  let del = "";
  let ins = "";
  const close = () => {
    if (del) parts.push(["del", del]);
    if (ins) parts.push(["ins", ins]);
    del = ins = "";
  };
  steps.forEach(([kind, text], index) => {
    if (kind === "del") del += text;
    else if (kind === "ins") ins += text;
    else if (!text.trim() && (del || ins) && steps[index + 1] && steps[index + 1][0] !== "same") {
      del += text;
      ins += text;
    } else {
      close();
      if (parts.at(-1)?.[0] === "same") parts.at(-1)[1] += text;
      else parts.push(["same", text]);
    }
  });
  close();
  return parts;
}

/** The comparison as nodes: text, <del> and <ins>. */
export function changes(before, after) {
  return compare(before, after).map(([kind, text]) =>
    kind === "same" ? document.createTextNode(text) : element(kind, { textContent: text }),
  );
}

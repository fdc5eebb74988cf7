// Where the reader is. Rows that are not drawn have estimated heights, so that a browser which restores a distance
// in pixels comes back to another row: the row itself is remembered instead.

const KEY = `muwazi:place:${location.pathname}`;

/** The first row in view, below what sticks to the top; undefined where there is none. */
export function firstInView(chunks) {
  const top = Math.max(0, document.querySelector(".toolbar").getBoundingClientRect().bottom);
  const inView = (each) => each.getBoundingClientRect().bottom > top;
  // Chunks first: to ask a row in one that is not drawn is to have it drawn.
  for (const chunk of chunks) {
    const row = inView(chunk) && [...chunk.querySelectorAll(":scope > li[id]")].find(inView);
    if (row) return row;
  }
}

/** Remember the first row in view when the page is left. After a reload or Back it stands there again: whether it does. */
export function keepPlace(chunks) {
  history.scrollRestoration = "manual";
  addEventListener("pagehide", () => {
    const row = firstInView(chunks());
    const place = row && { id: row.id, top: row.getBoundingClientRect().top };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(place ?? null));
    } catch {
      // Storage is full or forbidden: the page begins at its top.
    }
  });
  const [navigation] = performance.getEntriesByType("navigation");
  return ["reload", "back_forward"].includes(navigation?.type) && comeBack();
}

function comeBack() {
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    // As above.
  }
  const row = place && document.getElementById(place.id);
  if (!row) return false;
  const move = () => scrollBy({ top: row.getBoundingClientRect().top - place.top, behavior: "instant" });
  move();
  // Once more when the rows around it are drawn.
  requestAnimationFrame(() => requestAnimationFrame(move));
  return true;
}

// Translations as they are made: server-sent events, which go on where they broke off.
import { t } from "./messages.js";

/**
 * Follow an article's translation from `sequence` on.
 *
 * `on` hears translation (a row), progress ({done, total}), done, failed (message), lost, found. Returns a
 * function that stops it.
 */
export function follow(article, sequence, on) {
  let source = null;
  let timer = 0;
  let attempts = 0;
  let over = false;
  let lost = false;

  const stop = () => {
    over = true;
    clearTimeout(timer);
    source?.close();
  };
  const begin = () => {
    source = new EventSource(`/api/articles/${article}/events?after=${sequence}`);
    source.onopen = () => {
      attempts = 0;
      if (lost) on.found();
      lost = false;
    };
    source.addEventListener("translation", (event) => {
      sequence = event.lastEventId || sequence;
      on.translation(JSON.parse(event.data));
    });
    source.addEventListener("progress", (event) => on.progress(JSON.parse(event.data)));
    source.addEventListener("done", (event) => {
      stop();
      on.done(JSON.parse(event.data || "{}"));
    });
    source.addEventListener("failed", (event) => {
      stop();
      const { error } = JSON.parse(event.data || "{}");
      on.failed(error || t("js.unreachable"));
    });
    source.onerror = () => {
      if (over) return;
      // We open anew ourselves: a browser gives up where it is answered with an error page.
      source.close();
      attempts += 1;
      // A stream may end in the middle, and simply goes on; a second failure in a row is worth a word.
      if (attempts > 1 && !lost) {
        lost = true;
        on.lost();
      }
      timer = setTimeout(begin, Math.min(250 * 2 ** attempts, 10_000));
    };
  };
  begin();
  addEventListener("online", () => {
    if (over || !lost) return;
    clearTimeout(timer);
    begin();
  });
  return stop;
}

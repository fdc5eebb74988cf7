// Calls of our own JSON API, and what goes wrong with them.
import { language, t } from "./messages.js";

/** The server answered, and refused: `status`, a `code` for programs, and a message for people. */
export class Refused extends Error {
  constructor(status, body) {
    super(body.error || t("js.failed", { message: `${status}` }));
    this.status = status;
    this.code = body.code || "";
    this.current = body.current;
  }
}

/** Nobody answered: no network, or no server. */
export class Unreachable extends Error {}

/** The answer's JSON. Throws Refused or Unreachable. */
export async function call(method, path, body, options = {}) {
  // What goes wrong is told in the language of the page, whatever the browser prefers.
  const headers = { Accept: "application/json", "Accept-Language": language };
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && method !== "GET") headers["X-CSRF-Token"] = token;
  if (body !== undefined && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(`/api${path}`, { method, headers, body, ...options });
  } catch (error) {
    throw new Unreachable(error.message);
  }
  let answer = null;
  try {
    answer = response.status === 204 ? null : await response.json();
  } catch {
    if (response.ok) throw new Unreachable("the answer broke off");
  }
  // A proxy in front of a server that is being restarted answers for it, without a code of ours.
  if ([502, 504].includes(response.status) && !answer?.code) throw new Unreachable(`${response.status}`);
  if (!response.ok) throw new Refused(response.status, answer || {});
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}) => call("POST", path, body);
// What is saved while somebody types is tried again where no answer comes.
export const put = (path, body, options) => call("PUT", path, body, { signal: AbortSignal.timeout(10_000), ...options });
export const remove = (path) => call("DELETE", path);

/** Why a file cannot be sent with this form, or null. */
export function tooLarge(file, form) {
  const limit = Number(form.dataset.limit);
  return file.size > limit * 2 ** 20 ? t("js.add.large", { size: Math.ceil(file.size / 2 ** 20), limit }) : null;
}

/** What went wrong, for people. */
export const explain = (error) => (error instanceof Refused ? error.message : t("js.unreachable"));

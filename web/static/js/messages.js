// The interface's messages, which the page brings as data.
const data = JSON.parse(document.getElementById("messages")?.textContent || "{}");
export const language = data.language || "en";
const plurals = new Intl.PluralRules(language);
const patterns = (data.warnings || []).map(([pattern, key]) => [new RegExp(pattern), key]);

const shown = (value) =>
  typeof value === "number" ? value.toLocaleString("en") : `\u2068${value}\u2069`;

/** The message `key` with `values` in the places of {name}; `count` chooses the plural form. */
export function t(key, values = {}) {
  let found = data.messages?.[key];
  if (found === undefined) return key;
  if (typeof found === "object") found = found[plurals.select(values.count ?? 0)] ?? found.other;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

/** A translator's warning in the interface's language, or as it is where it is of no known kind. */
export function warningText(warning) {
  if (language === "en") return warning;
  for (const [pattern, key] of patterns) {
    const found = pattern.exec(warning);
    if (found) return t(key, { a: found[1] ?? "", b: found[2] ?? "" });
  }
  return warning;
}

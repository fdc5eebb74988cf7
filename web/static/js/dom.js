// Elements made in one expression. Text is always text: nothing here parses markup.

/** An element with properties, attributes (lang, aria-…, data-…) and children. */
export function element(tag, settings = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(settings)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && !name.includes("-") && name !== "list") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Whether a key pressed here is being typed into something. */
export function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

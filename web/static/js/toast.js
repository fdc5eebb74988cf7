// A line at the foot of the page that says what happened, with one thing to do about it.
import { element } from "./dom.js";

const place = document.getElementById("toasts");

/** Show `text`; `action` is {label, run}. It goes after `seconds`, later while it is pointed at or focused. */
export function toast(text, action = null, seconds = action ? 12 : 5) {
  const shown = element("div", { className: "toast" }, element("span", { textContent: text }));
  if (action) {
    const button = element("button", { type: "button", className: "plain", textContent: action.label });
    button.addEventListener("click", () => {
      shown.remove();
      action.run();
    });
    shown.append(button);
  }
  place.append(shown);
  while (place.children.length > 3) place.firstChild.remove();
  const leave = () => {
    if (shown.matches(":hover, :focus-within")) timer = setTimeout(leave, 2000);
    else shown.remove();
  };
  let timer = setTimeout(leave, seconds * 1000);
  return () => {
    clearTimeout(timer);
    shown.remove();
  };
}

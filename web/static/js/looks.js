// How pages look: attributes of the root element, which the stylesheet reads, remembered in a cookie
// so that the server writes them into the next page before it is painted.
const NAMES = ["view", "theme", "order", "furniture", "tashkeel", "reveal", "source_size", "target_size"];
const root = document.documentElement;
const attribute = (name) => `data-${name.replace("_", "-")}`;

export const look = (name) => root.getAttribute(attribute(name));

/** Set one look, remember it, and tell the page (event "look"). */
export function setLook(name, value) {
  root.setAttribute(attribute(name), value);
  const cookie = NAMES.map((each) => `${each}.${look(each)}`).join("-");
  document.cookie = `looks=${cookie}; path=/; max-age=31536000; samesite=lax`;
  showIn(document.getElementById("settings"));
  document.dispatchEvent(new CustomEvent("look", { detail: { name, value } }));
}

/** Make the controls of the settings panel act. */
export function listenTo(panel) {
  panel.addEventListener("change", ({ target }) => {
    if (target.type === "radio") setLook(target.name, target.value);
    if (target.type === "checkbox") setLook(target.name, target.checked ? target.dataset.on : target.dataset.off);
  });
  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-step]");
    if (!button) return;
    const size = Number(look(button.dataset.size)) + Number(button.dataset.step);
    if (size >= 1 && size <= 7) setLook(button.dataset.size, String(size));
  });
  showIn(panel);
}

function showIn(panel) {
  for (const input of panel.querySelectorAll("input")) {
    input.checked = look(input.name) === (input.type === "radio" ? input.value : input.dataset.on);
  }
  for (const button of panel.querySelectorAll("[data-step]")) {
    button.disabled = look(button.dataset.size) === (button.dataset.step === "1" ? "7" : "1");
  }
}

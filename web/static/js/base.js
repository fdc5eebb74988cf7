// What every page does: its looks, and the keys that work everywhere.
import { isTyping } from "./dom.js";
import { listenTo } from "./looks.js";

listenTo(document.getElementById("settings"));

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  document.getElementById("find").select();
  document.getElementById("find").focus();
});

// The scores: the worst pairs are there at once, the others when asked for.
document.getElementById("all")?.addEventListener("click", (event) => {
  const hidden = document.querySelectorAll("#ranking tr[hidden]");
  for (const row of hidden) row.hidden = false;
  event.currentTarget.remove();
  hidden[0]?.querySelector("a")?.focus();
});

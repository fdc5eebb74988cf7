// The model: what takes a while says that it is under way, and is not sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button?.dataset.working) return;
    button.dataset.idle = button.textContent;
    button.textContent = button.dataset.working;
    button.setAttribute("aria-busy", "true");
  });
}
// Back from the answer's page: everything can be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-idle]")) {
    button.textContent = button.dataset.idle;
    button.removeAttribute("aria-busy");
  }
});

const again = document.querySelector(".retranslate");
if (again) {
  const boxes = [...again.querySelectorAll("input[type=checkbox]")];
  const submit = again.querySelector("[type=submit]");
  const all = document.getElementById("all");
  const look = () => {
    submit.disabled = !boxes.some((box) => box.checked);
  };
  all.hidden = false;
  all.addEventListener("click", () => {
    const on = !boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = on;
    look();
  });
  again.addEventListener("change", look);
  look();
}

// Makes pages that work without it nicer: copies, keeps live parts fresh, has
// previews follow their form, says what is under way and lets clocks go on.

const { copy, copied } = document.body.dataset;

const copyButtons = (root) => {
  for (const code of root.querySelectorAll("[data-copyable]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = copy;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.trim());
      button.textContent = copied;
      setTimeout(() => { button.textContent = copy; }, 1500);
    });
    code.after(button);
  }
};

// A live part is fetched again with its whole page, and put in only where it
// changed and nobody is working in it.
const refresh = async () => {
  if (document.hidden) return;
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const parts = fresh.querySelectorAll("[data-live]");
  document.querySelectorAll("[data-live]").forEach((old, index) => {
    const part = parts[index];
    if (!part || part.innerHTML === old.dataset.was || old.contains(document.activeElement)) return;
    old.dataset.was = part.innerHTML;
    old.replaceChildren(...part.childNodes);
    copyButtons(old);
  });
};

for (const part of document.querySelectorAll("[data-live]")) {
  part.dataset.was = part.innerHTML;
  part.setAttribute("aria-live", "off");
}
copyButtons(document);
if (document.querySelector("[data-live]")) setInterval(() => refresh().catch(() => {}), 3000);

// Of several previews the one that is picked, with what was typed in it.
const UNITS = { seconds: 1, minutes: 60, hours: 3600, days: 86400 };
for (const form of document.querySelectorAll("form[data-preview]")) {
  const { lifetime, unit } = form.elements;
  const shown = [...unit.options].find((option) => option.defaultSelected) ?? unit.options[0];
  const longer = () => lifetime.value * UNITS[unit.value] - lifetime.defaultValue * UNITS[shown.value];
  for (const end of document.querySelectorAll("[data-echo=lifetime]")) end.dataset.was = end.textContent;
  const follow = () => {
    const typed = new FormData(form);
    for (const sample of document.querySelectorAll("[data-profile]")) {
      sample.hidden = sample.dataset.profile !== typed.get("profile");
    }
    for (const echo of document.querySelectorAll("[data-echo]")) {
      if (echo.dataset.was) echo.textContent = Number(echo.dataset.was) + (longer() || 0);
      else if (typed.has(echo.dataset.echo)) echo.textContent = typed.get(echo.dataset.echo) || echo.dataset.otherwise;
    }
  };
  form.addEventListener("input", follow);
  follow();
}

// What takes a while says so, and is not sent twice. Going back finds it as it was.
for (const button of document.querySelectorAll("button[data-busy]")) {
  const says = button.textContent;
  button.form.addEventListener("submit", () => {
    button.textContent = button.dataset.busy;
    setTimeout(() => { button.disabled = true; });
  });
  addEventListener("pageshow", () => { button.disabled = false; button.textContent = says; });
}

const tick = () => {
  for (const clock of document.querySelectorAll("[data-ends]")) {
    const { ends, day, ended } = clock.dataset;
    const left = Math.floor(Number(ends) - Date.now() / 1000);
    const two = (part) => String(Math.floor(part)).padStart(2, "0");
    const days = left >= 86400 ? `${Math.floor(left / 86400)} ${day} ` : "";
    clock.textContent = left <= 0 ? ended : `${days}${two((left % 86400) / 3600)}:${two((left % 3600) / 60)}:${two(left % 60)}`;
  }
};
if (document.querySelector("[data-ends]")) setInterval(tick, 1000);

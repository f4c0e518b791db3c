// Makes pages that work without it nicer: copies, and keeps live parts fresh.

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

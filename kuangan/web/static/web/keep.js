// What was typed into a form stays in this tab until the case moves on; files and one-time codes are never kept.
const form = document.querySelector("form[data-keep]");
const key = `kuangan.kept.${form?.dataset.keep}`;
const NEVER = new Set(["csrfmiddlewaretoken", "code", "next", "seen"]);
const inputs = () => [...form.elements].filter((input) => input.name && input.type !== "file" && !NEVER.has(input.name));

function keep() {
  const kept = {};
  for (const input of inputs()) {
    if (input.type === "radio") {
      if (input.checked) kept[input.name] = input.value;
    } else kept[input.name] = input.type === "checkbox" ? input.checked : input.value;
  }
  sessionStorage.setItem(key, JSON.stringify(kept));
}

function restore() {
  const kept = JSON.parse(sessionStorage.getItem(key) || "{}");
  let restored = false;
  for (const input of inputs()) {
    const value = kept[input.name];
    if (value === undefined || value === "") continue;
    if (input.type === "radio") input.checked = input.value === value;
    else if (input.type === "checkbox") input.checked = value;
    else if (!input.value) input.value = value;
    else continue;
    restored = true;
  }
  const told = document.querySelector("[data-kept]");
  if (restored && told) told.hidden = false;
}

if (form) {
  restore();
  form.addEventListener("input", keep);
  if (form.querySelector(".wrong, .refused")) keep();
}

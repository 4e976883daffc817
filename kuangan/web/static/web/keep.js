// What was typed into a form stays in this tab, control by control, until the form was answered: for one person, one form and
// one thing only. Files, one-time codes, passwords and what is sealed are never kept. The form's mark tells what was answered (data-spent).
const PREFIX = "kuangan.kept.";
const NEVER = new Set(["csrfmiddlewaretoken", "form_mark", "began_from", "code", "seen", "next"]);
const own = (form) => `${PREFIX}${form.dataset.keeper}.`;
const keyOf = (form) => `${own(form)}${form.dataset.keep}`;
const controls = (form) => [...form.elements].filter((one) => one.name && !["file", "password", "submit"].includes(one.type)
  && one.type !== "hidden" && !("sealed" in one.dataset) && !NEVER.has(one.name));

function stateOf(control) {
  if (control.type === "checkbox" || control.type === "radio") return [control.name, control.value, control.checked];
  if (control.type !== "select-multiple") return [control.name, null, control.value];
  return [control.name, null, [...control.options].filter((one) => one.selected).map((one) => one.value)];
}

function keep(form) {
  const mark = form.elements.form_mark?.value || "";
  sessionStorage.setItem(keyOf(form), JSON.stringify({ mark, controls: controls(form).map(stateOf) }));
}

function kept(form) {
  try {
    const found = JSON.parse(sessionStorage.getItem(keyOf(form)) || "null");
    return found && Array.isArray(found.controls) ? found : null;
  } catch {
    return null;
  }
}

function put(control, states) {
  const box = control.type === "checkbox" || control.type === "radio";
  const state = states.find(([name, value]) => name === control.name && (!box || value === control.value));
  if (!state) return false;
  const before = JSON.stringify(stateOf(control));
  if (box) control.checked = state[2];
  else if (control.type !== "select-multiple") control.value = state[2];
  else for (const one of control.options) one.selected = state[2].includes(one.value);
  states.splice(states.indexOf(state), 1); // a formset's equal names are taken in their order
  return JSON.stringify(stateOf(control)) !== before;
}

function restore(form) {
  const found = kept(form);
  if (!found) return;
  const states = [...found.controls];
  form.dispatchEvent(new CustomEvent("rows", { detail: states.map(([name]) => name) })); // tables grow as they were
  const changed = controls(form).filter((control) => put(control, states));
  for (const control of changed) {
    control.closest("details")?.setAttribute("open", ""); // a folded group hides no tick
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const told = form.querySelector("[data-kept]");
  if (!changed.length || !told) return;
  if (form.querySelector("input[type=file]")) told.textContent += "附件不作保留，须重新选择。";
  told.hidden = false;
}

function forget(form) {
  const spent = new Set((form.dataset.spent || "").split(" "));
  for (const name of Object.keys(sessionStorage).filter((one) => one.startsWith(PREFIX))) {
    if (!name.startsWith(own(form))) sessionStorage.removeItem(name); // somebody else sat here before
  }
  if (spent.has(kept(form)?.mark)) sessionStorage.removeItem(keyOf(form));
}

for (const form of document.querySelectorAll("form[data-keep]")) {
  forget(form);
  if ("restore" in form.dataset) restore(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("change", () => keep(form));
  if (!("restore" in form.dataset)) keep(form);
}

// Tables to fill in: more rows without a journey to the server, a row taken out, cells pasted from a spreadsheet.
// Without this script the button sends the form, which comes back with more rows.
const inputs = (row) => [...row.querySelectorAll("input, select, textarea")];

function number(body) {
  [...body.rows].forEach((row, at) => { row.querySelector(".at span").textContent = at + 1; });
}

function grow(box, count) {
  const body = box.querySelector("tbody");
  const next = () => 1 + Math.max(...[...body.rows].map((row) => Number(inputs(row)[0].name.split(".")[1])));
  for (let left = Math.min(count, box.dataset.most - body.rows.length); left > 0; left -= 1) {
    const at = next();
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    for (const one of row.querySelectorAll(".wrong")) one.remove();
    for (const control of inputs(row)) {
      const parts = control.name.split(".");
      parts[1] = at;
      control.name = parts.join(".");
      control.removeAttribute("aria-invalid");
      if (control.tagName === "SELECT") control.selectedIndex = 0;
      else control.value = "";
    }
    body.append(row);
  }
  number(body);
}

function takeOut(row) {
  const body = row.parentElement;
  const form = row.closest("form");
  if (body.rows.length > 1) row.remove();
  else for (const control of inputs(row)) control.value = "";
  number(body);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function put(control, text) {
  if (control.tagName !== "SELECT") control.value = text;
  else control.selectedIndex = Math.max(0, [...control.options].findIndex((one) => one.text === text || one.value === text));
}

function paste(event, box) {
  const text = event.clipboardData?.getData("text/plain") || "";
  if (!/[\t\n]/.test(text.trimEnd())) return;
  event.preventDefault();
  const body = box.querySelector("tbody");
  const first = event.target.closest("tr");
  const from = inputs(first).indexOf(event.target);
  const lines = text.replace(/\r/g, "").trimEnd().split("\n");
  const start = [...body.rows].indexOf(first);
  grow(box, start + lines.length - body.rows.length);
  lines.forEach((line, at) => {
    const cells = body.rows[start + at] ? inputs(body.rows[start + at]) : [];
    line.split("\t").forEach((part, column) => { if (cells[from + column]) put(cells[from + column], part.trim()); });
  });
  event.target.form.dispatchEvent(new Event("input", { bubbles: true }));
}

function ready(box) {
  const more = box.querySelector("[data-more]");
  more?.addEventListener("click", (event) => {
    event.preventDefault();
    grow(box, Number(more.dataset.more));
  });
  box.addEventListener("paste", (event) => { if (event.target.closest("td")) paste(event, box); });
  box.querySelector("[data-paste]").hidden = false;
  box.addEventListener("click", (event) => {
    if (event.target.matches(".rows-out")) takeOut(event.target.closest("tr"));
  });
  for (const cell of box.querySelectorAll("tbody .at")) {
    const out = document.createElement("button");
    Object.assign(out, { type: "button", className: "rows-out", textContent: "删", title: "删去本行" });
    cell.append(out);
  }
}

for (const box of document.querySelectorAll("[data-rows]")) {
  ready(box);
  box.closest("form").addEventListener("rows", (event) => {
    const inside = event.detail.filter((name) => name.startsWith(`${box.dataset.rows}.`)).map((name) => Number(name.split(".")[1]));
    grow(box, Math.max(-1, ...inside) + 1 - box.querySelectorAll("tbody tr").length);
  });
}

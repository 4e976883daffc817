// A box in the head of a table ticks every row of the page, and shows when only some are ticked. Without this script it is not there.
for (const all of document.querySelectorAll("[data-ticks]")) {
  const form = all.closest("form");
  const rows = () => [...form.querySelectorAll(`input[type=checkbox][name="${all.dataset.ticks}"]`)];

  const show = () => {
    const ticked = rows().filter((row) => row.checked).length;
    all.checked = ticked > 0 && ticked === rows().length;
    all.indeterminate = ticked > 0 && !all.checked;
  };

  all.addEventListener("change", () => { for (const row of rows()) row.checked = all.checked; });
  form.addEventListener("change", show);
  addEventListener("pageshow", show); // the browser may have kept ticks
  all.closest("label").hidden = false;
}

// The demonstration's accounts fill the login form; the page is fetched anew when its one-time codes have changed.
const form = document.querySelector("[data-login]");

for (const button of document.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    for (const name of ["username", "password", "code"]) form.elements[name].value = button.dataset[name];
    form.querySelector("button").focus();
  });
}

const typed = () => [...form.querySelectorAll("input:not([type=hidden])")].some((input) => input.value);
setInterval(() => {
  if (!document.hidden && !typed()) location.reload();
}, 30000);

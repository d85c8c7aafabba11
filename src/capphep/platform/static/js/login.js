// The sample data's accounts fill the sign-in form.
document.addEventListener("click", ({ target }) => {
  const account = target.closest("[data-username]");
  if (!account) return;
  const form = document.querySelector(".login-card");
  form.elements.username.value = account.dataset.username;
  form.elements.password.value = account.dataset.password;
  form.requestSubmit();
});

// Sets the password of somebody who was invited. The token stands behind the # of the address, which no
// server and no log sees; it is taken off the address bar and works once.
const token = location.hash.slice(1);
const form = document.getElementById("choose");
const notice = document.getElementById("notice");
history.replaceState(null, "", location.pathname);

const accept = async (password) => {
  const answer = await fetch("/v1/invitations/acceptance", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, password }),
  });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.detail || content.title);
  return content;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { password, again } = form.elements;
  if (password.value !== again.value) {
    notice.textContent = "The two passwords differ.";
    again.focus();
    return;
  }
  notice.textContent = "One moment.";
  form.inert = true;
  try {
    const account = await accept(password.value);
    form.remove();
    notice.textContent = `Your password is set. Sign in at ${account.site.name} as ${account.email}.`;
  } catch (error) {
    notice.textContent = error.message;
    form.inert = false;
  }
});

if (token) {
  notice.textContent = "Choose a password for your account.";
  form.hidden = false;
}

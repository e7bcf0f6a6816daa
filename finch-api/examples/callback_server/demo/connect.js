// Sends the employer's choice to the surrounding page, once.
const choices = document.querySelector("#choices");
for (const button of choices.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    choices.replaceChildren("You can leave Finch Connect.");
    parent.postMessage(JSON.parse(button.dataset.message), document.body.dataset.origin);
  });
}

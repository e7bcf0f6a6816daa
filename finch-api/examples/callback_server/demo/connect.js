// The mock tells the page that it is embedded in what the employer chose.
for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    parent.postMessage(JSON.parse(button.dataset.message), document.body.dataset.origin);
  });
}

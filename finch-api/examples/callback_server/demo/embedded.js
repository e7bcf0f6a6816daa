// Replaces Finch's library in the demo. In your own page, write
// `useFinchConnect({ onSuccess: ({ code }) => exchange(code), … })`.
const frame = document.querySelector("iframe");
const status = document.querySelector("[role=status]");

async function exchange(code) {
  show("Connecting…");
  try {
    const response = await fetch("/api/finch/callback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
    });
    const { connected, title, text, next, request_id } = await response.json();
    if (response.ok) {
      location.assign(connected);
    } else {
      const request = response.status < 500 ? "" : ` The request is ${request_id}.`;
      show(`${title}. ${text}${request}`, next);
    }
  } catch {
    // The server may still have received the code.
    show("We do not know whether you are connected. Look at your connections.", [
      "/connections",
      "Your connections",
    ]);
  }
}

// Replaces Finch Connect with a text and a link to the next page.
function show(text, next) {
  frame.remove();
  status.replaceChildren(text);
  if (next) {
    const link = document.createElement("a");
    [link.href, link.textContent] = next;
    link.className = "button";
    status.append(document.createElement("br"), link);
    // The removed frame had the focus.
    link.focus();
  }
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
  if (data.name !== "finch-auth-message-v2") return;
  if (data.kind === "success") {
    exchange(data.code);
  } else {
    show("Not connected. You left Finch Connect before the end.", ["/embedded", "Start again"]);
  }
});

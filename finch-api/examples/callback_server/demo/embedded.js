// What Finch's library for browsers does with `onSuccess`, for the demo's page: in
// a page of yours, `useFinchConnect({ onSuccess: ({ code }) => exchange(code), … })`.
const frame = document.querySelector("iframe");
const status = document.querySelector("[role=status]");

async function exchange(code) {
  const response = await fetch("/api/finch/callback", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (response.ok) {
    location.assign("/connected");
  } else {
    const { title, text } = await response.json();
    status.textContent = `${title}. ${text}`;
  }
}

addEventListener("message", ({ source, origin, data }) => {
  if (source !== frame.contentWindow || origin !== new URL(frame.src).origin) return;
  if (data.name !== "finch-auth-message-v2") return;
  if (data.kind === "success") {
    exchange(data.code);
  } else {
    status.textContent = "Not connected. You left Finch Connect before the end.";
  }
});

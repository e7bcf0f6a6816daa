// The code leaves the address, and so the history.
history.replaceState(null, "", location.pathname);

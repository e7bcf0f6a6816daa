// Removes the code from the address and the history. The page stays. Reloading it leads to the
// start.
history.replaceState(null, "", "/");

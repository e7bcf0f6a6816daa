// Takes the code out of the address, and so out of the history. The page stays: loading
// it again leads to the start.
history.replaceState(null, "", "/");

// The button that copies the command.

function wireCopy() {
  const command = byId("command");
  byId("copy").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(command.textContent);
    } catch {
      // Where the clipboard is not open to a page, the text is at least selected.
      getSelection().selectAllChildren(command);
      if (!document.execCommand("copy")) return;
    }
    byId("copied").textContent = "Command copied";
    byId("copy").textContent = "Copied";
    setTimeout(() => (byId("copy").textContent = "Copy"), 1500);
  });
}

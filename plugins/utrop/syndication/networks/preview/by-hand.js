"use strict";
for (const button of document.querySelectorAll("button[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  const label = button.firstChild;
  const before = label.data;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let done = false;
    try {
      await navigator.clipboard.writeText(text.value);
      done = true;
    } catch {
      // No clipboard without a secure address: the old way, else a person copies what is marked.
      text.focus();
      text.select();
      text.setSelectionRange(0, text.value.length);
      try { done = document.execCommand("copy"); } catch { done = false; }
    }
    const said = done ? document.body.dataset.copied : document.body.dataset.marked;
    label.data = said;
    button.classList.toggle("is-done", done);
    document.getElementById("told").textContent = said;
    setTimeout(() => { label.data = before; button.classList.remove("is-done"); }, 4000);
  });
}

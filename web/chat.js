/* Puts the campus chat on a page: <script src="https://campus.example/chat.js" defer></script>
 *
 * A page that wants the chat in a place of its own, or set differently, writes <campus-chat> itself; else one is added.
 *   data-endpoint   address of the assistant's web channel; on port 5005 of the page's host by default
 *   data-open-from  width of the window, in CSS pixels, from which the chat is open at first; closed by default
 *   lang            fr or en, until somebody speaks
 * Both may stand on the script's tag too. The parts are modules beside this file.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  const part = new URL("chat/element.js", script.src);

  function start() {
    if (!document.querySelector("campus-chat")) {
      const chat = document.createElement("campus-chat");
      for (const name of ["data-endpoint", "data-open-from", "lang"]) {
        if (script.hasAttribute(name)) chat.setAttribute(name, script.getAttribute(name));
      }
      document.body.append(chat);
    }
    import(part);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
  else start();
})();

/** How the chat looks, whatever the page around it does. Colours and corners can be set by the page as --campus-…. */

export const STYLE = `
:host {
  all: initial;
  --ink: var(--campus-ink, #17302f);
  --quiet: var(--campus-quiet, #4c6160);
  --paper: var(--campus-paper, #ffffff);
  --ground: var(--campus-ground, #f3f6f4);
  --line: var(--campus-line, #ccd8d4);
  --accent: var(--campus-accent, #0b5b58);
  --tint: var(--campus-tint, #e2efec);
  --corner: var(--campus-corner, 14px);
  color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
p, h2, ul, dl, dd { margin: 0; }
button, textarea { font: inherit; color: inherit; }
button { min-width: 44px; min-height: 44px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.unseen {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}

.launcher {
  position: fixed; right: 20px; bottom: 20px; z-index: 1000; padding: 12px 22px; border: 0; border-radius: 28px;
  background: var(--accent); color: #fff; font-weight: 600; box-shadow: 0 6px 20px rgb(10 50 48 / 30%);
}
.panel {
  position: fixed; right: 20px; bottom: 20px; z-index: 1000; display: flex; flex-direction: column;
  width: 420px; max-width: calc(100vw - 40px); height: min(760px, calc(100dvh - 40px)); overflow: hidden;
  background: var(--ground); border: 1px solid var(--line); border-radius: var(--corner);
  box-shadow: 0 12px 40px rgb(10 50 48 / 18%);
}

.top {
  display: flex; align-items: center; gap: 6px; padding: 10px 8px 10px 18px; background: var(--accent);
  color: #fff;
}
.title { flex: 1; min-width: 0; }
h2 { font-size: 17px; line-height: 1.25; font-weight: 650; }
.title p { font-size: 13px; line-height: 1.3; }
.top button { background: none; border: 0; color: #fff; border-radius: 10px; }
.top :focus-visible { outline-color: #fff; outline-offset: -3px; }
.tongues { display: flex; border: 1px solid rgb(255 255 255 / 55%); border-radius: 12px; }
.tongue { font-size: 14px; font-weight: 600; }
.tongue[aria-pressed="true"] { background: #fff; color: var(--accent); }
.tongue[aria-pressed="true"]:focus-visible { outline-color: var(--accent); }
.close { font-size: 26px; line-height: 1; }

.log { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px; }
.log:focus-visible { outline-offset: -3px; }
.intro p { color: var(--quiet); }
.message { margin-top: 10px; }
.message.me { display: flex; justify-content: flex-end; margin-top: 18px; }
.me + .bot, .notice, .person { margin-top: 14px; }
.notice .bubble { border-color: #c9a227; border-left-width: 5px; background: #fffaea; }
.person .bubble { border-color: var(--accent); border-left-width: 5px; background: var(--tint); }
.anew { margin: 18px 0 10px; padding-top: 8px; border-top: 1px solid var(--line); color: var(--quiet); font-size: 14px; }
.by { font-size: 13px; color: var(--quiet); margin-bottom: 4px; }
abbr {
  margin-left: 2px; padding: 0 6px; border: 1px solid var(--line); border-radius: 7px; background: var(--paper);
  font-size: 12px; font-weight: 600; text-decoration: none;
}
.bubble {
  width: fit-content; max-width: 100%; padding: 10px 14px; border: 1px solid var(--line); border-radius: var(--corner);
  background: var(--paper); overflow-wrap: anywhere;
}
.me .bubble {
  max-width: 86%; max-height: 40vh; overflow-y: auto; white-space: pre-wrap;
  background: var(--accent); border-color: var(--accent); color: #fff;
}
.line { display: block; }
.item { padding-left: 1.3em; text-indent: -1.3em; }
.dot { padding-left: 0.9em; text-indent: -0.9em; }
.whole { white-space: nowrap; }
.item + .item { margin-top: 4px; }
.gap { display: block; height: 0.6em; }
a { color: var(--accent); text-underline-offset: 2px; }

.buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 10px; }
.buttons button {
  max-width: 100%; padding: 8px 14px; border: 1px solid var(--accent); border-radius: 22px; background: var(--paper);
  color: var(--accent); font-size: 15px; line-height: 1.3; text-align: left; overflow-wrap: anywhere;
}
.buttons button:hover { background: var(--tint); }
.buttons button[aria-disabled="true"] {
  border-color: var(--line); background: none; color: var(--quiet); cursor: default;
}
.buttons button.chosen { border-color: var(--quiet); background: var(--tint); }

.cards { margin-top: 6px; }
summary {
  display: flex; align-items: center; gap: 8px; min-height: 44px; padding: 0 4px; cursor: pointer;
  color: var(--accent); font-size: 15px;
}
summary::-webkit-details-marker { display: none; }
summary::before { content: "+"; font-weight: 600; width: 1ch; text-align: center; }
[open] > summary::before { content: "–"; }
.card {
  padding: 12px 14px; border: 1px solid var(--line); border-radius: var(--corner); background: var(--paper);
  font-size: 15px; overflow-wrap: anywhere;
}
.card + .card, .card > * + * { margin-top: 8px; }
.head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 10px; }
.quiet, dt { color: var(--quiet); }
.demo { margin-left: auto; font-size: 13px; font-style: italic; color: var(--quiet); }
ul { padding-left: 1.1em; }
.receipt { margin-top: 10px; border-top: 4px solid var(--accent); font-size: 15px; }
.receipt dl > div {
  display: grid; grid-template-columns: 6.2em 1fr; gap: 10px; padding: 6px 0; border-top: 1px dashed var(--line);
}
.receipt dl > div:first-child { border-top: 0; }
.receipt ul { padding: 0; list-style: none; }
.reference { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace; letter-spacing: 0.03em; }
.state { padding: 1px 10px; border-radius: 10px; background: var(--tint); font-weight: 600; }
.state.confirmed { background: #d6efdc; color: #0f4d26; }
.state.held, .state.offered, .state.waiting { background: #fdf0cd; color: #5c4300; }
.state.cancelled, .state.expired, .state.released, .state.withdrawn, .state.lapsed {
  background: #f3e3e1; color: #6f221b;
}

.bottom { padding: 0 12px 12px; }
.status { min-height: 26px; padding: 2px 4px; font-size: 13px; color: var(--quiet); }
.trouble {
  display: flex; align-items: center; gap: 10px; margin-bottom: 8px; padding: 4px 6px 4px 14px;
  border-radius: var(--corner);
  background: #f9e4e1; color: #6f221b; font-size: 15px;
}
.trouble p { flex: 1; }
.trouble button {
  padding: 6px 14px; border: 1px solid currentcolor; border-radius: 12px; background: #fff; font-weight: 600;
}
form {
  display: flex; align-items: flex-end; gap: 8px; padding: 5px; border: 1px solid #7f9490; border-radius: 18px;
  background: var(--paper);
}
form:focus-within { border-color: var(--accent); box-shadow: 0 0 0 2px var(--accent); }
textarea {
  flex: 1; min-width: 0; min-height: 44px; max-height: 140px; padding: 9px 10px; border: 0; background: none;
  resize: none;
}
textarea:focus-visible { outline: 0; }
textarea::placeholder { color: var(--quiet); opacity: 1; }
.send {
  padding: 8px 18px; border: 0; border-radius: 13px; background: var(--accent); color: #fff; font-weight: 600;
}

@media (max-width: 600px) {
  .panel { inset: 0; width: 100%; max-width: none; height: 100dvh; border: 0; border-radius: 0; }
  .top { padding-left: 14px; }
  h2 { font-size: 15px; }
  .log { padding: 12px; }
  .bottom { padding: 0 8px 8px; }
}
@media (forced-colors: active) {
  .bubble, .card, .tongue[aria-pressed="true"] { border: 1px solid; }
}
`;

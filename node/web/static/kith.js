// What pages do beyond links and forms, which work without any of this. No words are made here: they come with the page.
//
// body          data-events="/events?…"   hints to listen to; each is also the event `kith:NAME` on body, for hx-trigger
//               data-lock-after="900"     seconds without a key or a pointer until the app locks; 0: never
//               data-failed="…"           said in #status when htmx was refused something, and was given no words [data-said]
// html          data-shift="off"          Shift three times does nothing
// #leave-now    data-neutral="https://…"  where to; data-more, data-once: said after the first and the second Shift
// data-on="newer …" hidden                shown when one of these hints comes; data-say is then said in #status
// data-refresh="conn …" data-from="/…"    fetched anew on these hints, into its own place, its data-say said in #status; as
//                                         it is if nothing comes back. A hint of our own is `back`: the page was out of
//                                         sight for so long that hints were missed
// data-lost hidden                        shown while hints cannot come
// form data-draft="/…"                    kept there 2 s after the last key; [data-draft-said] shows the answer, or its data-failed
// #lock-soon hidden                       shown 20 s before locking, data-say is said; [data-stay] puts it off
// data-copy="#id" data-copied="…" hidden  a button that copies the text of #id, and says so in #status
// data-scripted hidden                    shown: it needs a script
// data-into="#id"                         a field for a file, whose text is put into #id and goes nowhere else
// data-show="#id" data-hide="…" hidden    a button that shows what is typed in #id, and is called data-hide while it does
// data-focus                              focused when it comes into the page: what is wrong with a form
"use strict";
(() => {
  const body = document.body;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const leaving = one("#leave-now");
  /** Says it in the status line; `aside` to those who hear pages alone, since it stands on the page already. */
  const say = (text, aside = false) => {
    const status = one("#status");
    if (!status || !text) return;
    status.classList.toggle("vh", aside);
    status.textContent = text;
  };
  /** Set when this page is on its way out: nothing else is to happen then. */
  let gone = false;
  const reload = () => {
    if (gone) return;
    gone = true;
    location.reload();
  };
  /** Other tabs of the app: leaving, staying and locking hold for all. */
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("kith") : null;

  // Where nobody is let in any more, the page is no longer for whoever sits here.
  const locked = (response) => response.status === 401 || new URL(response.url, location.href).pathname === "/unlock";
  const ask = async (address, options = {}) => {
    const response = await fetch(address, { credentials: "same-origin", cache: "no-store", ...options });
    if (locked(response)) reload();
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    return response.text();
  };
  const fieldsOf = (form) => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const post = (address, form) => {
    const fields = fieldsOf(form);
    // A browser lets no more than 64 KiB outlive its page.
    return ask(address, { method: "POST", body: fields, keepalive: String(fields).length < 60_000 });
  };

  // Leave quickly -----------------------------------------------------------------------------------------------------
  const blank = () => {
    keepDrafts();
    gone = true;
    stream?.close();
    document.title = "\u00a0";
    body.replaceChildren();
    location.replace(leaving.dataset.neutral);
  };
  const leave = () => {
    if (gone) return;
    const { action } = leaving;
    const fields = fieldsOf(leaving);
    tabs?.postMessage("leave");
    blank();
    if (!navigator.sendBeacon(action, fields)) fetch(action, { method: "POST", body: fields, keepalive: true });
  };
  leaving?.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  // A tap is Shift pressed and let go with nothing between: capitals, Shift+Tab and Shift with a click are none.
  let taps = [];
  let alone = false;
  const forget = () => {
    if ([leaving.dataset.more, leaving.dataset.once].includes(one("#status")?.textContent)) one("#status").textContent = "";
    taps = [];
  };
  const tap = () => {
    const now = Date.now();
    taps = [...taps.filter((then) => now - then < 5000), now];
    if (taps.length >= 3) return leave();
    say(taps.length === 1 ? leaving.dataset.more : leaving.dataset.once);
    setTimeout(() => taps.at(-1) === now && forget(), 5000);
  };
  if (leaving && document.documentElement.dataset.shift !== "off") {
    addEventListener("keydown", (event) => {
      alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
      if (!alone && taps.length > 0) forget();
    }, true);
    addEventListener("pointerdown", () => { alone = false; }, true);
    addEventListener("keyup", (event) => {
      if (event.key === "Shift" && alone) tap();
      alone = false;
    }, true);
  }

  // Drafts ------------------------------------------------------------------------------------------------------------
  /** Forms with words that are not kept yet, and when they will be. */
  const unkept = new Map();
  const drop = (form) => {
    clearTimeout(unkept.get(form));
    unkept.delete(form);
  };
  const keep = async (form) => {
    drop(form);
    const said = one("[data-draft-said]", form);
    const text = await post(form.dataset.draft, form).catch(() => said?.dataset.failed);
    if (said && text && !form.dataset.sent) said.textContent = text;
  };
  const keepDrafts = () => Promise.all([...unkept.keys()].map(keep));
  const keepLater = (form) => {
    if (!form?.dataset.draft) return;
    drop(form);
    unkept.set(form, setTimeout(keep, 2000, form));
  };
  document.addEventListener("input", ({ target }) => keepLater(target.form));
  // A form is sent once, however often its button is pressed; and what was sent is no draft any more.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (Date.now() - Number(form.dataset.sent ?? 0) < 2000) {
      event.preventDefault();
      return event.stopImmediatePropagation();
    }
    form.dataset.sent = String(Date.now());
    drop(form);
    if (form.getAttribute("action") === "/lock") tabs?.postMessage("lock");
  }, true);

  // Hints -------------------------------------------------------------------------------------------------------------
  let stream = null;
  let losing = 0;
  let tries = 0;
  let resting = 0;
  const names = new Set();
  /** Asks for an element anew, and gives what stands in its place then. */
  const renew = async (element) => {
    const fresh = [...new DOMParser().parseFromString(await ask(element.dataset.from), "text/html").body.children];
    const at = element.contains(document.activeElement) ? document.activeElement : null;
    // Nobody's words are taken from under their fingers.
    const written = all("input:not([type=hidden]), textarea", element).some((field) => field.value !== field.defaultValue);
    if (gone || fresh.length === 0 || written || at?.matches("input, textarea, select")) return element;
    element.replaceWith(...fresh);
    for (const part of fresh) {
      window.htmx?.process(part);
      say(part.dataset.say, true);
    }
    const same = at?.id && document.getElementById(at.id);
    const first = at && fresh.map((part) => (part.matches("a, button") ? part : one("a, button", part))).find(Boolean);
    (same || first)?.focus({ preventScroll: true });
    return fresh[0];
  };
  /** Elements that are being asked for, and whether something changed since. */
  const asked = new WeakMap();
  const refresh = async (element) => {
    // What came while it was asked for is not in the answer: it is asked for once more, where it then stands.
    if (asked.has(element)) {
      asked.set(element, true);
      return;
    }
    asked.set(element, false);
    // Without an answer it stays as it is until something changes again.
    const now = await renew(element).catch(() => element);
    const again = asked.get(element);
    asked.delete(element);
    if (again && now.isConnected && now.dataset.from) await refresh(now);
  };
  const hint = (name) => {
    if (name === "locked") return reload();
    for (const element of all(`[data-on~="${name}"][hidden]`)) {
      element.hidden = false;
      say(element.dataset.say, true);
    }
    for (const element of all(`[data-refresh~="${name}"]`)) refresh(element);
    body.dispatchEvent(new CustomEvent(`kith:${name}`));
  };
  /** What was heard last: a new stream goes on from there, and the first from when the page was made. */
  let heard = "";
  const hear = (name) => stream?.addEventListener(name, ({ lastEventId }) => {
    heard = lastEventId || heard;
    hint(name);
  });
  const listen = () => {
    const wished = all("[data-on], [data-refresh], [hx-trigger]").map(({ dataset, attributes }) => [
      dataset.on ?? "", dataset.refresh ?? "", ...(attributes["hx-trigger"]?.value.match(/(?<=kith:)[\w-]+/g) ?? []),
    ].join(" "));
    for (const name of `locked ${wished.join(" ")}`.split(/\s+/)) {
      if (!name || names.has(name)) continue;
      names.add(name);
      hear(name);
    }
  };
  const reached = (there) => {
    clearTimeout(losing);
    const show = () => all("[data-lost]").forEach((element) => { element.hidden = there; });
    // A moment's grace: a browser on its way to another page drops the stream as well.
    losing = setTimeout(show, there ? 0 : 1500);
  };
  const connect = () => {
    if (gone || stream || !body.dataset.events || document.visibilityState === "hidden") return;
    const from = new URL(body.dataset.events, location.href);
    if (heard) from.searchParams.set("since", heard);
    stream = new EventSource(from);
    names.forEach(hear);
    stream.onopen = () => {
      tries = 0;
      reached(true);
    };
    stream.onerror = () => {
      reached(false);
      if (stream?.readyState !== EventSource.CLOSED) return;
      // Refused: nobody is let in any more, which asking shows, or too many listen.
      stream = null;
      setTimeout(connect, Math.min(60, 5 * 2 ** tries++) * 1000);
      ask("/parts/connection").catch(() => {});
    };
  };
  listen();
  connect();
  // A browser holds six connections to one place: pages that nobody looks at give theirs up after a minute.
  document.addEventListener("visibilitychange", () => {
    clearTimeout(resting);
    if (gone) return;
    if (document.visibilityState === "hidden") {
      keepDrafts();
      resting = setTimeout(() => { stream = stream?.close() ?? null; }, 60_000);
    } else if (!stream && body.dataset.events) {
      connect();
      hint("back");
    }
  });
  // A page that was left holds no connection. If the browser brings it back, it may show what nobody is let in to see any
  // more: it is blank until the node was asked.
  addEventListener("pagehide", () => {
    stream = stream?.close() ?? null;
    document.documentElement.hidden = true;
  });
  addEventListener("pageshow", (event) => event.persisted && reload());

  // Locking by itself -------------------------------------------------------------------------------------------------
  const span = Number(body.dataset.lockAfter ?? 0) * 1000;
  const soon = one("#lock-soon");
  /** When the node last heard that somebody is here, and whether somebody was since. */
  let told = Date.now();
  let stirred = false;
  const stayed = () => {
    told = Date.now();
    stirred = false;
    if (soon) soon.hidden = true;
  };
  const stay = () => {
    stayed();
    tabs?.postMessage("stay");
    if (leaving) post("/stay", leaving).catch(() => {});
  };
  const stir = ({ type, target }) => {
    // Once it says that it will lock, a pointer passing by decides nothing; a key or a press elsewhere does.
    if (!soon || soon.hidden) stirred = true;
    else if (type !== "pointermove" && !soon.contains(target)) stay();
  };
  if (span > 0) {
    for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(kind, stir, { capture: true, passive: true });
    setInterval(() => {
      const passed = Date.now() - told;
      if (gone) return;
      if (passed >= span) keepDrafts().finally(reload);
      else if (stirred && passed >= Math.min(60_000, span / 3)) stay();
      else if (soon?.hidden && passed >= span - 21_000) {
        soon.hidden = false;
        say(soon.dataset.say);
      }
    }, 1000);
  }
  tabs?.addEventListener("message", ({ data }) => {
    if (data === "leave" && leaving && !gone) blank();
    if (data === "lock") reload();
    if (data === "stay") stayed();
  });

  // Small helps -------------------------------------------------------------------------------------------------------
  const copy = async ({ dataset }) => {
    const from = one(dataset.copy);
    await navigator.clipboard.writeText(from.value ?? from.textContent.trim()).catch(() => {
      getSelection().selectAllChildren(from);
      document.execCommand("copy");
    });
    say(dataset.copied);
  };
  const show = (button) => {
    const field = one(button.dataset.show);
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.dataset.name ??= button.textContent;
    button.textContent = (hidden && button.dataset.hide) || button.dataset.name;
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-copy], [data-show], [data-stay]");
    if (button?.matches("[data-stay]")) stay();
    else if (button?.matches("[data-copy]")) copy(button);
    else if (button) show(button);
  });
  document.addEventListener("change", async ({ target }) => {
    const into = target.dataset?.into && one(target.dataset.into);
    const file = into && target.files?.[0];
    if (!file || file.size > 16_384) return;
    into.value = (await file.text()).trim();
    into.focus();
  });
  const arrive = (within) => {
    for (const shown of all("[data-copy][hidden], [data-show][hidden], [data-scripted][hidden]", within)) shown.hidden = false;
    one("[data-focus]", within)?.focus();
  };
  arrive(document);

  // What htmx swapped, or was refused -----------------------------------------------------------------------------------
  document.addEventListener("htmx:before:response", (event) => {
    if (!locked(event.detail.ctx.response.raw)) return;
    event.preventDefault();
    reload();
  });
  document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
    listen();
    const target = (ctx.target?.id && document.getElementById(ctx.target.id)) || body;
    // What waited is shown now: its button goes, and reading goes on where it came to.
    const waited = ctx.sourceElement?.closest?.("[data-on]");
    if (waited) {
      for (const button of all("[data-on]", waited.closest(".newer") ?? waited)) button.hidden = true;
      waited.hidden = true;
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
    if (target.id === "main") one("h1", target)?.focus();
    arrive(target);
  });
  const failed = ({ detail: { ctx } }) => {
    const form = ctx?.sourceElement?.closest?.("form");
    if (form) delete form.dataset.sent;
    keepLater(form);
    const page = new DOMParser().parseFromString(ctx?.text ?? "", "text/html");
    say(all("[data-said]", page).map((said) => said.textContent.trim()).join(" ") || body.dataset.failed);
  };
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("htmx:error", failed);
})();

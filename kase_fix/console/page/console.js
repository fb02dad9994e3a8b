"use strict";
// The page asks the console about once a second and shows what it gets. Moments come with Almaty's offset and are
// shown as written, whatever the time zone of the browser is.

const EVERY = 1000; // milliseconds between two rounds
const LEVELS = 10;
const DEALS = 15;
const PHASE_LOOK = { continuous: "live", preliminary: "live", standby: "halted", suspended: "halted" };

const at = (id) => document.getElementById(id);
const clockOf = (iso) => (iso ? iso.slice(11, 19) : "-");
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
const seconds = (iso) => Number(iso.slice(11, 13)) * 3600 + Number(iso.slice(14, 16)) * 60 + Number(iso.slice(17, 19));
let listed = {};
let listedFor = "";

async function ask(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(5000) });
  const content = await response.json();
  if (!response.ok) throw new Error(content.detail || response.statusText);
  return content;
}

function put(id, text, look = "") {
  const element = at(id);
  if (element.textContent !== String(text)) element.textContent = text;
  if (!element.classList.contains("big")) element.className = look;
}

function cell(content, look = "") {
  const td = document.createElement("td");
  td.className = look;
  td.append(content);
  return td;
}

function row(...cells) {
  const tr = document.createElement("tr");
  tr.append(...cells);
  return tr;
}

function fill(id, rows, columns, nothing) {
  at(id).replaceChildren(...(rows.length ? rows : [emptyRow(columns, nothing)]));
}

function emptyRow(columns, text) {
  const td = cell(text, "empty");
  td.colSpan = columns;
  return row(td);
}

function chip(phase) {
  const span = document.createElement("span");
  span.className = "chip " + (PHASE_LOOK[phase] || "");
  span.textContent = phase;
  return span;
}

function showClock(clock) {
  put("time", clockOf(clock.time));
  at("time").dateTime = clock.time;
  const date = new Date(clock.time.slice(0, 10) + "T00:00:00Z");
  const words = date.toLocaleDateString("en-GB", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const state = clock.day === null ? "no operational day yet" : clock.open ? "operational day open" : "operational day closed";
  put("day", `${words} · ${state}`, "quiet");
  put("seq", clock.seq);
  const speed = Number(clock.speed || 0);
  at("mode").hidden = at("rehearsal").hidden = !clock.rehearsal;
  put("mode", speed > 1 ? `rehearsal × ${speed}` : "rehearsal", "chip rehearsal");
}

function showLevels(id, levels, greatest, bids) {
  const rows = levels.map((level) => {
    const quantity = cell(grouped(level.quantity), "depth");
    quantity.style.setProperty("--share", `${Math.max(2, (100 * level.quantity) / greatest)}%`);
    const cells = [cell(level.price, "price"), quantity, cell(String(level.orders))];
    return row(...(bids ? cells.reverse() : cells));
  });
  fill(id, rows, 3, "no orders");
}

function showBook(book, deals) {
  const greatest = Math.max(1, ...book.bids.map((one) => one.quantity), ...book.asks.map((one) => one.quantity));
  showLevels("bids", book.bids, greatest, true);
  showLevels("asks", book.asks, greatest, false);
  const numbers = deals.statistics;
  put("last", book.last ? book.last.price : "-");
  const change = numbers.last && numbers.reference ? Number(numbers.last) - Number(numbers.reference) : null;
  const percent = change === null || !Number(numbers.reference) ? "" : ` (${((100 * change) / Number(numbers.reference)).toFixed(2)} %)`;
  const decimals = (numbers.last || "").split(".")[1]?.length || 0;
  const sign = change > 0 ? "▲ +" : change < 0 ? "▼ " : "";
  put("change", change === null ? "-" : sign + change.toFixed(decimals) + percent, change > 0 ? "up" : change < 0 ? "down" : "");
  put("range", numbers.high ? `${numbers.high} / ${numbers.low}` : "-");
  put("average", numbers.average ? Number(numbers.average).toFixed(decimals) : "-");
  put("volume", numbers.deals ? `${grouped(numbers.quantity)} in ${numbers.deals}` : "-");
  const listing = listed[book.symbol] || {};
  put("settles", listing.not_traded ? `not traded today, ${listing.not_traded}` : listing.settlement || "-");
  at("phase").replaceChildren(chip(book.phase));
  put("deals-of", book.symbol, "quiet");
  const rows = deals.deals.map((deal) =>
    row(cell(clockOf(deal.time)), cell(deal.price, "price"), cell(grouped(deal.quantity)),
      cell(deal.aggressor === "buy" ? "buyer" : "seller", deal.aggressor === "buy" ? "up" : "down")));
  fill("deals", rows, 4, "no deals today");
}

function showSessions(schedule, clock) {
  const windows = schedule.windows;
  if (!windows.length) return fill("sessions", [], 5, "no sessions");
  const from = Math.floor(Math.min(...windows.map((one) => seconds(one.opens))) / 3600) * 3600;
  const till = Math.ceil(Math.max(...windows.map((one) => seconds(one.closes))) / 3600) * 3600;
  const place = (second) => `${(100 * (second - from)) / (till - from)}%`;
  put("axis", `${from / 3600}:00 to ${till / 3600}:00`);
  const today = clock.time.slice(0, 10) === schedule.date;
  const rows = windows.map((one) => {
    const lane = document.createElement("div");
    lane.className = "lane";
    const open = document.createElement("i");
    open.style.setProperty("--from", place(seconds(one.opens)));
    open.style.setProperty("--length", place(seconds(one.closes) - seconds(one.opens) + from));
    lane.append(open);
    const now = seconds(clock.time);
    if (today && now >= from && now <= till) {
      const mark = document.createElement("b");
      mark.style.setProperty("--now", place(now));
      lane.append(mark);
    }
    const board = cell(one.title || one.board);
    board.title = [...one.symbols, ...Object.keys(one.not_traded)].join(" ");
    const window = cell(`${one.opens.slice(11, 16)} - ${one.closes.slice(11, 16)}`);
    const idle = !one.symbols.length;
    const tr = row(board, window, cell(idle ? "does not trade today" : chip(one.phase), idle ? "quiet" : ""), cell(lane), cell(one.clause, "quiet"));
    if (one.phase === "closed") tr.className = "off";
    return tr;
  });
  fill("sessions", rows, 5, "");
}

function showIncidents(incidents) {
  at("incidents-card").hidden = !incidents.length;
  fill("incidents", incidents.slice(0, 10).map((one) => row(cell(clockOf(one.time)), cell(String(one.seq)), cell(one.user), cell(one.defect))), 4, "");
}

async function list(clock) {
  // Listings change with the configuration and with the day only.
  const now = `${clock.day} ${Math.floor(Date.now() / 30000)}`;
  if (now === listedFor) return;
  const all = (await ask("/api/instruments")).instruments;
  listed = Object.fromEntries(all.map((one) => [one.symbol, one]));
  listedFor = now;
  const select = at("symbol");
  const symbols = all.map((one) => one.symbol);
  if (symbols.join() === [...select.options].map((one) => one.value).join()) return;
  const wanted = [select.value, decodeURIComponent(location.hash.slice(1)), "USDKZT_TOM", ...symbols];
  select.replaceChildren(...symbols.map((one) => new Option(one)));
  select.value = wanted.find((one) => symbols.includes(one)) || "";
}

async function round() {
  const clock = await ask("/api/clock");
  showClock(clock);
  await list(clock);
  const symbol = at("symbol").value;
  const [book, deals, incidents] = await Promise.all([
    symbol ? ask(`/api/books/${encodeURIComponent(symbol)}?levels=${LEVELS}`) : null,
    symbol ? ask(`/api/deals/${encodeURIComponent(symbol)}?limit=${DEALS}`) : null,
    ask("/api/incidents"),
  ]);
  if (book && symbol === at("symbol").value) showBook(book, deals);
  showIncidents(incidents.incidents);
  if (clock.day !== null) showSessions(await ask("/api/schedule"), clock);
}

let running = false;
let again = false;
let timer = 0;
async function refresh() {
  clearTimeout(timer);
  again = running; // what was chosen during a round is shown by the next, which then follows at once
  if (running) return;
  running = true;
  try {
    await round();
    at("trouble").hidden = true;
  } catch (error) {
    at("trouble").hidden = false;
    put("trouble", `No answer: ${error.message}. What you see may be old.`);
  }
  running = false;
  timer = setTimeout(refresh, again ? 0 : document.hidden ? 10 * EVERY : EVERY);
}

async function move(content) {
  put("move-answer", "Moving ...", "quiet");
  const response = await fetch("/api/clock", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });
  const said = await response.json();
  put("move-answer", response.ok ? `It is ${clockOf(said.time)}.` : said.detail, response.ok ? "quiet" : "down");
  refresh();
}

const moving = (content) => move(content).catch((error) => put("move-answer", error.message, "down"));
at("symbol").addEventListener("change", () => { history.replaceState(null, "", "#" + at("symbol").value); refresh(); });
at("move").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = at("to").value.trim();
  if (text) moving({ to: text.includes("-") ? text : `${at("time").dateTime.slice(0, 10)}T${text}` });
});
for (const button of document.querySelectorAll("[data-by]")) {
  button.addEventListener("click", () => moving({ by: Number(button.dataset.by) }));
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
refresh();

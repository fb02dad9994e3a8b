"use strict";
// The page asks the console about once a second and shows what it gets. Moments come with Almaty's offset and are
// shown as written, whatever the time zone of the browser is.

const EVERY = 1000; // milliseconds between two rounds
const LEVELS = 10;
const DEALS = 15;
const PHASE_LOOK = { continuous: "live", preliminary: "live", standby: "halted", fixing: "halted", suspended: "halted" };

const at = (id) => document.getElementById(id);
const minutes = (iso) => iso.slice(11, 16);
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
  at("number-line").hidden = !(listing.isin || listing.nin);
  put("number-kind", listing.isin ? "ISIN" : "NIN");
  put("number", listing.isin || listing.nin || "-");
  at("phase").replaceChildren(chip(book.phase));
  showAuction(book.auction);
  put("deals-of", book.symbol, "quiet");
  const rows = deals.deals.map((deal) =>
    row(cell(clockOf(deal.time)), cell(deal.price, deal.cancelled ? "price cancelled" : "price"), cell(grouped(deal.quantity)),
      deal.cancelled ? cell("cancelled", "quiet")
        : cell(deal.aggressor === "buy" ? "buyer" : "seller", deal.aggressor === "buy" ? "up" : "down")));
  fill("deals", rows, 4, "no deals today");
}

function showAuction(auction) {
  at("auction-line").hidden = !auction;
  if (!auction) return;
  const over = auction.surplus ? `, ${grouped(auction.surplus)} left to ${auction.surplus_side}` : "";
  put("auction", auction.price === null ? "nothing crosses" : `${grouped(auction.volume)} at ${auction.price}${over}`);
}

function chipOf(text, look) {
  const span = document.createElement("span");
  span.className = "chip " + look;
  span.textContent = text;
  return span;
}

function small(text) {
  const line = document.createElement("small");
  line.textContent = text;
  return line;
}

function showSessions(schedule, clock) {
  const windows = schedule.windows;
  if (!windows.length) return fill("sessions", [], 5, schedule.works ? "no sessions" : `no trading: ${schedule.why}`);
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
    const own = Object.entries(one.own).map(([symbol, window]) => `${symbol} ${minutes(window.opens)} - ${minutes(window.closes)}`);
    board.append(small([`${one.board} · ${one.method} · ${one.traded} traded`, ...own].join(" · ")));
    const window = cell(`${minutes(one.opens)} - ${minutes(one.closes)} `);
    if (one.changed) window.append(chipOf("changed", "late"));
    if (one.preliminary) window.append(small(`orders from ${minutes(one.preliminary)}`));
    const idle = !one.traded;
    const tr = row(board, window, cell(idle ? "does not trade today" : chip(one.phase || "closed"), idle ? "quiet" : ""), cell(lane), cell(one.clause, "quiet"));
    if (one.phase === "closed") tr.className = "off";
    return tr;
  });
  fill("sessions", rows, 5, "");
}

function showIdle(schedule) {
  const byClause = {};
  for (const [symbol, clause] of Object.entries(schedule.not_traded)) (byClause[clause] ||= []).push(symbol);
  const clauses = Object.entries(byClause);
  at("idle").hidden = !clauses.length;
  put("idle-count", Object.keys(schedule.not_traded).length);
  terms("idle-list", clauses.map(([clause, symbols]) => [clause, symbols.join(", ")]));
}

function terms(id, pairs) {
  at(id).replaceChildren(...pairs.flatMap(([name, text]) => {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = text;
    return [dt, dd];
  }));
}

const some = (names) => (names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", "));
const limitsOf = (limits) => limits.map((one) => `${one.symbol} ${one.percent === null ? "none" : one.percent + " %"}`).join(", ");

function showDecisions(said) {
  const now = said.in_force;
  const pairs = [
    ...now.suspended.map((one) => ["Suspended", `${one.board}: ${some(one.symbols)}`]),
    ["Members suspended", now.members.join(", ")],
    ["Limits today", limitsOf(now.limits)],
    ["Hard limits", limitsOf(now.hard_limits)],
    ["Windows today", now.windows.map((one) => `${one.symbol || one.board} ${one.opens.slice(0, 5)} - ${one.closes.slice(0, 5)}`).join(", ")],
    ["Day ends", now.day_closes ? now.day_closes.slice(0, 5) : ""],
    ["Services end", Object.entries(now.services).map(([name, time]) => `${name} ${time.slice(0, 5)}`).join(", ")],
    ["Trading is held at", now.place],
    ["Force majeure", now.force_majeure ? "declared" : ""],
  ].filter(([, text]) => text);
  terms("in-force", pairs.length ? pairs : [["In force", "nothing beside the Regulation"]]);
  const rows = said.decisions.slice(0, 50).map((one) => {
    const what = cell(one.what.replaceAll("_", " "));
    what.append(small(one.refused || Object.entries(one.detail).filter(([, value]) => value).map(([name, value]) => `${name} ${value}`).join(" · ")));
    if (one.refused) what.prepend(chipOf("refused", "late"), " ");
    const rests = [one.ground, one.document ? `No ${one.document}` : ""].filter(Boolean).join(", ");
    return row(cell(clockOf(one.time)), what, cell(one.actor), cell(one.reason || "-"), cell(rests || "-", "quiet"));
  });
  fill("decisions", rows, 5, "none today");
}

function showApplications(applications) {
  at("applications-card").hidden = !applications.length;
  fill("applications", applications.map((one) => {
    const due = cell(one.due + " ");
    if (one.overdue) due.append(chipOf("overdue", "late"));
    return row(due, cell(one.application), cell(one.symbol), cell(one.what), cell(one.received));
  }), 5, "");
}

function showIncidents(incidents) {
  at("incidents-card").hidden = !incidents.length;
  fill("incidents", incidents.slice(0, 10).map((one) => row(cell(clockOf(one.time)), cell(String(one.seq)), cell(one.user), cell(one.defect))), 4, "");
}

function showLetters(letters) {
  at("letters-card").hidden = !letters.length;
  fill("letters", letters.slice(0, 10).map((one) => row(cell(clockOf(one.time)), cell(one.user), cell(one.subject), cell(one.text))), 4, "");
}

function showMakers(makers) {
  at("makers-card").hidden = !makers.length;
  fill("makers", makers.map((one) => {
    const now = cell(chipOf(one.now, one.now === "kept" ? "live" : /[A-Z]/.test(one.now) ? "halted" : ""));
    const percent = cell(one.percent || "-", one.outcome === "not kept" ? "down" : "");
    return row(cell(one.member), cell(`${one.symbol} on ${one.board}`), cell(one.kept), cell(one.due), percent, cell(one.asked), cell(one.lapses), now);
  }), 8, "");
}

async function list(clock) {
  // Listings change with the configuration, with decisions and with the day only.
  const now = `${clock.day} ${Math.floor(Date.now() / 60000)}`;
  if (now === listedFor) return;
  const all = (await ask("/api/instruments")).instruments;
  listed = Object.fromEntries(all.map((one) => [one.symbol, one]));
  listedFor = now;
  choose();
}

let chosenFrom = "";
function choose(first = false) {
  const words = at("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = Object.values(listed);
  const found = all.filter((one) => words.every((word) => `${one.symbol} ${one.name} ${one.sector} ${one.isin || ""} ${one.nin || ""}`.toLowerCase().includes(word)));
  put("found", words.length ? `${found.length} of ${all.length}` : "", "quiet");
  const select = at("symbol");
  const wanted = [first && found.length ? found[0].symbol : "", select.value, decodeURIComponent(location.hash.slice(1)), "USDKZT_TOM", ...Object.keys(listed)];
  const symbol = wanted.find((one) => one in listed) || "";
  const shown = found.some((one) => one.symbol === symbol) || !symbol ? found : [listed[symbol], ...found];
  const key = shown.map((one) => one.symbol + (one.not_traded ? "-" : "")).join();
  if (key !== chosenFrom) {
    const groups = new Map();
    for (const one of shown) {
      if (!groups.has(one.sector)) {
        const group = document.createElement("optgroup");
        group.label = one.sector;
        groups.set(one.sector, group);
      }
      groups.get(one.sector).append(new Option(one.not_traded ? `${one.symbol} (not today)` : one.symbol, one.symbol));
    }
    select.replaceChildren(...groups.values());
    chosenFrom = key;
  }
  select.value = symbol;
  chooseBoard();
}

function chooseBoard() {
  const boards = (listed[at("symbol").value] || { boards: [] }).boards;
  at("boards").hidden = boards.length < 2;
  const select = at("board");
  if (boards.join() !== [...select.options].map((one) => one.value).join()) select.replaceChildren(...boards.map((one) => new Option(one)));
}

let plan = null;
let planned = "";
async function plans(clock) {
  // The day's plan is asked for again when something marked it, or now and then.
  const now = `${clock.day} ${clock.marked} ${Math.floor(Date.now() / 30000)}`;
  if (now !== planned) {
    const [schedule, decisions, applications] = await Promise.all([ask("/api/schedule?symbols=no"), ask("/api/decisions"), ask("/api/applications")]);
    plan = schedule;
    planned = now;
    showIdle(schedule);
    showDecisions(decisions);
    showApplications(applications.applications);
  }
  showSessions(plan, clock);
}

async function round() {
  const clock = await ask("/api/clock");
  showClock(clock);
  await list(clock);
  const symbol = at("symbol").value;
  const board = at("board").value;
  const on = `board=${encodeURIComponent(board)}`;
  const [book, deals, incidents, letters, makers] = await Promise.all([
    symbol ? ask(`/api/books/${encodeURIComponent(symbol)}?levels=${LEVELS}&${on}`) : null,
    symbol ? ask(`/api/deals/${encodeURIComponent(symbol)}?limit=${DEALS}&${on}`) : null,
    ask("/api/incidents"),
    clock.rehearsal ? ask("/api/letters") : { letters: [] },  // they name members: outside a rehearsal for a token
    clock.rehearsal ? ask("/api/makers") : { makers: [] },  // they name members as well
  ]);
  if (book && symbol === at("symbol").value && board === at("board").value) showBook(book, deals);
  showIncidents(incidents.incidents);
  showMakers(makers.makers);
  showLetters(letters.letters);
  await plans(clock);
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
function chosen() {
  history.replaceState(null, "", "#" + at("symbol").value);
  chooseBoard();
  refresh();
}
at("symbol").addEventListener("change", chosen);
at("board").addEventListener("change", refresh);
at("find").addEventListener("input", () => choose());
at("choice").addEventListener("submit", (event) => { event.preventDefault(); choose(true); chosen(); });
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

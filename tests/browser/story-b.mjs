// Story B: Piet's three sites, the steps that need no roster that proposes people; step 10, the inspection by phone, is
// rounds.mjs.
import assert from "node:assert/strict";
import { assertLooksRight, assertNoSidewaysScroll, base, leads, picture, signInOnce, submit, text, until, visit } from "./browser.mjs";
import { DAY, ahead, as, call, choose, day, duty, id, later, make, person, tell } from "./story.mjs";

const people = { ada: "ada@sites.example", piet: "piet@sites.example", luc: "luc@sites.example" };

await tell("ada", people, [
  ["1 three columns", columns],
  ["2 and 3 a gap at the gate", gate],
  ["4 a point not passed", patrol],
  ["5 an alarm", alarm],
  ["6 a camera down", camera],
  ["7 a theft", theft],
  ["8 a broken rule", violation],
  ["9 a new site", opening],
  ["11 a fire check", fireCheck],
  ["12 visitors", visitors],
  ["13 training", training],
  ["14 the vault", vault],
  ["15 the guards' contract", contract],
  ["16 a post to cut", cut],
  ["17 a drill", drill],
  ["18 a briefing", briefing],
  ["19 three sites", compare],
  ["20 a guard", guard],
]);

/** Ada, the director, begins with the sites pack; Piet runs it at three sites of four. */
async function columns(firm) {
  const { browser, ada } = firm;
  await signInOnce(ada, process.env.WATCHKEEP_ONCE);
  await ada.fill("[name=password]", "correct horse battery");
  await leads(ada, () => ada.click("form:has([name=password]) button[type=submit]"));
  await leads(ada, () => ada.click("a:has-text('Take Sites')"));
  await ada.fill("[name=organisation]", "Harbour Guards");
  await ada.fill("[name=sites]", "Berlin\nLyon\nGdansk");
  const names = await ada.locator("input[name^=name-]").all();
  for (const [at, name] of names.entries()) {
    await name.fill(at === 0 ? "Ada Wolf" : "Piet van Dam");
    await ada.fill(`[name=email-${at}]`, at === 0 ? people.ada : people.piet);
  }
  await leads(ada, () => ada.click("button:has-text('Begin')"));
  firm.piet = await as(browser, people.piet);
  await visit(firm.piet, "/");
  const heads = await firm.piet.locator("section:has(h2:text('By site')) thead th").allInnerTexts();
  assert.deepEqual(heads.filter((head) => ["Berlin", "Gdansk", "Lyon"].includes(head)), ["Berlin", "Gdansk", "Lyon"], "three site columns");
  await picture(firm.piet, "b1-columns");
  // A fourth site that is not his answers as one that does not exist.
  const far = (await make(ada, "scope_tag", { name: "Far away" })).number;
  const hidden = await make(ada, "site", { name: "Oslo", tags: [far] });
  firm.sites = Object.fromEntries((await call(ada, "GET", "site?limit=9")).body.items.map((one) => [one.name, one]));
  const reader = (await call(ada, "GET", "role?limit=50")).body.items.find((one) => one.name === "Guard");
  const luc = await make(ada, "person", { name: "Luc Bernard", email: people.luc, site: firm.sites.Lyon.number });
  const group = await make(ada, "group", { name: "Guards of Lyon", people: [luc.number] });
  await make(ada, "role_assignment", { name: "Guards of Lyon", role: reader.number, members: [group.number], shows: ["TAG-1"] });
  firm.guards = group;
  firm.luc = await as(browser, people.luc);
  const [theirs, none] = await Promise.all([id(hidden), "999999"].map((one) => firm.luc.request.get(`${base}/r/site/${one}`)));
  assert.deepEqual([theirs.status(), none.status()], [404, 404]);
  const plain = async (answer) => (await answer.text()).replace(/csrf" content="[^"]*"/, "").replaceAll(id(hidden), "N").replaceAll("999999", "N");
  assert.equal(await plain(theirs), await plain(none), "word for word the same answer");
}

/** A procedure of a class at a site, approved by Ada. */
async function approved({ ada, piet }, values) {
  const procedure = await make(piet, "procedure", values);
  const done = await call(ada, "POST", `procedure/${procedure.number}/moves/approve`, { review_due: day(300) });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  return procedure;
}

async function answered(page, run, step, values) {
  const done = await call(page, "POST", `procedure_run/${run.number}/moves/answer`, { step, ...values });
  assert.equal(done.status, 200, JSON.stringify(done.body));
}

/** The hour of today or of a coming day, by the server's clock, as the API takes it. */
function hour(days, hours) {
  return `${day(days)}T${String(hours).padStart(2, "0")}:00:00Z`;
}

/** The night at the gate: whoever has no licence that counts is refused, by page and API; Luc takes it and knows his orders. */
async function gate(firm) {
  const { ada, piet, luc, sites } = firm;
  const orders = await make(piet, "document", { title: "Post orders, gate Lyon", class: "post_order", site: sites.Lyon.number, text: "Check seals of every truck." });
  await call(piet, "POST", `document/${orders.number}/moves/submit`, {});
  const approved = await call(ada, "POST", `document/${orders.number}/moves/approve`, { review_due: day(300) });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  const post = await make(piet, "place", { name: "Gate Lyon", class: "post", site: sites.Lyon.number, guards: 1, needs: "licence", orders: orders.number });
  const noor = await make(ada, "person", { name: "Noor", email: "noor@sites.example", site: sites.Lyon.number });
  const whoLuc = await person(ada, people.luc);
  await make(ada, "credential", [
    { title: "Guard licence", class: "licence", person: noor.number, expires: day(-1) },
    { title: "Guard licence", class: "licence", person: whoLuc, expires: day(300) },
  ]);
  const night = await make(piet, "shift", { class: "regular", place: post.number, starts: hour(1, 22), ends: hour(2, 6) });
  await duty(piet, "D-135", /red.*0 of 8 post-hours covered.*8 h that nobody covers/s, sites.Lyon);
  const forced = await call(piet, "PATCH", `shift/${night.number}`, { person: noor.number });
  assert.equal(forced.status, 422);
  assert.match(JSON.stringify(forced.body), new RegExp(`Gate Lyon asks for a licence; Noor, whose licence counted until ${day(-1)}`));
  await visit(piet, `/r/shift/${id(night)}/edit`);
  await choose(piet, ".field:has(label:text-is('Person'))", "Noor");
  await leads(piet, () => piet.click("button:has-text('Save')"));
  assert.match(await text(piet, "main"), /Noor, whose licence counted until/);
  await picture(piet, "b2-refused");
  await visit(piet, `/r/shift/${id(night)}/edit`);
  await choose(piet, ".field:has(label:text-is('Person'))", "Luc");
  await leads(piet, () => piet.click("button:has-text('Save')"));
  const path = await duty(piet, "D-135", /green.*8 of 8 post-hours covered/s, sites.Lyon);
  await assertLooksRight(firm.browser, path, "b3-covered", await piet.context().storageState());
  const phone = await as(firm.browser, people.luc, { size: "phone" });
  await visit(phone, `/r/shift/${id(night)}`);
  assert.match(await text(phone, "main"), /Post orders.*Check seals of every truck/s);
  await leads(phone, () => phone.click("button:has-text('Confirm')"));
  assert.match(await text(phone, ".head"), /Confirmed/);
  await picture(phone, "b3-phone");
  await assertNoSidewaysScroll(phone, "b3-phone");
  await phone.context().close();
}

/** Three announced, all in; one needs an escort, one stays too long; the evacuation list is whoever is there. */
async function visitors(firm) {
  const { sites } = firm;
  const host = await person(firm.piet, people.piet);
  const place = await make(firm.piet, "place", { name: "Reception Berlin", class: "zone", site: sites.Berlin.number });
  const now = Date.now() + ahead * 1000;
  const at = (minutes) => new Date(now + minutes * 60_000).toISOString();
  const visit3 = await make(firm.piet, "shift", ["Ann Archer", "Bo Berg", "Cem Can"].map((visitor, n) => ({ class: "visit", visitor, place: place.number, starts: at(-5), ends: at(120), escorted: n === 2 })));
  const act = (one, name) => call(firm.piet, "POST", `shift/${one.number}/moves/${name}`, {});
  for (const one of visit3.slice(0, 2)) assert.equal((await act(one, "come")).status, 200);
  const alone = await act(visit3[2], "come");
  assert.match(alone.body.detail, /must not go alone/);
  await call(firm.piet, "PATCH", `shift/${visit3[2].number}`, { person: host });
  assert.equal((await act(visit3[2], "come")).status, 200);
  const guard = await make(firm.piet, "shift", { class: "regular", place: place.number, person: host, starts: at(-60), ends: at(420) });
  assert.equal((await act(guard, "come")).status, 200);
  await duty(firm.piet, "D-158", /green.*3 of 3 visitors in within their time/s, sites.Berlin);
  for (const one of visit3.slice(0, 2)) assert.equal((await act(one, "go")).status, 200);
  await later(firm, 121 * 60);
  await duty(firm.piet, "D-158", /red.*0 of 1 visitors in within their time.*Cem Can overstayed/s, sites.Berlin);
  const site = `/r/site/${id(sites.Berlin)}`;
  await visit(firm.piet, site);
  assert.match(await text(firm.piet, "main"), /On site now.*2 1 visitor, 1 on shift · overstayed 1/s);
  await leads(firm.piet, () => firm.piet.click("a:has-text('Evacuation list')"));
  const list = new URL(firm.piet.url()).pathname;
  const names = await firm.piet.locator("tbody tr b").allInnerTexts();
  assert.deepEqual(names, ["Cem Can", "Piet van Dam"], "exactly those present");
  await picture(firm.piet, "b12-list");
  await assertLooksRight(firm.browser, list, "b12-list", await firm.piet.context().storageState());
  await assertLooksRight(firm.browser, site, "b12-site", await firm.piet.context().storageState());
  await visit(firm.piet, `/r/shift/${id(visit3[2])}`);
  await firm.piet.click('button[data-open="move-go"]');
  await submit(firm.piet, "move-go", {});
  await act(guard, "go");
  await duty(firm.piet, "D-158", /green.*0 of 0/s, sites.Berlin);
}

/** Next week at the vault by a file: whoever lacks the clearance is refused and reported, the others enter. */
async function vault(firm) {
  const { ada, piet, sites } = firm;
  const post = await make(piet, "place", { name: "Vault Berlin", class: "post", site: sites.Berlin.number, needs: "clearance" });
  const crew = await make(ada, "person", ["Vic", "Val", "Nemo"].map((name) => ({ name, email: `${name.toLowerCase()}@sites.example` })));
  await make(ada, "credential", crew.slice(0, 2).map((one) => ({ title: "Clearance", class: "clearance", person: one.number, expires: day(300) })));
  await duty(piet, "D-136", /green.*2 of 2 clearances and shifts in order/s);
  await visit(piet, "/r/shift/import");
  const rows = crew.map((one, n) => `regular,${one.number},${post.number},${hour(7 + n, 8)},${hour(7 + n, 16)}`);
  const file = ["class,person,place,starts,ends", ...rows].join("\r\n");
  await piet.setInputFiles("#file", { name: "roster.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await leads(piet, () => piet.click("button[value=real]"));
  assert.match(await text(piet, "main"), /2 created .* 1 refused.*4 Vault Berlin asks for a clearance; Nemo, who holds no clearance that counts/is);
  await picture(piet, "b14-import");
  await duty(piet, "D-136", /green.*4 of 4 clearances and shifts in order/s);
}

/** The daily report of each site is signed; the week's compares them, and each figure opens to rows of its site. */
async function compare({ browser, piet, sites }) {
  for (const name of ["Berlin", "Lyon", "Gdansk"]) {
    await visit(piet, "/reports");
    await leads(piet, () => piet.locator(`tr:has(th:text-is('${name}')) form:has([name=class][value=daily]) button`).click());
    assert.match(await text(piet, ".head"), new RegExp(`report, ${name}`));
    await piet.click('button[data-open="move-sign"]');
    await leads(piet, () => piet.click("#move-sign footer button[type=submit]"));
    assert.match(await text(piet, "main"), /Signed by Piet van Dam/);
  }
  await visit(piet, "/reports");
  await leads(piet, () => piet.locator("tr:has(th:text-is('Organisation')) form:has([name=class][value=weekly]) button").click());
  const table = piet.locator("section:has(h2:text('Sites compared'))");
  assert.deepEqual(await table.locator("thead th").allInnerTexts(), ["Duty", "Berlin", "Gdansk", "Lyon"]);
  await assertLooksRight(browser, new URL(piet.url()).pathname, "b19-week", await piet.context().storageState());
  await leads(piet, () => table.locator("tr:has(th:text-is('D-156')) td").nth(2).locator("a").click());
  await leads(piet, () => piet.click(".figure a"));
  const rows = await piet.locator("tbody tr").allInnerTexts();
  assert.ok(rows.length === 1 && /Extinguishers Lyon/.test(rows[0]), "rows of Lyon only");
  await visit(piet, "/duties");
  assert.match(await text(piet, "main"), /D-147.*23 of 24|D-156.*1 of 1/s);
  await assertLooksRight(browser, "/duties", "b19-duties", await piet.context().storageState());
}

/** Twenty-four points, the seventh not passed: red, and amber once it has its reason and a work order. */
async function patrol(firm) {
  const { piet, sites } = firm;
  const steps = Array.from({ length: 24 }, (_, at) => ({ what: `Checkpoint ${at + 1}`, answer: "scan", options: `BER-${at + 1}` }));
  const round = await approved(firm, { title: "Night patrol", class: "patrol", site: sites.Berlin.number, steps });
  const run = await make(piet, "procedure_run", { procedure: round.number, assignee: await person(piet, people.piet), due: day(-1) });
  for (let step = 1; step <= 24; step++) {
    if (step !== 7) await answered(piet, run, step, { answer: `BER-${step}` });
  }
  const path = await duty(piet, "D-147", /red.*23 of 24 points passed.*Checkpoint 7 not passed, and no reason given/s, sites.Berlin);
  await picture(piet, "b4-red");
  await answered(piet, run, 7, { verdict: "skipped", note: "door blocked" });
  await visit(piet, path);
  await leads(piet, () => piet.click("tr:has-text('Checkpoint 7') a:has-text('Task')"));
  await piet.fill("[name=title]", "Clear the door at checkpoint 7");
  await leads(piet, () => piet.click("button:has-text('Save')"));
  await duty(piet, "D-147", /amber.*23 of 24 points passed.*Checkpoint 7 not passed: door blocked.*TSK-\d+ Clear the door/s, sites.Berlin);
  await assertLooksRight(firm.browser, path, "b4-amber", await piet.context().storageState());
}

/** A door of Lyon is forced: Luc is sent, is there after four minutes, and the alarm stays open until its outcome. */
async function alarm(firm) {
  const { ada, sites } = firm;
  await make(ada, "log_source", { name: "doors-lyon", product: "doors", interval: 3600, site: sites.Lyon.number });
  const csrf = await ada.getAttribute("meta[name=csrf]", "content");
  const sent = await ada.request.post(`${base}/ingest/doors-lyon`, { data: `${JSON.stringify({ site: "Lyon", door: "Dock 3", result: "forced" })}\n`, headers: { "x-csrf-token": csrf, "content-type": "application/x-ndjson" } });
  assert.ok(sent.ok(), String(sent.status()));
  let found;
  await until("the alarm", async () => (found = (await call(firm.piet, "GET", `alert?q=${encodeURIComponent("rule.product:physical")}&limit=1`)).body.items[0]));
  assert.equal(found.site, sites.Lyon.number);
  const page = `/r/alert/${id(found)}`;
  const early = await call(firm.piet, "POST", `alert/${found.number}/moves/arrive`, {});
  assert.equal(early.status, 422, "nobody was sent");
  await visit(firm.piet, page);
  await firm.piet.click('button[data-open="move-dispatch"]');
  await choose(firm.piet, "#move-dispatch", "Luc");
  await submit(firm.piet, "move-dispatch", {});
  await visit(firm.luc, "/");
  assert.match(await text(firm.luc, "main"), /Go and see: Door forced open/, "Luc has it as a task");
  await later(firm, 4 * 60);
  const there = await call(firm.piet, "POST", `alert/${found.number}/moves/arrive`, {});
  assert.equal(there.status, 200, JSON.stringify(there.body));
  const without = await call(firm.piet, "POST", `alert/${found.number}/moves/close`, {});
  assert.equal(without.status, 422);
  assert.notEqual((await call(firm.piet, "GET", `alert/${found.number}`)).body.state, "closed", "open without its outcome");
  await visit(firm.piet, page);
  assert.match(await text(firm.piet, "main"), /Response 4m/);
  await assertLooksRight(firm.browser, page, "b5-alarm", await firm.piet.context().storageState());
  await firm.piet.click('button[data-open="move-close"]');
  await submit(firm.piet, "move-close", { verdict: "true_positive", reason: "Lock broken, nobody found; carpenter called" });
  await duty(firm.piet, "D-149", /green.*1 of 1 alarms answered in time/s, sites.Lyon);
  await visit(firm.piet, `/r/site/${id(sites.Lyon)}`);
  assert.match(await text(firm.piet, "main"), /Alarms answered, 30 days 1 Until somebody was there: mean 4\.\d min/);
}

/** A work order under a service level of 48 hours; an hour too late it is a breach on the contract, with a draft notice. */
async function camera(firm) {
  const { ada, sites } = firm;
  const owner = await person(ada, people.piet);
  const vendor = await make(ada, "party", { name: "Lens Service", class: "vendor", overseer: owner });
  const contract = await make(ada, "agreement", { title: "Camera maintenance", class: "maintenance", party: vendor.number, price: eur(12000), sites: [sites.Lyon.number] });
  const signed = await call(ada, "POST", `agreement/${contract.number}/moves/sign`, { starts: day(-100), ends: day(265), owner });
  assert.equal(signed.status, 200, JSON.stringify(signed.body));
  const level = await make(ada, "service_level", { title: "Camera repaired", agreement: contract.number, target: 48, unit: "hours", better: "lower", readings: [{ period_end: day(-3), value: 20 }] });
  const asset = await make(ada, "asset", { name: "Camera 12 Lyon", class: "camera", site: sites.Lyon.number, owner });
  const order = await make(firm.piet, "task", { title: "Camera 12 is dark", asset: asset.number, level: level.number, assignee: owner });
  await duty(firm.piet, "D-150", /green.*1 of 1/s, sites.Lyon);
  await duty(firm.piet, "D-104", /green.*1 of 1/s);
  await later(firm, 49 * 60 * 60);
  await duty(firm.piet, "D-150", /red.*0 of 1.*Camera 12 is dark/s, sites.Lyon);
  await picture(firm.piet, "b6-red");
  await until("the breach", async () => (await call(firm.piet, "GET", `service_level/${level.number}`)).body.met === "missed");
  const kept = (await call(firm.piet, "GET", `service_level/${level.number}`)).body;
  assert.match(kept.readings.at(-1).note, new RegExp(`${order.number} Camera 12 is dark: not done within 48 h`));
  const notices = (await call(firm.piet, "GET", `message?q=${encodeURIComponent('"Notice of breach" state:draft')}&limit=5`)).body.items;
  assert.equal(notices.length, 1, "one draft notice");
  assert.deepEqual(notices[0].parties, [vendor.number]);
  const path = await duty(firm.piet, "D-104", /red.*0 of 1.*breach without an answer/s);
  await visit(firm.piet, `/r/agreement/${id(contract)}`);
  assert.match(await text(firm.piet, "main"), /Performance.*Service levels not breached 0 of 1/s);
  await assertLooksRight(firm.browser, path, "b6-breach", await firm.piet.context().storageState());
}

/** An amount of whole euros. */
function eur(whole) {
  return { minor: whole * 100, currency: "EUR" };
}

/** Who took a key home: the head of the department is told, and owes the outcome in five days. */
async function violation(firm) {
  const { ada, piet } = firm;
  const head = await make(ada, "person", { name: "Heidi Brandt", email: "heidi@sites.example" });
  const heads = await make(ada, "group", { name: "Head of stores", people: [head.number] });
  const notice = await make(piet, "message", { title: "Key 17 taken home", class: "violation_notice", text: "Luc's colleague kept key 17 over night." });
  const send = () => call(piet, "POST", `message/${notice.number}/moves/send`, {});
  assert.match((await send()).body.detail, /which head of a department/);
  await call(piet, "PATCH", `message/${notice.number}`, { audience: [heads.number] });
  assert.equal((await send()).status, 200);
  const heidi = await as(firm.browser, "heidi@sites.example", { size: "phone" });
  await until("the notice", async () => {
    await visit(heidi, "/reading");
    return /Key 17 taken home/.test(await text(heidi, "main"));
  });
  await heidi.context().close();
  await duty(piet, "D-036", /green.*1 of 1/s);
  await later(firm, 5 * DAY + 60);
  await duty(firm.piet, "D-036", /red.*0 of 1.*no outcome, after five days/s);
  await visit(firm.piet, `/r/message/${id(notice)}`);
  await firm.piet.click('button[data-open="move-answer"]');
  await submit(firm.piet, "move-answer", { answer: "Warned in writing; keys are counted at six." });
  await duty(firm.piet, "D-036", /green.*1 of 1/s);
}

/** Due in six days; the dated form makes it green and sets the next day. */
async function fireCheck({ browser, piet, sites }) {
  const owner = await person(piet, people.piet);
  const check = await make(piet, "check", { title: "Extinguishers Lyon", class: "fire_check", site: sites.Lyon.number, owner, every: 365, due: day(6) });
  await duty(piet, "D-156", /amber.*1 of 1 fire checks in date.*Extinguishers Lyon due within a week/s, sites.Lyon);
  await picture(piet, "b11-amber");
  await visit(piet, `/r/check/${id(check)}`);
  await leads(piet, () => piet.click("a:has-text('Record a result')"));
  await piet.selectOption("[name=conclusion]", "passed");
  await piet.fill("[name=evidence]", "Form signed by the fire brigade, attached");
  await leads(piet, () => piet.click("button:has-text('Save')"));
  const result = new URL(piet.url()).pathname;
  await piet.setInputFiles("input[type=file]", { name: "form.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 signed") });
  await leads(piet, () => piet.click("button:has-text('Attach')"));
  await visit(piet, result);
  assert.match(await text(piet, "main"), /form\.pdf/);
  await duty(piet, "D-156", /green.*1 of 1 fire checks in date/s, sites.Lyon);
  assert.equal((await call(piet, "GET", `check/${check.number}`)).body.due, day(365), "the next day");
  await assertLooksRight(browser, `/r/check/${id(check)}`, "b11-check", await piet.context().storageState());
}

/** Notice in twenty days: what the guards did is computed, three bids rank by quality and cost, and the renewal is promised money. */
async function contract(firm) {
  const { ada, piet, sites } = firm;
  const owner = await person(ada, people.piet);
  const firms = await make(ada, "party", ["Alpha Guards", "Beta Guards", "Gamma Guards"].map((name) => ({ name, class: "vendor", overseer: owner })));
  const guards = await make(ada, "agreement", { title: "Guards for Berlin", class: "guarding", party: firms[0].number, price: eur(200000), sites: [sites.Berlin.number], notice_by: day(20) });
  const signed = await call(ada, "POST", `agreement/${guards.number}/moves/sign`, { starts: day(-305), ends: day(60), owner });
  assert.equal(signed.status, 200, JSON.stringify(signed.body));
  // Four shifts of eight hours in the month, three of them stood; one complaint of two is answered.
  const post = await make(piet, "place", { name: "Door Berlin", class: "post", site: sites.Berlin.number });
  const at = (days, hours) => `${day(-days)}T${String(hours).padStart(2, "0")}:00:00Z`;
  const person4 = (await make(ada, "person", [{ name: "Gus", email: "gus@sites.example" }]))[0];
  const shifts = await make(piet, "shift", [5, 4, 3, 2].map((days) => ({ class: "regular", place: post.number, person: person4.number, starts: at(days, 6), ends: at(days, 14) })));
  for (const one of shifts.slice(0, 3)) assert.equal((await call(piet, "POST", `shift/${one.number}/moves/come`, {})).status, 200);
  const words = await make(piet, "message", ["Asleep at the door", "Late on Monday"].map((title) => ({ title, class: "complaint", text: title, parties: [firms[0].number] })));
  await call(piet, "POST", `message/${words[0].number}/moves/answer`, { answer: "Another guard came" });
  const round = await approved(firm, { title: "Evening round", class: "patrol", site: sites.Berlin.number, steps: [1, 2, 3, 4].map((at) => ({ what: `Door ${at}`, answer: "check" })) });
  const run = await make(piet, "procedure_run", { procedure: round.number, assignee: owner, due: day(-1) });
  for (const step of [1, 2, 3]) await answered(piet, run, step, { verdict: "passed" });
  await make(ada, "service_level", [{ title: "Posts stood", target: 98, unit: "per cent", better: "higher", readings: [{ period_end: day(-2), value: 99 }] }, { title: "Reports by six", target: 95, unit: "per cent", better: "higher", readings: [{ period_end: day(-2), value: 90 }], action: "Talked to their lead" }].map((one) => ({ ...one, agreement: guards.number })));
  const page = `/r/agreement/${id(guards)}`;
  await visit(piet, page);
  assert.match(await text(piet, "main"), /Post-hours stood 24 of 32.*Patrol points passed 3 of 4.*Complaints answered, one year 1 of 2.*Service levels not breached 1 of 2/s);
  await assertLooksRight(firm.browser, page, "b15-contract", await piet.context().storageState());
  // Quality counts 60, cost 40: Alpha 48 + 24 = 72, Beta 36 + 34 = 70, Gamma 54 + 20 = 74.
  await make(piet, "bid", [[80, 60, 200000], [60, 85, 180000], [90, 50, 230000]].map(([quality, cost, price], n) => ({ title: `Bid of ${firms[n].name}`, tender: "Guards 2027", party: firms[n].number, price: eur(price), cost, quality, weight: 40 })));
  await visit(piet, `/r/bid?q=${encodeURIComponent('tender:"Guards 2027"')}`);
  const ranked = (await call(piet, "GET", `bid?q=${encodeURIComponent('tender:"Guards 2027"')}&sort=-score&limit=5`)).body.items;
  assert.deepEqual(ranked.map((one) => [one.title, one.score]), [["Bid of Gamma Guards", 74], ["Bid of Alpha Guards", 72], ["Bid of Beta Guards", 70]], "as in the hand table");
  const shown = (await text(piet, "main")).match(/Bid of (\w+) Guards/g);
  assert.deepEqual(shown, ["Bid of Gamma Guards", "Bid of Alpha Guards", "Bid of Beta Guards"], "the list ranks them");
  const decision = await make(piet, "decision", { title: "Renew, 1 year", matter: "award", about: guards.number, request: "Renew for a year: they know the house, and Gamma costs 30,000 more.", options: "Gamma: better, dearer. Beta: cheaper, weaker." });
  const own = await call(piet, "POST", `decision/${decision.number}/moves/approve`, {});
  assert.deepEqual([own.status, own.body.rule], [422, "RU-38"]);
  assert.equal((await call(ada, "POST", `decision/${decision.number}/moves/approve`, { reason: "Agreed" })).status, 200);
  await visit(ada, page);
  await ada.click(".head summary:has-text('More')");
  await ada.click('button[data-open="move-renew"]');
  await submit(ada, "move-renew", { ends: day(425), reason: "Renew, 1 year: DEC-1", notice_by: day(380) });
  const lines = (await call(ada, "GET", `money_line?q=${encodeURIComponent(`agreement:${guards.number}`)}&limit=5`)).body.items;
  assert.deepEqual(lines.map((one) => [one.class, one.account, one.amount.minor, one.fiscal_year]), [["commitment", "guarding", 20_000_000, Number(day(61).slice(0, 4))]]);
  await visit(piet, `/money?year=${day(61).slice(0, 4)}`);
  assert.match(await text(piet, "main"), /guarding.*200.000/s, "the commitment shows in the budget");
  await picture(piet, "b15-budget");
}

/** The guarding budget is forecast at 104 %; a post is not cut without a procedure in its place (RU-56). */
async function cut(firm) {
  const { ada, piet, sites } = firm;
  const year = Number(day(61).slice(0, 4));
  const line = (cls, amount) => ({ title: `Guards ${cls}`, class: cls, fiscal_year: year, account: "guarding", amount: eur(amount), on: day(0), owner: "PER-1" });
  const [budget] = await make(piet, "money_line", [line("budget", 240000), line("forecast", 49600)]);
  assert.equal((await call(ada, "POST", `money_line/${budget.number}/moves/approve`, {})).status, 200);
  await visit(piet, `/money?year=${year}`);
  assert.match(await text(piet, "main"), /guarding.*104 %/s);
  await picture(piet, "b16-budget");
  const post = await make(piet, "place", { name: "Post B2", class: "post", site: sites.Berlin.number, guards: 1 });
  await make(piet, "shift", [1, 2, 3].map((days) => ({ class: "regular", place: post.number, starts: hour(days, 14), ends: hour(days, 22) })));
  await make(piet, "risk", [{ title: "Break-in at night", class: "site", likelihood: 3, impact: 4, site: sites.Berlin.number, owner: await person(piet, people.piet) }]);
  const page = `/r/place/${id(post)}`;
  await visit(piet, page);
  assert.match(await text(piet, "main"), /If this post were cut.*24 h uncovered Of 3 shifts.*RSK-\d+ Break-in at night · score 12/s);
  await assertLooksRight(firm.browser, page, "b16-post", await piet.context().storageState());
  await leads(piet, () => piet.click("a:has-text('Propose to cut it')"));
  await piet.fill("[name=request]", "Saves 24 hours a week.");
  await leads(piet, () => piet.click("button:has-text('Save')"));
  assert.match(await text(piet, "main"), /fewer guards need a new procedure.*RU-56|RU-56.*fewer guards need a new procedure/s);
  await picture(piet, "b16-refused");
  const instead = await approved(firm, { title: "Camera round instead of post B2", class: "patrol", site: sites.Berlin.number, steps: [{ what: "Look at B2 each hour", answer: "check" }] });
  const sent = await make(piet, "decision", { title: "Cut Post B2", matter: "reduction", about: post.number, request: "Saves 24 hours a week.", options: "Keep it; or move it to days.", procedure: instead.number });
  await visit(ada, `/r/decision/${id(sent)}`);
  assert.match(await text(ada, "main"), /If this post were cut.*24 h uncovered/s);
  await ada.click('button[data-open="move-approve"]');
  await submit(ada, "move-approve", {});
  assert.match(await text(ada, ".head"), /Approved/);
}

/** A hundred and eighteen of a hundred and thirty took part; what was seen becomes two actions. */
async function drill(firm) {
  const { piet, sites } = firm;
  const plan = await approved(firm, { title: "Emergency drill", class: "drill", site: sites.Berlin.number, steps: [{ what: "Everybody out", answer: "check" }, { what: "Counted at the meeting point", answer: "check" }] });
  const of = (await call(firm.ada, "GET", `duty?q=${encodeURIComponent("code:D-171")}&limit=1`)).body.items[0];
  const [first] = (await call(firm.ada, "GET", `held_duty?q=${encodeURIComponent("duty.code:D-171")}&limit=1`)).body.items;
  await make(firm.ada, "held_duty", { title: "Emergency drills Berlin", duty: of.number, site: sites.Berlin.number, responsible: first.responsible, accountable: first.accountable });
  const run = await make(piet, "procedure_run", { procedure: plan.number, assignee: await person(piet, people.piet), due: day(0) });
  for (const step of [1, 2]) await answered(piet, run, step, { verdict: "passed" });
  await visit(piet, `/r/procedure_run/${id(run)}/edit`);
  await piet.fill("[name=expected]", "130");
  await piet.fill("[name=attended]", "118");
  await leads(piet, () => piet.click("button:has-text('Save')"));
  await call(piet, "POST", `procedure_run/${run.number}/moves/finish`, { summary: "The lift was used; the list lacked six names." });
  const actions = ["Lock the lifts on alarm", "Keep the list current"];
  await make(piet, "task", actions.map((title) => ({ title, about: run.number, assignee: run.assignee, due: day(14) })));
  const path = await duty(piet, "D-171", /green.*118 of 130 people drilled/s, sites.Berlin);
  await visit(piet, `/r/procedure_run/${id(run)}`);
  assert.match(await text(piet, "main"), /Tasks about it 2 open.*Lock the lifts on alarm.*Keep the list current/s);
  await assertLooksRight(firm.browser, path, "b17-drill", await piet.context().storageState());
}

/** Two involved, one witness: closed once each was heard, or why not (RU-52). */
async function theft({ piet }) {
  const made = await make(piet, "incident", {
    title: "Theft in Lyon", severity: "medium", manager: await person(piet, people.piet),
    people: [
      { name: "Marc", part: "involved", statement: "I was at the dock." },
      { name: "Jean", part: "involved", statement: "I saw nothing." },
      { name: "Nadia", part: "witness" },
    ],
  });
  const move = (act, values) => call(piet, "POST", `incident/${made.number}/moves/${act}`, values);
  assert.equal((await move("resolve", { reason: "Handed to the police, file 26/114" })).status, 200);
  const early = await move("close", { cause: "A door was left open" });
  assert.deepEqual([early.status, early.body.rule], [422, "RU-52"]);
  assert.match(early.body.detail, /Nadia was not heard/);
  const rows = (await call(piet, "GET", `incident/${made.number}`)).body.people;
  rows[2].no_statement = "Left the company; wrote twice";
  assert.equal((await call(piet, "PATCH", `incident/${made.number}`, { people: rows })).status, 200);
  assert.equal((await move("close", { cause: "A door was left open" })).status, 200);
}

/** Gdansk opens under a plan that somebody else than Piet approved (RU-51, RU-38). */
async function opening({ ada, piet, sites }) {
  const page = `/r/site/${id(sites.Gdansk)}`;
  await visit(piet, page);
  await leads(piet, () => piet.click("button:has-text('Open')"));
  assert.match(await text(piet, "main"), /Gdansk has no approved security plan.*RU-51/s);
  await picture(piet, "b9-refused");
  const plan = await make(piet, "document", { title: "Security plan Gdansk", class: "site_plan", site: sites.Gdansk.number, text: "Threats, zones, posts, keys, alarms." });
  assert.equal((await call(piet, "POST", `document/${plan.number}/moves/submit`, {})).status, 200);
  const own = await call(piet, "POST", `document/${plan.number}/moves/approve`, { review_due: day(300) });
  assert.ok([403, 422].includes(own.status), "the approver is not Piet");
  await visit(ada, `/r/document/${id(plan)}`);
  await ada.click('button[data-open="move-approve"]');
  await submit(ada, "move-approve", { review_due: day(300) });
  await visit(piet, page);
  await leads(piet, () => piet.click("button:has-text('Open')"));
  assert.match(await text(piet, ".head"), /Open/);
}

/** Thirty-one guards, one mandatory course of thirty days: two run out, one passes again. */
async function training(firm) {
  const guards = await make(firm.ada, "person", Array.from({ length: 31 }, (_, at) => ({ name: `Guard ${at + 1}`, email: `g${at + 1}@sites.example` })));
  const course = await make(firm.ada, "course", { name: "Use of force", mandatory: true, valid_days: 30 });
  const owed = await make(firm.ada, "completion", guards.map((one) => ({ course: course.number, person: one.number, due: day(60) })));
  const pass = async (list) => {
    for (const one of list) {
      const done = await call(firm.ada, "POST", `completion/${one.number}/moves/pass`, {});
      assert.equal(done.status, 200, JSON.stringify(done.body));
    }
  };
  await pass(owed.slice(0, 2));
  await later(firm, 20 * DAY);
  await pass(owed.slice(2));
  const figure = async () => {
    const rows = (await call(firm.ada, "GET", `completion?q=${encodeURIComponent("course.mandatory:yes expires<today")}&limit=50`)).body.items;
    return `${31 - rows.length} of 31`;
  };
  assert.equal(await figure(), "31 of 31");
  await later(firm, 11 * DAY);
  assert.equal(await figure(), "29 of 31");
  const again = await call(firm.ada, "POST", `completion/${owed[0].number}/moves/repeat`, { due: day(10) });
  assert.equal(again.status, 200, JSON.stringify(again.body));
  await pass([owed[0]]);
  assert.equal(await figure(), "30 of 31");
  const held = await call(firm.ada, "GET", `held_duty?q=${encodeURIComponent("duty.code:D-128")}&limit=1`);
  if (held.body.items.length) await duty(firm.ada, "D-128", /30 of 31/);
}

/** Seven supervisors are briefed; six read it, the seventh is listed. */
async function briefing(firm) {
  const crew = await make(firm.ada, "person", Array.from({ length: 7 }, (_, at) => ({ name: `Supervisor ${at + 1}`, email: `s${at + 1}@sites.example` })));
  const group = await make(firm.ada, "group", { name: "Supervisors", people: crew.map((one) => one.number) });
  const sent = await make(firm.piet, "message", { title: "Tonight", class: "briefing", rhythm: "daily", text: "Post B2 is open until ten; camera 12 is down.", audience: [group.number] });
  const done = await call(firm.piet, "POST", `message/${sent.number}/moves/send`, {});
  assert.equal(done.status, 200, JSON.stringify(done.body));
  for (const at of [1, 2, 3, 4, 5, 6]) {
    const reader = await as(firm.browser, `s${at}@sites.example`, { size: "phone" });
    await until("the briefing", async () => {
      await visit(reader, "/reading");
      return /Tonight/.test(await text(reader, "main"));
    });
    await leads(reader, () => reader.click("main tr:has-text('Tonight') a"));
    await leads(reader, () => reader.click("main form button[type=submit]"));
    await reader.context().close();
  }
  await visit(firm.piet, `/r/message/${id(sent)}`);
  assert.match(await text(firm.piet, "main"), /6 of 7.*Supervisor 7/s);
  await picture(firm.piet, "b18-briefing");
}

/** Luc sees his post and his reports; no budget, no personnel file, no other site. */
async function guard({ ada, luc }) {
  const review = await make(ada, "review", { title: "Talk", person: "PER-1", class: "case" });
  await visit(luc, "/r/shift");
  await visit(luc, "/report");
  for (const path of ["/money", "/r/money_line", `/r/review/${id(review)}`, "/r/role", "/responsibilities", "/reports"]) {
    assert.equal((await luc.request.get(base + path)).status(), 404, path);
  }
}

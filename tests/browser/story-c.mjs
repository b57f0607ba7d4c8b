// Story C: Sam, security manager of a firm of sixty people, and Dana, its director, from the first start to the month's end.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { assertLooksRight, base, leads, linkFor, openPage, picture, signInOnce, submit, text, until, visit } from "./browser.mjs";
import { DAY, ahead, as, call, choose, day, duty, id, later, make, person, tell } from "./story.mjs";

const chapters = [
  ["1 first start", firstStart],
  ["2 a second R", secondR],
  ["3 assets", assets],
  ["4 logs", logs],
  ["5 findings", findings],
  ["6 a policy", policy],
  ["7 a risk above appetite", risk],
  ["8 an incident alone", alone],
  ["9 shop round", round],
  ["10 vendors", vendors],
  ["11 budget", budget],
  ["12 card payments", pci],
  ["13 backups", backups],
  ["14 a leaver", leaver],
  ["15 responsibilities", responsibilities],
  ["16 exercise", exercise],
  ["17 month end", monthEnd],
  ["18 an auditor with one tag", auditor],
  ["19 a hard stop", hardStop],
];

await tell("sam", { sam: "sam@firm.example", dana: "dana@firm.example" }, chapters);

/** From the one-time link to a useful home page; nothing is asked of a network. */
async function firstStart(firm) {
  const { browser, sam } = firm;
  const began = Date.now();
  await signInOnce(sam, process.env.WATCHKEEP_ONCE);
  await sam.fill("[name=password]", "correct horse battery");
  if (await sam.locator("[name=again]").count()) await sam.fill("[name=again]", "correct horse battery");
  await leads(sam, () => sam.click("form:has([name=password]) button[type=submit]"));
  assert.match(new URL(sam.url()).pathname, /^\/start/);
  assert.match(await text(sam, "main"), /Small company .*45 duties/);
  await picture(sam, "c1-packs");
  await leads(sam, () => sam.click("text=Take Small company"));
  await sam.fill("[name=organisation]", "Harbour & Sons");
  await sam.fill("[name=name-0]", "Dana Reed");
  await sam.fill("[name=email-0]", "dana@firm.example");
  await sam.fill("[name=name-1]", "Sam Porter");
  await sam.fill("[name=email-1]", "sam@firm.example");
  await picture(sam, "c1-holders");
  await leads(sam, () => sam.click("button:has-text('Begin')"));
  assert.equal(new URL(sam.url()).pathname, "/");
  assert.match(await text(sam, ".head"), /43 held/, "Sam does 43; Dana does two and approves all");
  assert.ok(Date.now() - began < 10 * 60 * 1000);
  firm.dana = await as(browser, "dana@firm.example");
  await visit(firm.dana, "/");
  assert.match(await text(firm.dana, ".head"), /45 held/);
  await assertLooksRight(browser, "/", "c1-home", await sam.context().storageState());
  // Sixty people work here: Sam, Dana and fifty-eight others.
  const people = Array.from({ length: 58 }, (_, at) => ({ name: `Colleague ${String(at + 1).padStart(2, "0")}`, email: `c${at + 1}@firm.example` }));
  await make(sam, "person", people);
}

async function secondR({ sam }) {
  await visit(sam, "/responsibilities");
  const row = sam.locator("tbody tr:has(a[href^='/duty/'])").first();
  await leads(sam, () => row.locator("text=Change").click());
  const selects = sam.locator("tr.editing select");
  for (const at of [0, 1]) await selects.nth(at).selectOption("R");
  await leads(sam, () => sam.locator("tr.editing button[type=submit]").click());
  assert.match(await text(sam, "main"), /would both be R.*RU-02/);
  await picture(sam, "c2-second-r");
  await visit(sam, "/");
  const states = (await text(sam, ".head .actions")).match(/\d+/g).map(Number);
  assert.ok(states.at(-1) >= 30, `almost all grey: ${states}`);
  const rows = await sam.locator("section:has(h2:text('What to connect or enter')) tbody tr").all();
  for (const one of rows) assert.ok((await one.locator("td").last().innerText()).trim().length > 10, "each grey line says what to connect or enter");
}

async function assets({ sam }) {
  const line = (n, criticality = 1 + (n % 5)) => `as-${n},Device ${String(n).padStart(2, "0")},workstation,${criticality},${n < 68 ? "Sam Porter" : ""}`;
  const good = Array.from({ length: 80 }, (_, at) => line(at));
  const broken = good.map((row, at) => (at === 4 ? line(4, 9) : at === 30 ? row.replace("workstation", "toaster") : at === 79 ? "as-79,,workstation,2," : row));
  const send = async (rows) => {
    await visit(sam, "/r/asset/import");
    const file = ["external_id,name,class,criticality,owner", ...rows].join("\r\n");
    await sam.setInputFiles("#file", { name: "assets.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await leads(sam, () => sam.click("button[value=real]"));
    return text(sam, "main");
  };
  const said = await send(broken);
  assert.match(said, /77 created .* 3 refused/);
  assert.match(said, /6 criticality: must be between 1 and 5.*32 class: `toaster` is not a choice.*81 name: name is missing/is);
  assert.match(await send(good), /3 created .* 77 unchanged/);
  await duty(sam, "D-062", /red.*68 of 80/s);
  await visit(sam, "/r/asset?q=owner:none&sort=name");
  for (const box of await sam.locator("tbody .pick input").all()) await box.check();
  await leads(sam, () => sam.click('form[data-bulk] button[value="change"]'));
  assert.match(await text(sam, "h1"), /Change 12 assets/);
  await choose(sam, '.setting:has-text("Owner")', "Sam Por");
  await leads(sam, () => sam.click('button[value="set"]'));
  await duty(sam, "D-062", /green.*80 of 80/s);
}

async function logs({ sam }) {
  const kinds = ["firewall", "laptop-1", "laptop-2", "laptop-3", "laptop-4", "laptop-5"];
  await make(sam, "log_source", kinds.map((name) => ({ name, interval: 3600 })));
  await duty(sam, "D-001", /0 of 6/);
  const csrf = await sam.getAttribute("meta[name=csrf]", "content");
  for (const name of kinds) {
    const line = JSON.stringify({ time: new Date().toISOString(), host: name, message: `quokka-${name} is up` });
    const answer = await sam.request.post(`${base}/ingest/${name}`, { data: `${line}\n`, headers: { "x-csrf-token": csrf, "content-type": "application/x-ndjson" } });
    assert.ok(answer.ok(), `${name}: ${answer.status()} ${await answer.text()}`);
  }
  const sent = Date.now();
  await until("the events", async () => {
    await visit(sam, "/events?q=quokka-firewall");
    return /quokka-firewall is up/.test(await text(sam, "main"));
  });
  assert.ok(Date.now() - sent < 60_000);
  await duty(sam, "D-001", /green.*6 of 6/s);
}

async function findings({ sam }) {
  const row = (n) => `scan-${n},Weak cipher on device ${String(n).padStart(2, "0")},${n < 2 ? "critical" : n < 15 ? "high" : "medium"},scanner`;
  const scan = (numbers) => ["external_id,title,severity,source", ...numbers.map(row)].join("\n");
  const all = Array.from({ length: 45 }, (_, at) => at);
  const send = async (numbers, complete) => {
    await visit(sam, "/r/finding/import");
    await sam.setInputFiles("#file", { name: "scan.csv", mimeType: "text/csv", buffer: Buffer.from(scan(numbers)) });
    if (complete) await sam.fill("#complete", "source:scanner");
    await leads(sam, () => sam.click("button[value=real]"));
    return text(sam, "main");
  };
  assert.match(await send(all), /45 created/);
  await duty(sam, "D-054", /red.*0 of 45/s);
  for (const [severity, days] of [["critical", 7], ["high", 30], ["medium", 90]]) {
    await visit(sam, `/r/finding?q=severity:${severity}&limit=50`);
    for (const box of await sam.locator("tbody .pick input").all()) await box.check();
    await leads(sam, () => sam.click('form[data-bulk] button[value="change"]'));
    await choose(sam, '.setting:has-text("Owner")', "Sam Por");
    await sam.fill('.setting [name="due"]', day(days));
    await sam.fill('.setting [name="plan"]', "Update, then scan again");
    const steps = sam.locator(".setting", { has: sam.locator("legend:text('Milestones')") });
    await steps.locator("[data-add-child]").click();
    await steps.locator('[name$="].what"]').last().fill("Updated");
    await steps.locator('[name$="].due"]').last().fill(day(days));
    if (severity === "critical") await picture(sam, "c5-bulk");
    await leads(sam, () => sam.click('button[value="set"]'));
  }
  await duty(sam, "D-054", /green.*45 of 45/s);
  assert.match(await send(all), /0 created .* 45 unchanged/);
  assert.match(await send(all.slice(0, 43), true), /0 created .* 43 unchanged · 2 closed/);
  await visit(sam, "/r/finding?q=state:closed");
  const closed = await text(sam, "main");
  assert.match(closed, /device 43/);
  assert.match(closed, /device 44/);
  await leads(sam, () => sam.click("text=Weak cipher on device 43"));
  assert.match(await text(sam, "main"), /Proof scan\.csv of \d{4}-\d\d-\d\d finds it no more/);
}

/** Reads what waits for somebody and confirms it: a click that opens it, a click that confirms. */
async function reads(page) {
  await visit(page, "/");
  assert.match(await text(page, "main"), /To read: Clear desk and clear screen/);
  await leads(page, () => page.click("main tr:has-text('Clear desk') a.btn"));
  assert.match(await text(page, "main"), /to read · policy · issue 1 .*Purpose.*Laptops go along or into a locked drawer.*approved by Dana Reed/);
  await leads(page, () => page.click("main form button[type=submit]"));
  assert.match(await text(page, ".note"), /Thank you\. Clear desk and clear screen: confirmed/);
}

/** From one of our texts to sixty people; each confirms it in two clicks without any role, and six are left, by name. */
async function policy({ browser, sam, dana }) {
  const all = await call(sam, "GET", "person?limit=100&sort=number");
  const sixty = all.body.items;
  assert.equal(sixty.length, 60);
  const readers = await make(sam, "group", { name: "All of us", people: sixty.map((one) => one.number) });
  await visit(sam, "/r/document/new");
  await leads(sam, () => sam.click("a:has-text('Clear desk and clear screen')"));
  await leads(sam, () => sam.click("button:has-text('Save')"));
  const page = new URL(sam.url()).pathname;
  const changed = await call(sam, "PATCH", `document/DOC-${page.split("/").pop()}`, { audience: [readers.number] });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  await visit(sam, page);
  await leads(sam, () => sam.click("button:has-text('Put forward')"));
  await visit(sam, page);
  const csrf = await sam.getAttribute("meta[name=csrf]", "content");
  const alone = await sam.request.post(`${base}${page}/move/approve`, { form: { csrf, review_due: "2030-01-01" } });
  assert.equal(alone.status(), 422);
  assert.match(await alone.text(), /whoever asks does not decide.*RU-38/s);
  await visit(dana, page);
  await dana.click('button[data-open="move-approve"]');
  await submit(dana, "move-approve", { review_due: "2030-01-01" });
  await visit(sam, page);
  await leads(sam, () => sam.click("button:has-text('Publish')"));
  await visit(sam, page);
  assert.match(await text(sam, "main"), /Who has read it .* 0 of 60.* 60 not yet/);

  // Colleagues have no role: the document is not there for them, the text is.
  const others = sixty.filter((one) => one.name.startsWith("Colleague"));
  const first = await as(browser, others[0].email, { size: "phone" });
  assert.equal((await first.request.get(base + page)).status(), 404);
  await assertLooksRight(browser, "/reading", "c6-reading", await first.context().storageState());
  const link = await (await visit(first, "/reading"), first.getAttribute("main a.btn", "href"));
  await assertLooksRight(browser, link, "c6-reading-one", await first.context().storageState());
  await reads(first);
  await first.context().close();
  // They take turns at one machine.
  const reader = await openPage(browser);
  for (const one of others.slice(1, 52)) {
    await signInOnce(reader, linkFor(one.email));
    await reads(reader);
  }
  await reader.context().close();
  await reads(sam);
  await reads(dana);
  await visit(sam, page);
  assert.match(await text(sam, "main"), /54 of 60.* 6 not yet/);
  const left = await text(sam, ".names");
  for (const one of others.slice(52)) assert.ok(left.includes(one.name), `${one.name} is named`);
  assert.ok(!left.includes(others[0].name));
  await picture(sam, "c6-six-left");
}

async function risk(firm) {
  const { sam, dana } = firm;
  const made = await make(dana, "risk", { title: "Payroll provider outage", owner: await person(dana, "dana@firm.example"), likelihood: 4, impact: 4 });
  const page = `/r/risk/${id(made)}`;
  const accept = async (who) => {
    await visit(who, page);
    await who.click('button[data-open="move-accept"]');
    await submit(who, "move-accept", { accepted_until: day(90), reason: "Insured, and paid by hand meanwhile" });
    return text(who, "main");
  };
  assert.match(await accept(sam), /only the risk's owner accepts what is left of it: Dana Reed.*RU-34/);
  assert.match(await accept(dana), /Accepted/);
  await duty(sam, "D-087", /green.*1 of 1/s);
  await later(firm, 91 * DAY);
  await duty(firm.sam, "D-087", /red.*0 of 1.*Payroll provider outage/s);
  await picture(firm.sam, "c7-ran-out");
}

async function vendors({ sam }) {
  const names = ["Payroll Partners", "Cloud Mail", "Alarm Service", "Cleaning"];
  const made = await make(sam, "party", names.map((name, at) => ({ name, class: at === 1 ? "cloud_provider" : "vendor", tier: at === 0 ? "critical" : "ordinary", overseer: "PER-1", assessment_due: day(10 - at) })));
  await duty(sam, "D-101", /0 of 4/);
  await make(sam, "agreement", { title: "Payroll", class: "service", party: made[0].number, owner: "PER-1", starts: day(-300), ends: day(65), notice_by: day(20) });
  const asked = await make(sam, "engagement", { title: "Payroll provider, yearly", class: "vendor_questionnaire", party: made[0].number, due: day(5) });
  const page = `/r/engagement/${id(asked)}`;
  await visit(sam, page);
  await sam.click('button[data-open="move-start"]');
  await choose(sam, "#move-start", "Sam Por");
  await submit(sam, "move-start", { scope: "How they keep our pay data, and what they do in an outage" });
  await sam.click('button[data-open="move-close"]');
  await submit(sam, "move-close", { conclusion: "Good; a second site since January" });
  const offenders = await duty(sam, "D-101", /1 of 4/).then(() => sam.locator("section:has(h2:text('Measure')) tbody tr td:nth-child(2)").allInnerTexts());
  assert.deepEqual(offenders, ["Cleaning", "Alarm Service", "Cloud Mail"], "the three others, by the day they are due");
}

async function responsibilities({ browser, sam }) {
  await visit(sam, "/responsibilities");
  const before = await text(sam, "main");
  assert.match(before, /45 without a deputy/);
  // Dana's assistant stands in for the director, and for two duties of Sam's.
  await make(sam, "function", { name: "Director's assistant", holder: await person(sam, "c1@firm.example") });
  const director = await call(sam, "GET", `function?q=${encodeURIComponent('name:Director')}&limit=5`);
  const number = director.body.items.find((one) => one.name === "Director").number;
  await call(sam, "PATCH", `function/${number}`, { deputy: await person(sam, "c1@firm.example") });
  const mine = await call(sam, "GET", `held_duty?q=${encodeURIComponent('responsible.holder:me')}&limit=50`);
  assert.equal(mine.body.items.length, 43, "Sam does 43 of 45");
  const deputise = async (records) => {
    for (const one of records) {
      await visit(sam, `/r/held_duty/${id(one)}/edit`);
      await choose(sam, ".field:has(label:text-is('Deputy'))", "Director's as");
      await leads(sam, () => sam.click("button:has-text('Save')"));
      assert.match(await text(sam, "main"), /Deputy Director's assistant/);
    }
    await visit(sam, "/responsibilities");
    return text(sam, "main");
  };
  assert.match(await deputise(mine.body.items.slice(0, 2)), /41 without a deputy/);
  await picture(sam, "c15-gaps");
  assert.match(await deputise(mine.body.items.slice(2, 7)), /36 without a deputy/);
  await survey({ browser, sam });
}

/** Three answers without names, also in the history. */
async function survey({ browser, sam }) {
  const staff = ["c3@firm.example", "c4@firm.example", "c5@firm.example"];
  const people = [];
  for (const email of staff) people.push(await person(sam, email));
  const group = await make(sam, "group", { name: "Asked about roles", people });
  const asks = [{ question: "Do you know what you answer for?", options: "Yes\nNo" }, { question: "What is missing?" }];
  const made = await make(sam, "survey", { title: "Are the roles right?", class: "roles", anonymous: true, threshold: 3, audience: [group.number], asks, owner: "PER-1" });
  const opened = await call(sam, "POST", `survey/${made.number}/moves/open`, { opens: day(0), closes: day(7) });
  assert.equal(opened.status, 200, JSON.stringify(opened.body));
  for (const email of staff) {
    const page = await as(browser, email, { size: "phone" });
    await visit(page, `/survey/${id(made)}`);
    await page.locator("main input[type=radio]").first().check();
    if (email === staff[0]) await picture(page, "c15-survey");
    await leads(page, () => page.click("main form button[type=submit]"));
    await page.context().close();
  }
  const closed = await call(sam, "POST", `survey/${made.number}/moves/close`, {});
  assert.ok(closed.status < 300, JSON.stringify(closed.body));
  await until("the counts", async () => {
    await visit(sam, `/r/survey/${id(made)}`);
    return /3 answered/.test(await text(sam, "main"));
  });
  const history = JSON.stringify((await call(sam, "GET", `survey/${made.number}/history`)).body);
  for (const [at, number] of people.entries()) {
    assert.ok(!history.includes(`Colleague 0${at + 3}`), "no name in the history");
    assert.ok(!new RegExp(`"person":"?${number}`).test(history));
  }
}

async function exercise({ sam, dana }) {
  const held = await make(sam, "engagement", { title: "Ransom note on a Friday", class: "exercise", due: day(3), people: ["PER-1", await person(sam, "dana@firm.example")] });
  await visit(sam, `/r/engagement/${id(held)}`);
  await sam.click('button[data-open="move-start"]');
  await choose(sam, "#move-start", "Sam Por");
  await submit(sam, "move-start", { scope: "All screens show a note; the phones ring. Who decides what in the first hour?" });
  // Her duty card: Dana confirms the two duties that she does, before the exercise is closed (RU-45).
  const hers = await call(dana, "GET", `held_duty?q=${encodeURIComponent('responsible.holder:me')}&limit=50`);
  assert.equal(hers.body.items.length, 2);
  for (const one of hers.body.items) {
    await visit(dana, `/duty/${id(one)}`);
    await leads(dana, () => dana.click("button:has-text('Confirm that I hold it')"));
    await visit(dana, `/duty/${id(one)}`);
    assert.match(await text(dana, "main"), /Dana Reed confirmed on/);
  }
  await visit(sam, `/r/engagement/${id(held)}`);
  await sam.click('button[data-open="move-close"]');
  await submit(sam, "move-close", { conclusion: "Nobody knew the insurer's number; the backup key was at home. Two actions." });
  await duty(sam, "D-169", /green.*1 of 1/s);
  const drill = await make(sam, "procedure", { title: "First hour of a ransom note", class: "drill", steps: [{ what: "Who decides is reached", answer: "check" }, { what: "Insurer is called", answer: "check" }] });
  await visit(dana, `/r/procedure/${id(drill)}`);
  await dana.click('button[data-open="move-approve"]');
  await submit(dana, "move-approve", { review_due: day(200) });
  const run = await make(sam, "procedure_run", { procedure: drill.number, assignee: "PER-1", due: day(0) });
  for (const step of [1, 2]) {
    const answer = await call(sam, "POST", `procedure_run/${run.number}/moves/answer`, { step, verdict: "passed", note: "in eleven minutes" });
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
  }
  const finish = await call(sam, "POST", `procedure_run/${run.number}/moves/finish`, {});
  assert.ok(finish.status < 300, JSON.stringify(finish.body));
  await duty(sam, "D-168", /green.*1 of 1/s);
  await make(sam, "task", ["Put the insurer's number on the card", "A second backup key in the safe"].map((title) => ({ title, assignee: "PER-1", due: day(14) })));
}

async function monthEnd({ browser, sam, dana }) {
  await visit(sam, "/reports");
  await leads(sam, () => sam.locator("td:has-text('not written')").nth(2).locator("button").click());
  assert.match(await text(sam, ".head"), /Monthly|Month/);
  const report = new URL(sam.url()).pathname;
  assert.match(await text(sam, "main"), /45 duties.*red.*amber.*green.*grey/s);
  await picture(sam, "c17-monthly");
  const board = await make(sam, "report", { title: "For Dana", class: "board", period_start: day(-30), period_end: day(0), text: "The month on one page.", successes: "- All assets owned\n- 45 findings planned\n- Exercise held", asks: "- Second backup key\n- A deputy for Sam\n- Insurer's contract" });
  await visit(sam, `/r/report/${id(board)}`);
  await sam.click('button[data-open="move-sign"]');
  await leads(sam, () => sam.click("#move-sign footer button[type=submit]"));
  assert.match(await text(sam, "main"), /write its failures.*RU-46/);
  await visit(sam, `/r/report/${id(board)}/edit`);
  await sam.fill("[name=failures]", "- An acceptance ran out\n- Three vendors were not assessed");
  await leads(sam, () => sam.click("button:has-text('Save')"));
  await sam.click('button[data-open="move-sign"]');
  await leads(sam, () => sam.click("#move-sign footer button[type=submit]"));
  assert.match(await text(sam, ".head"), /Signed/);
  await assertLooksRight(browser, report, "c17-report", await sam.context().storageState());
}

/** An employee reports phishing; Sam runs the incident alone, in every role. */
async function alone({ browser, sam }) {
  const colleague = await as(browser, "c2@firm.example", { size: "phone" });
  await visit(colleague, "/report");
  await colleague.fill("[name=what]", "A mail asks for my password");
  await leads(colleague, () => colleague.click("main form button[type=submit]"));
  assert.match(await text(colleague, "main"), /A mail asks for my password/);
  await visit(sam, "/inbox");
  assert.match(await text(sam, "main"), /A mail asks for my password/);
  await picture(sam, "c8-inbox");
  const declared = await make(sam, "incident", { title: "Phishing mail to the staff", severity: "medium", manager: "PER-1" });
  const room = `/r/incident/${id(declared)}`;
  await visit(sam, room);
  const roles = await text(sam, "#roles");
  assert.equal(roles.match(/Sam Porter by default/g).length, 7, "every role that is not given away is his");
  await sam.keyboard.press("u");
  await sam.waitForSelector("dialog#move-send_update[open]");
  await submit(sam, "move-send_update", { message: "Do not open the mail of today about pay." });
  await sam.click('button[data-open="move-resolve"]');
  await submit(sam, "move-resolve", { reason: "Deleted from all mailboxes" });
  await sam.click('button[data-open="move-close"]');
  await submit(sam, "move-close", {});
  assert.match(await text(sam, "main"), /RU-22/);
  await visit(sam, room);
  await sam.click('button[data-open="move-close"]');
  await submit(sam, "move-close", { cause: "The filter let it pass" });
  assert.match(await text(sam, ".head"), /Closed/, "a small one asks for its cause only");
  assert.match(await text(sam, "main"), /Do not open the mail of today/);
  assert.equal((await colleague.request.get(base + room)).status(), 404, "the reporter sees nothing of it");
  await colleague.context().close();
}

/** Alarm test, two cameras and an extinguisher, by phone: one camera fails and becomes a finding. */
async function round({ browser, sam, dana }) {
  const steps = [
    { what: "Alarm is heard at the centre", answer: "check" },
    { what: "Camera at the door", answer: "check" },
    { what: "Camera in the yard", answer: "check", severity: "high" },
    { what: "Extinguisher is good until", answer: "text" },
  ];
  const made = await make(sam, "procedure", { title: "Shop round", class: "inspection", steps, owner: "PER-1" });
  const approved = await call(dana, "POST", `procedure/${made.number}/moves/approve`, { review_due: day(300) });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  const run = await make(sam, "procedure_run", { procedure: made.number, assignee: "PER-1", due: day(0) });
  const phone = await openPage(browser, { size: "phone", state: await sam.context().storageState() });
  await visit(phone, `/run/${id(run)}`);
  for (const [at, verdict] of ["Passes", "Passes", "Fails", "Save"].entries()) {
    const step = phone.locator(`.step[data-at="${at}"]`);
    await step.and(phone.locator("[data-current]")).waitFor();
    if (at === 2) {
      await step.locator("textarea").fill("No picture since Monday");
      await picture(phone, "c9-fails");
    }
    if (at === 3) await step.locator("input[type=text], textarea").first().fill("2027-06");
    await step.getByRole("button", { name: verdict }).click();
    await until(`answer ${at + 1}`, async () => (await text(phone, ".runcount")).startsWith(`${at + 1} of 4`));
  }
  await until("the answers", async () => {
    const now = (await call(sam, "GET", `procedure_run/${id(run)}`)).body;
    return now.answers.every((answer) => answer.state !== "open");
  });
  await picture(phone, "c9-round");
  const finish = await call(sam, "POST", `procedure_run/${run.number}/moves/finish`, {});
  assert.ok(finish.status < 300, JSON.stringify(finish.body));
  const done = (await call(sam, "GET", `procedure_run/${id(run)}`)).body;
  assert.equal(done.findings.length, 1, "the broken camera is a finding");
  assert.ok(done.answers.every((answer) => answer.at && answer.by), "each with its time and who");
  await phone.context().close();
}

/** Twelve lines; the firewall's support ends in nine months, and needs an estimate. */
async function budget({ sam }) {
  const year = new Date(Date.now() + ahead * 1000).getUTCFullYear();
  const line = (at) => ({ title: `Line ${at}`, class: "budget", fiscal_year: year, account: `account ${at}`, amount: { minor: 100_000 * (at + 1), currency: "EUR" }, on: `${year}-01-01`, owner: "PER-1" });
  await make(sam, "money_line", Array.from({ length: 12 }, (_, at) => line(at)));
  const wall = await make(sam, "asset", { name: "Firewall", class: "network", owner: "PER-1", support_ends: day(270) });
  await visit(sam, `/money?year=${year}`);
  assert.match(await text(sam, "main"), /12 accounts/);
  await picture(sam, "c11-budget");
  await duty(sam, "D-114", /red.*0 of 1.*Firewall/s);
  const risk = await make(sam, "risk", { title: "Firewall without updates", owner: "PER-1", likelihood: 4, impact: 5, likelihood_left: 1, impact_left: 5 });
  const estimate = { title: "New firewall", class: "estimate", fiscal_year: year, account: "account 1", amount: { minor: 1_850_000, currency: "EUR" }, on: day(200), asset: wall.number, risk: risk.number, grounds: "Support ends." };
  const made = await make(sam, "money_line", estimate);
  await duty(sam, "D-114", /green.*1 of 1/s);
  await visit(sam, `/r/money_line/${id(made)}`);
  assert.match(await text(sam, "main"), /Business case.*20 to 5 of 25/s);
  const paper = await sam.request.get(`${base}/money/${id(made)}/case.pdf`);
  assert.ok(paper.ok() && (await paper.body()).subarray(0, 5).toString() === "%PDF-", "it prints");
}

/** The backup's result comes by API; without a restore test it is amber, with the reason. */
async function backups({ sam }) {
  const server = await make(sam, "asset", { name: "File server", class: "server", criticality: 5, owner: "PER-1" });
  const check = (title, name, every) => make(sam, "check", { title, class: name, asset: server.number, owner: "PER-1", every, due: day(0) });
  const [nightly, restore] = [await check("Nightly backup", "backup", 1), await check("Restore test", "restore_test", 183)];
  const result = (of) => make(sam, "check_result", { check: of.number, period_start: day(-1), period_end: day(-1), conclusion: "passed", evidence: "job 4711" });
  await result(nightly);
  await duty(sam, "D-173", /amber.*0 of 1.*no restore test in six months/s);
  await result(restore);
  await duty(sam, "D-173", /green.*1 of 1/s);
}

/** Colleague 09 leaves today: account, badge, key 17, laptop, and two duties. */
async function leaver(firm) {
  let { sam } = firm;
  const { dana } = firm;
  const eva = await person(sam, "c9@firm.example");
  const things = [["c9@firm", "account", "owner"], ["Badge 9", "badge", "owner"], ["Key 17", "key", "holder"], ["Laptop 4", "workstation", "holder"]];
  await make(sam, "asset", things.map(([name, kind, field]) => ({ name, class: kind, owner: "PER-1", [field]: eva })));
  const hers = await make(sam, "function", { name: "Safety officer", holder: eva });
  const duties = (await call(sam, "GET", `duty?q=${encodeURIComponent("code:D-171,D-172")}&limit=5`)).body.items;
  const director = (await call(sam, "GET", `held_duty?q=${encodeURIComponent("duty.code:D-078")}&limit=1`)).body.items[0].accountable;
  const held = await make(sam, "held_duty", duties.map((one) => ({ title: one.title, duty: one.number, responsible: hers.number, accountable: director })));
  assert.equal(held.length, 2);
  const list = await make(sam, "procedure", { title: "Somebody leaves", class: "leaver_checklist", assignee: "PER-1", steps: [{ what: "Talk", answer: "check" }] });
  const approved = await call(dana, "POST", `procedure/${list.number}/moves/approve`, { review_due: day(300) });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  await visit(sam, `/r/person/${eva.split("-")[1]}/edit`);
  await sam.fill("[name=leaves]", day(0));
  await leads(sam, () => sam.click("button:has-text('Save')"));
  const run = (await call(sam, "GET", `procedure_run?q=${encodeURIComponent(`person:${eva}`)}&limit=1`)).body.items[0];
  const steps = run.answers.map((answer) => answer.what);
  assert.deepEqual(steps.slice(0, 5), ["Talk", "Close account: c9@firm", "Take back: Badge 9", "Take back: Key 17", "Take back: Laptop 4"]);
  assert.equal(steps.length, 7, "and two duties to hand over");
  const pass = (step) => call(sam, "POST", `procedure_run/${run.number}/moves/answer`, { step, verdict: "passed" });
  for (const step of [1, 2, 3, 5]) assert.equal((await pass(step)).status, 200);
  await later(firm, 25 * 60 * 60);
  sam = firm.sam;
  await duty(sam, "D-141", /red.*0 of 1/s);
  assert.equal((await pass(4)).status, 200, "key 17 is back");
  const mine = (await call(sam, "GET", `held_duty?q=${encodeURIComponent("duty.code:D-062")}&limit=1`)).body.items[0].responsible;
  for (const one of held) {
    const moved = await call(sam, "POST", `held_duty/${one.number}/moves/hand_over`, { responsible: mine, note: "All is written down" });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
  }
  for (const step of [6, 7]) assert.equal((await pass(step)).status, 200);
  assert.equal((await call(sam, "POST", `procedure_run/${run.number}/moves/finish`, {})).status, 200);
  await duty(sam, "D-141", /green/);
  await duty(sam, "D-121", /green.*47 of 47/s);
  for (const one of held) assert.ok((await call(sam, "DELETE", `held_duty/${one.number}`)).status < 300, "the story goes on with the pack's duties");
}

/** The starter for card payments: nothing is covered at first; old evidence is amber, not green. */
async function pci(firm) {
  const { sam } = firm;
  await visit(sam, "/frameworks/import");
  await leads(sam, () => sam.click("button:has-text('Turn it on')"));
  const framework = (await call(sam, "GET", "framework?limit=5")).body.items.find((one) => /PCI/.test(one.title ?? one.name));
  const coverage = `/coverage/${id(framework)}`;
  await visit(sam, coverage);
  assert.match(await text(sam, "main"), /0 measured.*0 recorded.*0 attested.*missing/s);
  const lines = (await call(sam, "GET", `requirement?q=${encodeURIComponent(`framework:${framework.number} part_of:any`)}&limit=3`)).body.items;
  const evidence = async (line, code, ago) => {
    const control = await make(sam, "control", { code, title: `Control ${code}`, class: "preventive", share: "ours", owner: "PER-1" });
    assert.equal((await call(sam, "POST", `control/${control.number}/moves/implement`, {})).status, 200);
    await make(sam, "mapping", { from: line.number, relation: "equal", control: control.number });
    const check = await make(sam, "check", { title: `Test of ${code}`, class: "control_test", control: control.number, every: 90, due: day(0), owner: "PER-1" });
    await make(sam, "check_result", { check: check.number, period_start: day(-ago), period_end: day(-ago), conclusion: "passed", evidence: "seen" });
  };
  await evidence(lines[0], "P-1", 90);
  await evidence(lines[1], "P-2", 91);
  await visit(sam, coverage);
  const shown = (await call(sam, "GET", `coverage/${framework.number}`)).body;
  const row = (line) => shown.items.find((one) => one.code === line.code);
  assert.deepEqual([row(lines[0]).state, row(lines[1]).state], ["green", "amber"], "91 days old against 90 is amber");
  assert.match(await text(sam, "main"), /91 days ago; after 90 it is too old/);
  await picture(sam, "c12-coverage");
  firm.evidence = lines[0];
}

/** An auditor's account with the tag "pci": that, and nothing else. */
async function auditor({ browser, sam }) {
  const tag = await make(sam, "scope_tag", { name: "pci" });
  const person = await make(sam, "person", { name: "Nora Auditor", email: "nora@audit.example" });
  const group = await make(sam, "group", { name: "Auditors of cards", people: [person.number] });
  const role = (await call(sam, "GET", `role?q=${encodeURIComponent("name:Auditor")}&limit=5`)).body.items.find((one) => one.name === "Auditor");
  await make(sam, "role_assignment", { name: "Card audit", role: role.number, members: [group.number], shows: [tag.number] });
  const shown = await make(sam, "document", { title: "Evidence of card handling", class: "evidence", text: "Shredder log", tags: [tag.number] });
  const hidden = await make(sam, "review", { title: "Talk about lateness", person: "PER-3", class: "case" });
  const nora = await as(browser, "nora@audit.example");
  await visit(nora, `/r/document/${id(shown)}`);
  assert.match(await text(nora, "main"), /Shredder log/);
  const missing = (await nora.request.get(`${base}/r/review/999999`)).status();
  for (const path of [`/r/review/${id(hidden)}`, "/r/asset/1", "/r/risk/1", "/r/incident/1"]) {
    assert.equal((await nora.request.get(base + path)).status(), missing, `${path} answers as what is not there`);
  }
  assert.equal(missing, 404);
  const found = await (await nora.request.get(`${base}/search?q=lateness`)).text();
  assert.ok(!/Talk about lateness/.test(found), "search leaks nothing");
  for (const kind of ["review", "asset", "risk", "document"]) {
    const rows = (await (await nora.request.get(`${base}/r/${kind}/export.csv`)).text()).trim().split("\n").slice(1);
    assert.ok(kind === "document" ? rows.length === 1 && /card handling/.test(rows[0]) : rows.length === 0, `${kind}: ${rows}`);
  }
  const changed = await call(nora, "PATCH", `document/${shown.number}`, { title: "Other" });
  assert.equal(changed.status, 403, "and changes nothing");
}

/** The process is stopped hard in the middle of an import and started again: whole or absent, everything else as before. */
async function hardStop(firm) {
  const figures = async (page) => {
    await visit(page, "/");
    return [await text(page, ".head .actions"), await text(page, "section:has(h2:text('By area'))")];
  };
  const command = (...words) => execFileSync(process.env.WATCHKEEP_BINARY, words, { encoding: "utf8", maxBuffer: 1 << 28 });
  const exportOf = (kind, data) => command("export", kind, "--data", data);
  const assets = () => exportOf("asset", process.env.WATCHKEEP_DATA).trim().split("\n").length - 1;
  // States follow within fifteen seconds: what stands that long is what is compared.
  let stood;
  await until("the figures to stand", async () => {
    const was = stood;
    stood = await figures(firm.sam);
    const stands = JSON.stringify(was) === JSON.stringify(stood);
    if (!stands) await new Promise((done) => setTimeout(done, 16000));
    return stands;
  });
  const before = { assets: assets(), figures: stood };
  const rows = Array.from({ length: 20000 }, (_, at) => `stop-${at},Machine ${at},workstation,2`).join("\n");
  const csrf = await firm.sam.getAttribute("meta[name=csrf]", "content");
  const importing = firm.sam.request
    .post(`${base}/r/asset/import`, {
      headers: { "x-csrf-token": csrf },
      multipart: { mode: "real", file: { name: "machines.csv", mimeType: "text/csv", buffer: Buffer.from(`external_id,name,class,criticality\n${rows}\n`) } },
    })
    .then(() => "answered", () => "cut off");
  await new Promise((done) => setTimeout(done, 700));
  process.kill(Number(process.env.WATCHKEEP_PID), "SIGKILL");
  assert.equal(await importing, "cut off", "it was stopped in the middle");

  const { host } = new URL(base);
  const again = spawn(process.env.WATCHKEEP_BINARY, ["serve", "--listen", host], { stdio: "ignore", env: process.env });
  try {
    await until("the server to be back", async () => (await fetch(`${base}/healthz`).catch(() => null))?.ok);
    const sam = await as(firm.browser, firm.people.sam);
    const after = assets();
    assert.ok([before.assets, before.assets + 20000].includes(after), `${after} assets, ${before.assets} before`);
    if (after === before.assets) assert.deepEqual(await figures(sam), before.figures, "the page and its figures are as before");
    await sam.context().close();

    // A backup of it, restored in a second place, counts the same.
    const [copy, second] = ["copy", "second"].map((name) => `${process.env.WATCHKEEP_DATA}-${name}`);
    command("backup", copy);
    command("restore", copy, second);
    for (const kind of ["asset", "finding", "person", "held_duty", "risk", "document", "receipt"]) {
      assert.equal(exportOf(kind, second), exportOf(kind, process.env.WATCHKEEP_DATA), kind);
    }
    assert.match(command("verify", "--data", second), /unbroken and every record fits/);
  } finally {
    again.kill();
    // The pages that were open said that the server was away.
    firm.sam.errors = [];
  }
}

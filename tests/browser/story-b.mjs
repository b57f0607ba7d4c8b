// Story B: Piet's three sites, the steps that need neither roster rules, patrol timing nor an alarm input; step 10, the
// inspection by phone, is rounds.mjs.
import assert from "node:assert/strict";
import { base, leads, picture, signInOnce, submit, text, until, visit } from "./browser.mjs";
import { DAY, as, call, day, duty, id, later, make, person, tell } from "./story.mjs";

const people = { ada: "ada@sites.example", piet: "piet@sites.example", luc: "luc@sites.example" };

await tell("ada", people, [
  ["1 three columns", columns],
  ["7 a theft", theft],
  ["9 a new site", opening],
  ["13 training", training],
  ["18 a briefing", briefing],
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

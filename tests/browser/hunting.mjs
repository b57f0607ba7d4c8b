// Hunting: a query with steps over a log counted by hand, narrowed by a bar, completed without a mouse, exported.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { assertAccessible, assertNoErrors, assertNoSidewaysScroll, leads, openPage, picture, signInOnce, text, visit, withBrowser } from "./browser.mjs";

// Sixty events, one a minute up to now: users in turn of two, every third on host dc, bytes 0, 10, 20, …
const now = Date.now();
const log = Array.from({ length: 60 }, (_, n) =>
  JSON.stringify({ time: new Date(now - n * 60_000).toISOString(), message: `mark ${n}`, host: n % 3 ? "web" : "dc", user: n % 2 ? "ben" : "anna", bytes: n * 10 }),
).join("\n");

/** The rows of the page's table, cells joined. */
const rows = (page) => page.$$eval("main table tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join(" ")));

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const search = async (query) => {
    await press("/", "Control+a");
    await page.keyboard.type(query);
    await leads(page, () => press("Enter"));
  };

  // Take the log in; then count it with steps.
  await visit(page, "/events?last=24h");
  await page.click('[data-open="upload"]');
  await page.fill("#upload-source", "hunted");
  await page.setInputFiles("#upload-file", { name: "hunted.jsonl", mimeType: "application/json", buffer: Buffer.from(log) });
  await leads(page, () => page.click('#upload button[type="submit"]'));
  await visit(page, "/events?last=24h");
  await search("source:hunted | stats count, sum(bytes) as total by host | sort host");
  assert.match(page.url(), /last=24h/, "the time stays");
  assert.deepEqual(await rows(page), ["dc 20 5700", "web 40 12000"]);
  await picture(page, "hunting-table");

  // A group leads to its events, an event to its raw bytes.
  await leads(page, () => page.click("main table tbody tr:first-child a"));
  assert.equal((await rows(page)).length, 20);
  assert.equal(await page.inputValue("[data-find]"), 'source:hunted | where host == "dc"');
  await leads(page, () => page.click("main table tbody tr:first-child a"));
  assert.match(await text(page, "main"), /mark 0.*Raw bytes/);

  // The event leads to its host, with all that is about it.
  await leads(page, () => page.click('main a[href="/entity?name=dc"]'));
  assert.match(await text(page, "main"), /First seen.*Last seen.*20 events.*hunted 20 events.*ben 10/);
  await picture(page, "hunting-entity");

  // A chart of time: two series, and the table below says the same.
  await visit(page, "/events?last=24h");
  await search("source:hunted | timechart span=1h count by user");
  assert.match(await text(page, ".legend.keys"), /^(anna 30 ben 30|ben 30 anna 30)$/);
  const charted = await rows(page);
  const sum = (name) => charted.filter((row) => row.includes(` ${name} `)).reduce((all, row) => all + Number(row.split(" ").pop()), 0);
  assert.deepEqual([sum("anna"), sum("ben")], [30, 30]);
  const bars = await page.$$eval(".stacks a > title", (titles) => titles.map((title) => title.textContent).filter((words) => !words.endsWith("nothing")));
  assert.ok(bars.length >= 1 && bars.length <= 2 && bars.every((words) => /(anna|ben) \d+/.test(words)), bars.join());
  await picture(page, "hunting-chart");

  // The histogram narrows: arrows walk, Enter takes one bar, Shift takes several.
  await search("source:hunted");
  const total = () => text(page, ".histo + .legend + .sub").then((words) => Number.parseInt(words, 10));
  assert.equal(await total(), 60);
  const filled = await page.$$eval(".histo a", (all) => all.map((bar) => Number(bar.querySelector("title").textContent.split(": ").pop())));
  await page.focus(".histo a");
  for (let at = 0; at < filled.findIndex((count) => count > 0); at++) await press("ArrowRight");
  const first = filled.find((count) => count > 0);
  await leads(page, () => press("Enter"));
  assert.match(page.url(), /from=.*to=/);
  assert.equal(await total(), first, "as many as the bar said");
  assert.equal((await rows(page)).length, first);
  await page.goBack();
  await page.waitForSelector("html[data-ready]");
  await page.focus(".histo a");
  await press("End");
  for (let at = 0; at < 10; at++) await press("Shift+ArrowLeft");
  assert.equal(await page.locator(".histo a.taken").count(), 11);
  await leads(page, () => press("Enter"));
  assert.equal(await total(), filled.slice(-11).reduce((all, count) => all + count, 0));
  assert.match(page.url(), /q=source%3Ahunted/);

  // Fields, their most frequent values, and columns of steps are completed from the keyboard.
  await visit(page, "/events?last=24h");
  await press("/");
  const option = (words) => page.waitForFunction((wanted) => document.querySelector("#find-options li span")?.textContent === wanted, words);
  await page.keyboard.type("sour");
  await option("source:");
  assert.equal(await page.getAttribute("[data-find]", "aria-expanded"), "true");
  await press("ArrowDown");
  assert.equal(await page.getAttribute("[data-find]", "aria-activedescendant"), "find-options-0");
  await press("Enter");
  await page.keyboard.type("hun");
  await option("hunted");
  assert.equal(await text(page, "#find-options li .hint"), "60");
  await press("ArrowDown", "Enter");
  await page.keyboard.type(" byt");
  await option("bytes:");
  await press("Control+Backspace");
  await page.keyboard.type("| sta");
  await option("stats");
  await press("ArrowDown", "Enter");
  await page.keyboard.type("count as seen by us");
  await option("user");
  await press("ArrowDown", "Enter");
  await page.keyboard.type(" | sort -se");
  await option("seen");
  await press("ArrowDown", "Enter");
  assert.equal(await page.inputValue("[data-find]"), "source:hunted | stats count as seen by user | sort -seen");
  await picture(page, "hunting-completed");
  await leads(page, () => press("Enter"));
  assert.deepEqual((await rows(page)).sort(), ["anna 30", "ben 30"]);

  // A mistake is pointed at.
  await search("source:hunted | stats cuont(user)");
  assert.match(await text(page, "#find-error"), /cuont.*did you mean `count`/);

  // The whole answer leaves as a file.
  await search("source:hunted host:dc");
  const [csv] = await Promise.all([page.waitForEvent("download"), page.click('main a[download]:text("CSV")')]);
  assert.equal(csv.suggestedFilename(), "events.csv");
  const lines = (await readFile(await csv.path(), "utf8")).trim().split("\n");
  assert.equal(lines.length, 21);
  assert.match(lines[0], /^time,received,id,source,.*fields,raw$/);
  const [jsonl] = await Promise.all([page.waitForEvent("download"), page.click('main a[download]:text("JSON lines")')]);
  const events = (await readFile(await jsonl.path(), "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual([events.length, events[1].message, events[1].fields.bytes], [20, "mark 3", "30"]);

  // A hunt asks its queries live.
  await visit(page, "/r/hunt/new");
  await page.fill('[name="title"]', "Who was on dc");
  await page.fill('[name="hypothesis"]', "If somebody was there, **bytes** would show it.");
  await page.fill('[name="query"]', "Per user:\n\n```query\nsource:hunted host:dc\n| stats count, sum(bytes) as total by user\n| sort user\n```\n\nOver time:\n\n```query last=7d\nsource:hunted | timechart span=1d count by host\n```\n\nWrong:\n\n```query\nsource:hunted | stats cuont\n```\n");
  await leads(page, () => page.click('main form button[type="submit"]'));
  await page.waitForFunction(() => document.querySelectorAll(".notebook [aria-busy]").length === 0);
  assert.deepEqual(await page.$$eval("#found-1 tbody tr", (all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim()).join(" "))), ["anna 10 2700", "ben 10 3000"]);
  assert.match(await text(page, "#found-2 .legend.keys"), /web 40 dc 20/);
  assert.match(await text(page, "#found-3"), /did you mean `count`/);
  await picture(page, "hunting-hunt");
  const hunt = new URL(page.url()).pathname;
  await leads(page, () => page.click('.livequery a:text("Open in events")'));
  assert.deepEqual(await rows(page), ["anna 10 2700", "ben 10 3000"]);
  await assertNoErrors(page, "hunting");

  // On a phone nothing is wider than the screen.
  const state = await page.context().storageState();
  const phone = await openPage(browser, { size: "phone", strict: false, state });
  await visit(phone, "/events?q=source:hunted%20%7C%20timechart%20span=1h%20count%20by%20user");
  await picture(phone, "hunting-phone");
  await assertNoSidewaysScroll(phone, "hunting on a phone");
  await assertAccessible(phone, "hunting on a phone");
  await visit(phone, "/entity?name=ws-0417");
  await picture(phone, "hunting-entity-phone");
  await assertNoSidewaysScroll(phone, "an entity on a phone");
  await assertAccessible(phone, "an entity on a phone");
  await visit(phone, hunt);
  await phone.waitForFunction(() => document.querySelectorAll(".notebook [aria-busy]").length === 0);
  await picture(phone, "hunting-hunt-phone");
  await assertNoSidewaysScroll(phone, "a hunt on a phone");
  await assertAccessible(phone, "a hunt on a phone");
});

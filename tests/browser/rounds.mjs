// A half-yearly inspection on a phone, two minutes of it without a connection: nothing is lost, nothing is doubled.
import assert from "node:assert/strict";
import { assertAccessible, assertNoErrors, assertNoSidewaysScroll, linkFor, openPage, picture, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

const ITEMS = 40;
const FAILING = [7, 23];
/** A picture of one red dot. */
const PHOTO = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");

/** A call of the API in the name of whoever is signed in on this page. */
async function api(page, method, path, body, key) {
  return page.evaluate(
    async ([method, path, body, key]) => {
      const csrf = document.querySelector('meta[name="csrf"]').content;
      const headers = { "x-csrf-token": csrf, ...(body ? { "content-type": "application/json" } : {}), ...(key ? { "idempotency-key": key } : {}) };
      const answer = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined });
      return { status: answer.status, body: await answer.json().catch(() => ({})) };
    },
    [method, path, body, key],
  );
}

async function walk(page, at) {
  const step = page.locator(`.step[data-at="${at - 1}"]`);
  await step.and(page.locator("[data-current]")).waitFor();
  if (FAILING.includes(at)) {
    await step.locator("textarea").fill(`Item ${at} is broken`);
    await step.locator("input[type=file]").setInputFiles({ name: `item-${at}.png`, mimeType: "image/png", buffer: PHOTO });
    await step.locator(".photo[data-taken]").waitFor();
    await step.getByRole("button", { name: "Fails" }).click();
  } else {
    await step.getByRole("button", { name: "Passes" }).click();
  }
  await page.waitForSelector(`.step[data-at="${at - 1}"]:not([data-state=open])`);
}

await withBrowser(async (browser) => {
  // Piet writes the inspection, Mara approves it and plans a run for him.
  const desk = await openPage(browser);
  await signInOnce(desk, linkFor("piet@demo.example"));
  const steps = Array.from({ length: ITEMS }, (_, at) => ({ what: `Item ${at + 1}`, answer: "check", severity: at === FAILING[0] - 1 ? "high" : "low" }));
  const made = await api(desk, "POST", "/api/procedure", { title: "Inspection of the head office", class: "inspection", site: "SIT-1", steps });
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const piet = (await api(desk, "GET", "/api/person?q=email:piet@demo.example")).body.items[0].number;

  const mara = await openPage(browser);
  await signInOnce(mara, process.env.WATCHKEEP_ONCE);
  const approved = await api(mara, "POST", `/api/procedure/${made.body.number}/moves/approve`, { review_due: "2030-01-01" });
  assert.equal(approved.status, 200, JSON.stringify(approved.body));
  const run = (await api(mara, "POST", "/api/procedure_run", { procedure: made.body.number, assignee: piet, due: "2030-06-30" })).body.number;
  const id = run.split("-")[1];

  // On the phone, where it is met in his list.
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, storageState: await desk.context().storageState() });
  const page = await context.newPage();
  page.errors = [];
  page.on("pageerror", (error) => page.errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && page.errors.push(message.text()));
  await visit(page, "/run/mine");
  await picture(page, "rounds-mine");
  await page.click(`a[href="/run/${id}"]`);
  await page.waitForSelector(".step[data-current]");
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!(await caches.match(location.href, { ignoreVary: true }))) await new Promise((done) => setTimeout(done, 50));
  });
  await picture(page, "round-start");
  for (let at = 1; at <= 5; at++) await walk(page, at);
  await until("five answers", async () => /^5 of 40/.test(await text(page, ".runcount")) && (await page.locator(".tagged").count()) === 0);

  // In the basement: thirty items, both failures, and the page itself opened anew.
  await context.setOffline(true);
  for (let at = 6; at <= 20; at++) await walk(page, at);
  assert.match(await text(page, ".net"), /offline · 15 waiting/);
  await picture(page, "round-offline");
  await page.reload();
  await page.waitForSelector(".step[data-current]");
  assert.match(await text(page, ".runcount"), /20 of 40 answered/, "what was answered is still on the device");
  for (let at = 21; at <= 35; at++) await walk(page, at);
  assert.match(await text(page, ".net"), /offline · 30 waiting/);
  const meanwhile = (await api(mara, "GET", `/api/procedure_run/${id}`)).body;
  assert.equal(meanwhile.answers.filter((answer) => answer.state !== "open").length, 5, "the server knows nothing of it yet");
  // Somebody at a desk answers one of the last in the meantime.
  const other = await api(mara, "POST", `/api/procedure_run/${id}/moves/answer`, { step: 36, verdict: "passed", note: "Seen from the desk" });
  assert.equal(other.status, 200);
  await walk(page, 36);

  await context.setOffline(false);
  await until("everything sent", async () => /1 waiting/.test(await text(page, ".net")) && /look again/.test(await text(page, ".net")));
  assert.match(await text(page, '.step[data-at="35"]'), /Mara Lindqvist answered step 36 at .*: passed; keep that/, "the conflict is told");
  await picture(page, "round-conflict");
  await page.getByRole("button", { name: "Keep theirs" }).click();
  for (let at = 37; at <= ITEMS; at++) await walk(page, at);
  await until("all answered", async () => /^40 of 40 answered 95 %/.test(await text(page, ".runcount")) && /saved/.test(await text(page, ".net")));
  assert.match(await text(page, ".runend"), /Findings \(2\)/);
  await picture(page, "round-done");
  await page.fill("#run-summary", "Two things to mend");
  await page.getByRole("button", { name: "Finish" }).click();
  await until("finished", async () => /Finished\. Thank you\./.test(await text(page, ".runend")));
  await assertNoSidewaysScroll(page, "the finished round");

  const done = (await api(mara, "GET", `/api/procedure_run/${id}`)).body;
  assert.deepEqual([done.state, done.score, done.findings.length], ["finished", 95, 2]);
  assert.deepEqual(done.answers.map((answer) => answer.state), steps.map((_, at) => (FAILING.includes(at + 1) ? "failed" : "passed")));
  assert.equal(done.answers.filter((answer) => answer.file).length, 2, "both pictures came through");
  const findings = await Promise.all(done.findings.map(async (number) => (await api(mara, "GET", `/api/finding/${number}`)).body));
  for (const finding of findings) assert.ok(finding.owner === piet && finding.due && finding.site === "SIT-1", JSON.stringify(finding));
  assert.deepEqual(findings.map((finding) => finding.severity), ["high", "low"]);
  // Each answer stands in the history once.
  const history = [];
  for (let before = ""; ; ) {
    const part = (await api(mara, "GET", `/api/procedure_run/${id}/history${before}`)).body.items;
    history.push(...part);
    if (part.length < 100) break;
    before = `?before=${part.at(-1).seq}`;
  }
  assert.equal(history.filter((entry) => entry.act === "answer").length, ITEMS, "nothing lost, nothing doubled");
  page.errors = page.errors.filter((error) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch|422/.test(error));
  await assertNoErrors(page, "the round");

  // Every kind of step, in both themes: accessible and nothing sideways.
  const all = [
    { what: "Fence whole", answer: "check", proof: true },
    { what: "Gate", answer: "choice", options: "shut, open", fails: "open" },
    { what: "Minutes until the alarm was answered", answer: "number", at_most: 10 },
    { what: "Point at dock 4", answer: "scan", options: "LYO-P-02" },
    { what: "Photo of the panel", answer: "photo" },
    { what: "Signature of the site", answer: "signature" },
    { what: "Anything else", answer: "text" },
  ];
  const kinds = (await api(desk, "POST", "/api/procedure", { title: "Round of every kind", class: "patrol", steps: all })).body.number;
  await api(mara, "POST", `/api/procedure/${kinds}/moves/approve`, { review_due: "2030-01-01" });
  const second = (await api(mara, "POST", "/api/procedure_run", { procedure: kinds, assignee: piet })).body.number.split("-")[1];
  const state = await desk.context().storageState();
  for (const theme of ["light", "dark"]) {
    const phone = await openPage(browser, { theme, size: "phone", strict: false, state });
    await visit(phone, `/run/${second}`);
    for (let at = 0; at < all.length; at++) {
      if (!(await phone.locator(`.step[data-at="${at}"][data-current]`).count())) await phone.click(`.step[data-at="${at}"] .steprow`);
      await phone.waitForSelector(`.step[data-at="${at}"][data-current]`);
      await picture(phone, `round-${all[at].answer}-${theme}`);
      await assertNoSidewaysScroll(phone, all[at].answer);
      await assertAccessible(phone, `${all[at].answer} in ${theme}`);
    }
    await assertNoErrors(phone, `steps in ${theme}`);
    await phone.context().close();
  }
  // By keyboard and by hand: a wrong code is refused, a number beyond its limit fails, a name stands for a signature.
  await visit(desk, `/run/${second}`);
  const open = (at) => desk.locator(`.step[data-at="${at}"] .steprow`).click();
  await open(3);
  await desk.fill("#step-3-answer", "LYO-P-01");
  await desk.keyboard.press("Enter");
  assert.match(await text(desk, ".ask .err"), /not the code of this point/);
  await desk.fill("#step-3-answer", "LYO-P-02");
  await desk.keyboard.press("Enter");
  await desk.waitForSelector('.step[data-at="3"][data-state="passed"]');
  await open(2);
  await desk.fill("#step-2-answer", "12,5");
  await desk.keyboard.press("Enter");
  await desk.waitForSelector('.step[data-at="2"][data-state="failed"]');
  await open(5);
  await desk.getByLabel("Name in place of a drawn signature").fill("Piet van Dam");
  // News from the server takes nothing out of somebody's hands.
  const fence = await api(mara, "POST", `/api/procedure_run/${second}/moves/answer`, { step: 1, verdict: "passed", note: "Seen from the desk" });
  assert.equal(fence.status, 200);
  await desk.evaluate(() => window.dispatchEvent(new Event("online")));
  await desk.waitForSelector('.step[data-at="0"][data-state="passed"]');
  await desk.getByRole("button", { name: "Save" }).click();
  await until("the signature sent", async () => ((await api(mara, "GET", `/api/procedure_run/${second}`)).body.answers[5].file ?? "").length === 64);
  await picture(desk, "round-desktop");
});

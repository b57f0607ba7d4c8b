// Source health: what is wrong first, with its numbers; the learnt interval taken over; then the map of techniques,
// before and after an import, with the keyboard.
import assert from "node:assert/strict";
import { assertLooksRight, leads, openPage, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

const technique = (at, id, name, phases) => ({
  type: "attack-pattern", id: `attack-pattern--${at}`, name,
  external_references: [{ source_name: "mitre-attack", external_id: id }],
  kill_chain_phases: phases.map((phase_name) => ({ kill_chain_name: "mitre-attack", phase_name })),
});
const tactic = (at, id, name, short) => ({
  type: "x-mitre-tactic", id: `x-mitre-tactic--${at}`, name, x_mitre_shortname: short,
  external_references: [{ source_name: "mitre-attack", external_id: id }],
});
const bundle = {
  type: "bundle", id: "bundle--1",
  objects: [
    technique(1, "T1059", "Interpreters", ["execution"]), technique(2, "T1059.001", "PowerShell", ["execution"]),
    technique(3, "T9003", "What nobody looks for", ["discovery"]),
    tactic(1, "TA0002", "Execution", "execution"), tactic(2, "TA0007", "Discovery", "discovery"),
    { type: "x-mitre-matrix", id: "x-mitre-matrix--1", name: "Small matrix", tactic_refs: ["x-mitre-tactic--1", "x-mitre-tactic--2"], external_references: [{ source_name: "mitre-attack", external_id: "enterprise-attack" }] },
  ],
};

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  page.setDefaultTimeout(12000);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);

  // A demo takes its first day in while it answers already.
  await until("the first day of the demo", async () => {
    await visit(page, "/sources");
    const main = await page.innerText("main");
    // Who fell silent is marked with the next round of heartbeats.
    return /web-proxy\s+\d+ events between/.test(main) && /silent\s+fw-lyon/.test(main);
  });
  const rows = await page.locator("main table tbody tr").allInnerTexts();
  assert.match(rows[0], /silent[\s\S]*fw-lyon/);
  assert.match(rows[1], /far fewer events[\s\S]*web-proxy[\s\S]*the same hour of the last \d \w+days had/);
  assert.match(await text(page, ".tiles"), /2 of 8 expected sources with trouble/);
  await leads(page, () => page.click("text=Only what is wrong"));
  assert.equal(await page.locator("main table tbody tr").count(), 2);
  await visit(page, "/sources?q=dc0");
  assert.equal(await page.locator("main table tbody tr").count(), 1);

  await leads(page, () => page.click("main table a >> text=dc01"));
  assert.match(await text(page, "main"), /After an event it may be silent for/);
  await page.click(".head summary:has-text('More')");
  await page.locator("button:has-text('Take the learnt interval') >> visible=true").first().click();
  await page.waitForFunction(() => /Silent by\s+Interval/i.test(document.querySelector("main").innerText));
  await leads(page, () => page.goto(page.url()));
  assert.match(await text(page, "main"), /Silent by Interval/i);

  await visit(page, "/attack");
  assert.match(await text(page, "main"), /Ids only, as rules are tagged/);
  await visit(page, "/attack/import");
  await page.setInputFiles("input[type=file]", { name: "small-attack-1.0.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(bundle)) });
  await page.click("main button:has-text('Import')");
  await page.waitForSelector("main h2:has-text('Imported')");
  assert.match(await text(page, "main"), /Small matrix 1\.0: 2 tactics, 2 techniques, 1 sub-techniques/);
  await visit(page, "/attack");
  assert.match(await text(page, ".attack"), /Execution .*T1059 Interpreters .*Discovery .*T9003 What nobody looks for 0/);
  await page.locator(".attack summary").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".attack details[open] >> text=PowerShell");
  await page.locator(".attack a:has-text('T1059 ')").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("h1:has-text('T1059 Interpreters')");
  assert.match(await text(page, "main"), /T1059 Interpreters .*rules in force/);
  const layer = await page.evaluate(() => fetch("/attack/layer.json").then((answer) => answer.json()));
  assert.equal(layer.versions.layer, "4.5");
  assert.deepEqual(page.errors, []);

  const state = await page.context().storageState();
  const wrong = [];
  for (const [path, name] of [["/sources", "sources"], ["/r/log_source/4", "source"], ["/attack", "attack"], ["/attack/T1059", "attack-technique"], ["/attack/import", "attack-import"]]) {
    await assertLooksRight(browser, path, name, state).catch((error) => wrong.push(error.message));
  }
  assert.equal(wrong.length, 0, wrong.join("\n\n"));
});

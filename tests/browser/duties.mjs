// A duty that no data measures: grey with what to do, recorded by a run, green until the next is due; then overdue work on the home page.
import assert from "node:assert/strict";
import { assertNoErrors, leads, openPage, picture, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);

  // Home counts every duty once: the states add up to what is held (D-001 is measured, never entered by hand).
  const counts = async () => {
    const words = await text(page, ".head");
    const held = Number(words.match(/(\d+) held/)?.[1]);
    const states = ((await text(page, ".head .actions")).match(/\d+/g) ?? []).map(Number);
    return { held, sum: states.reduce((sum, number) => sum + number, 0), grey: states.at(-1) };
  };
  await visit(page, "/");
  await until("the demo's runs", async () => {
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    return /[1-9]\d* recorded/.test(await text(page, ".head"));
  });
  // The demo's first events and runs take a while to be counted: wait until nothing more turns from grey.
  let before = await counts();
  let since = Date.now();
  await until("rest among the counts", async () => {
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    const now = await counts();
    if (now.grey !== before.grey) since = Date.now();
    before = now;
    return Date.now() - since > 8_000;
  });
  assert.equal(before.sum, before.held);

  // D-064 has no run yet.
  await visit(page, "/duty/64");
  assert.match(await text(page, ".head"), /grey/);
  assert.match(await text(page, "main"), /No data yet.*What to connect or enter/);
  await page.keyboard.press("r");
  await page.waitForSelector("dialog#record-run[open]");
  await page.fill("#run-proof", "Sensors of Lyon on the new version");
  await page.fill("#run-exception", "One waits for its window");
  await picture(page, "record-run");
  await leads(page, () => page.click("#record-run footer button[type=submit]"));
  assert.match(await text(page, ".head"), /green recorded/);
  assert.match(await text(page, "main"), /Sensors of Lyon on the new version Exception: One waits for its window Mara Lindqvist recorded/);

  // Once is enough for a period: the next one has not begun.
  await page.keyboard.press("r");
  await page.fill("#run-proof", "again");
  await Promise.all([page.waitForNavigation(), page.click("#record-run footer button[type=submit]")]);
  assert.match(await text(page, "main"), /the next period begins on/);

  await visit(page, "/");
  const after = await counts();
  assert.equal(after.sum, after.held);
  assert.equal(after.grey, before.grey - 1);
  page.errors = page.errors.filter((error) => !/422/.test(error));
  await assertNoErrors(page, "duties");
});

// Tuning from an alert: one key to an exception that is filled in, a preview that follows what is typed, one key to save it.
import assert from "node:assert/strict";
import { alertComes, assertLooksRight, assertNoErrors, leads, openPage, picture, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  await alertComes(page, /Office program starts a command shell/);
  const alert = await page.locator('tr[data-row] a:has-text("Office program starts a command shell")').first().getAttribute("href");
  await visit(page, alert);
  assert.match(await text(page, "main"), /None: every event that it matches counts/);

  // First key: the form, filled in from the alert; the cursor stands where only a person can say something.
  await leads(page, () => page.keyboard.press("m"));
  const form = page.url().slice(new URL(page.url()).origin.length);
  const proposed = await page.inputValue("textarea[name=filter]");
  assert.match(proposed, /host:ws-\d+ .*ParentImage:"C:\\/);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "reason");
  assert.match(await text(page, "#exception-preview"), /[1-9]\d* of [1-9]\d* alerts/);
  await picture(page, "exception");

  // The preview follows: wider hides more, what cannot be read says where, what nobody did hides nothing.
  const says = (words) => until(String(words), async () => words.test(await text(page, "#exception-preview")));
  await page.fill("textarea[name=filter]", "host:nowhere");
  await says(/0 of \d+ alerts .*Not hidden/);
  await page.fill("textarea[name=filter]", "host:");
  await says(/a value is missing for `host`.*at character 6/);
  await page.fill("textarea[name=filter]", 'ParentImage:"*\\WINWORD.EXE"');
  await says(/Hidden · [1-9]/);
  await picture(page, "exception-wider");

  // Second key, after the reason: saved, and what it covers is closed with it.
  await page.fill("textarea[name=reason]", "Macros of the accounts, allowed by DEC-1");
  await says(/Close the open alerts that it covers: [1-9]/);
  await leads(page, () => page.keyboard.press("Control+Enter"));
  assert.match(page.url(), /\/r\/suppression\/\d+$/);
  const exception = page.url().slice(new URL(page.url()).origin.length);
  assert.match(await text(page, "main"), /WINWORD\.EXE.*Macros of the accounts/);
  await visit(page, alert);
  assert.match(await text(page, "main"), /Closed.*Benign.*SUP-\d+: Macros of the accounts/);
  assert.match(await text(page, "main"), /Exceptions from the rule 1 .*WINWORD\.EXE/);

  // Ended, it stands no more.
  await visit(page, exception);
  await leads(page, () => page.click('button:has-text("End now")'));
  assert.match(await text(page, "main"), /It has ended, and hides nothing any more/);
  await visit(page, alert);
  assert.match(await text(page, "main"), /None: every event that it matches counts/);
  await assertNoErrors(page, "tuning");
  await assertLooksRight(browser, form, "exception", await page.context().storageState());
  await assertLooksRight(browser, exception, "exception-page", await page.context().storageState());
});

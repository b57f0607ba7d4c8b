// Who has read a policy and who has not, what changed between its issues, and the texts to begin one with.
import assert from "node:assert/strict";
import { assertLooksRight, assertNoErrors, leads, openPage, signInOnce, text, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const mara = await openPage(browser);
  await signInOnce(mara, process.env.WATCHKEEP_ONCE);

  // Who has not read the demo's policy is listed with the reminders that were sent.
  await visit(mara, "/r/document/1");
  assert.match(await text(mara, "main"), /Who has read it .* 7 of 11.* 4 not yet.*Uwe Hartmann · reminded 2 times, a day left/);
  await assertLooksRight(browser, "/r/document/1", "document", await mara.context().storageState());
  await leads(mara, () => mara.click("text=changes"));
  assert.match(await text(mara, ".diff"), /Removed: - Install updates within a week.*Added: - Install updates within two days/);
  await assertLooksRight(browser, "/r/document/1?issue=1&with=2", "document-changes", await mara.context().storageState());
  await visit(mara, "/r/document/1?issue=1");
  assert.match(await text(mara, "main"), /issue 1 as it was approved.*Issue 2 has replaced it.*within a week/);

  // The page on which somebody begins a document offers texts of ours.
  await assertLooksRight(browser, "/r/document/new", "document-new", await mara.context().storageState());
  await visit(mara, "/r/document/new");
  await leads(mara, () => mara.click("a:has-text('Clear desk and clear screen')"));
  assert.match(await mara.inputValue("textarea[name=text]"), /^# Purpose\nWhat lies about/);

  await assertNoErrors(mara, "reading");
});

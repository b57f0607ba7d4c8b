// First sign-in to a closed incident, by keyboard where a person would.
import assert from "node:assert/strict";
import { alertComes, assertNoErrors, leads, openPage, picture, signInOnce, submit, text, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  assert.match(await text(page, "main"), /Password/);

  await alertComes(page, /Door forced open/);
  await visit(page, "/alerts?q=state:new,open door");
  assert.match(await text(page, "#preview"), /Raw event/);

  // Taken by key: the owner is on the alert's page.
  await page.keyboard.press("a");
  await page.waitForURL(/\/r\/alert\/\d+/);
  await page.waitForSelector("html[data-ready]");
  assert.match(await text(page, "main"), /Mara Lindqvist/);

  // Closing without a verdict and reason is refused at the field by the browser; with both it works.
  await visit(page, "/alerts?q=state:new powershell");
  await page.keyboard.press("f");
  await page.waitForSelector("dialog#move-close[open]");
  await picture(page, "close-dialog");
  assert.equal(await page.inputValue("#move-close [name=verdict]"), "false_positive", "the key says the verdict");
  await submit(page, "move-close", { reason: "known tool" });
  assert.match(await text(page, "main"), /False positive/);

  // The other one becomes an incident.
  await visit(page, "/alerts?q=state:new,open door");
  await page.keyboard.press("n");
  await page.waitForSelector("dialog#declare[open]");
  await Promise.all([page.waitForNavigation(), page.click("#declare footer button[type=submit]")]);
  await page.waitForSelector("html[data-ready]");
  assert.match(page.url(), /\/r\/incident\/\d+/);
  const room = new URL(page.url()).pathname;
  assert.match(await text(page, "main"), /Incident manager Hand over Mara Lindqvist/);

  // A role is found by another of its names, given, and handed back (RU-15, RU-23).
  await page.fill("#find-role", "note taker");
  assert.equal(await page.locator("#roles > li:visible").count(), 1);
  await page.locator("#roles > li:visible button", { hasText: "Give" }).click();
  await page.waitForSelector("dialog#move-give_role[open]");
  assert.equal(await page.inputValue("#move-give_role [name=role]"), "Scribe");
  await page.locator("#move-give_role input[role=combobox]").pressSequentially("Sam", { delay: 40 });
  await page.locator("#move-give_role [role=option]").first().click();
  await leads(page, () => page.click("#move-give_role footer button[type=submit]"));
  assert.match(await text(page, "#roles"), /Scribe Give Sam Okafor Hand back/);
  await leads(page, () => page.click("text=Hand back"));
  assert.match(await text(page, "#roles"), /Scribe Give Mara Lindqvist by default/);

  await page.keyboard.press("d");
  await page.waitForSelector("dialog#move-decide[open]");
  await submit(page, "move-decide", { decision: "Lock server room 2" });
  await page.fill("#composer", "Guard is at the door");
  await Promise.all([page.waitForNavigation(), page.locator("form:has(#composer) button[type=submit]").first().click()]);
  await page.waitForSelector("html[data-ready]");
  assert.match(await text(page, "main"), /Guard is at the door/);

  // Evidence is a file with its SHA-256, and the incident notes who secured it.
  await page.keyboard.press("e");
  await page.waitForSelector("dialog#evidence[open]");
  await page.setInputFiles("#evidence-file", { name: "door.log", mimeType: "text/plain", buffer: Buffer.from("forced at 02:10\n") });
  await page.fill("#evidence-what", "Log of the door controller");
  await leads(page, () => page.click("#evidence footer button[type=submit]"));
  assert.match(await text(page, "main"), /Log of the door controller.*sha256 [0-9a-f]{64}/);
  assert.match(await text(page, "main"), /door\.log/);

  await page.click('button[data-open="move-resolve"]');
  await submit(page, "move-resolve", { reason: "lock replaced" });
  // Resolved is not closed (RU-22): without cause and lessons it is refused, in words.
  await page.click('button[data-open="move-close"]');
  await submit(page, "move-close", {});
  assert.match(await text(page, "[role=alert]"), /RU-22/);
  await visit(page, room);
  await page.click('button[data-open="move-close"]');
  await submit(page, "move-close", { cause: "Worn lock", lessons: "Yearly check of locks" });
  assert.match(await text(page, ".head"), /Closed/);
  // Four tasks at once, and taken back.
  await visit(page, "/r/task");
  for (const box of await page.locator("tbody input[type=checkbox]").all()) await box.check();
  await Promise.all([page.waitForNavigation(), page.click("form[data-bulk] button[value=start]")]);
  await page.waitForSelector("html[data-ready]");
  assert.match(await text(page, "main"), /4 done/);
  assert.match(await text(page, "#list"), /Doing/);
  await Promise.all([page.waitForNavigation(), page.click(".toast button")]);
  await page.waitForSelector("html[data-ready]");
  assert.doesNotMatch(await text(page, "#list"), /Doing/);

  // Work due today is finished from My duties, with the key of its action.
  await visit(page, "/");
  const roster = "Agree the guard roster of Lyon";
  for (let at = 0; at < 12 && !(await text(page, "tr[data-row].on")).includes(roster); at += 1) await page.keyboard.press("j");
  await page.waitForFunction((words) => document.querySelector(".acts b")?.textContent?.includes(words), roster);
  await picture(page, "home-acts");
  await page.keyboard.press("d");
  await page.waitForSelector("dialog#move-finish[open]");
  await submit(page, "move-finish", { outcome: "Agreed with the guards" });
  assert.equal(new URL(page.url()).pathname, "/", "back where it was done");
  assert.equal(await page.locator("tr[data-row]", { hasText: roster }).count(), 0, "it waits no longer");

  // A view is kept and found again.
  await visit(page, "/r/task?q=fw-lyon");
  await page.click('button[data-open="save-view"]');
  await submit(page, "save-view", { name: "Firewall work" });
  assert.match(await text(page, ".views"), /Firewall work/);

  page.errors = page.errors.filter((error) => !/422/.test(error));
  await assertNoErrors(page, "the journey");
});

// Triage without a mouse: moving, taking, judging, filtering with completion, commands, help, a cell changed in its list.
import assert from "node:assert/strict";
import { alertComes, assertNoErrors, openPage, picture, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  await alertComes(page, /Door forced open/);
  const press = (...keys) => keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const ready = async (act) => {
    await Promise.all([page.waitForNavigation(), act()]);
    await page.waitForSelector("html[data-ready]");
  };

  // Go to the queue, move, and the preview follows.
  await visit(page, "/");
  await ready(() => press("g", "a"));
  assert.equal(new URL(page.url()).pathname, "/alerts");
  const first = await text(page, "tr.on .grow a");
  await press("j");
  const second = await text(page, "tr.on .grow a");
  assert.notEqual(first, second);
  await until("the preview of the second row", async () => (await text(page, "#preview h2")).startsWith(second));

  // Take it; then judge it: the dialog opens with the focus inside, Ctrl Enter sends it.
  await ready(() => press("a"));
  assert.match(await text(page, "main"), /Owner Mara Lindqvist/);
  await press("f");
  await page.waitForSelector("dialog#move-close[open]");
  assert.ok(await page.evaluate(() => document.activeElement.closest("dialog#move-close") !== null), "focus is in the dialog");
  await page.keyboard.type("Benign");
  await press("Tab");
  await page.keyboard.type("Cleaning crew");
  await picture(page, "keyboard-close");
  await ready(() => press("Control+Enter"));
  assert.match(await text(page, "main"), /Benign/);

  // The filter bar completes names and values.
  await ready(() => press("g", "a"));
  await press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("sev");
  await page.waitForSelector("#find-options li");
  await press("ArrowDown", "Enter");
  assert.equal(await page.inputValue("[data-find]"), "severity:");
  await page.keyboard.type("hi");
  await page.waitForFunction(() => document.querySelector("#find-options li span")?.textContent === "high");
  await press("ArrowDown", "Enter");
  assert.equal(await page.inputValue("[data-find]"), "severity:high");
  await ready(() => press("Enter"));
  assert.match(page.url(), /severity%3Ahigh/);

  // A wrong filter says where and what was meant.
  await press("/");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("severty:high");
  await ready(() => press("Enter"));
  assert.match(await text(page, "#find-error"), /no field `severty`.*severity/);

  // Everything can be found by its name, and every key is told.
  await press("Control+k");
  await page.keyboard.type("INC-1");
  await page.waitForFunction(() => /INC-1.*Phishing/.test(document.querySelector("#palette .options li")?.textContent ?? ""));
  await ready(() => press("Enter"));
  assert.match(page.url(), /\/r\/incident\/1/);
  await press("n");
  await page.keyboard.type("Written without a mouse");
  await ready(() => press("Control+Enter"));
  assert.match(await text(page, "main"), /Written without a mouse/);
  await press("?");
  await page.waitForSelector("dialog#keys[open]");
  assert.match(await text(page, "dialog#keys"), /next row/);
  await press("Escape");

  // A menu opens, closes and gives the focus back.
  await page.focus("details[data-menu] > summary");
  await press("Enter");
  assert.ok(await page.isVisible("details[data-menu] .items"));
  await press("Escape");
  assert.ok(!(await page.isVisible("details[data-menu] .items")));

  // A cell of a list: open, change, saved in place; opened again and left with Escape.
  await visit(page, "/r/asset?q=name:ws-0388");
  await page.focus('[aria-label="Change Criticality of AST-6"], [aria-label^="Change Criticality"]');
  await press("Enter");
  await page.waitForSelector("form[data-cell] input[name=criticality]");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("9");
  await press("Enter");
  assert.ok(await page.isVisible("form[data-cell] input[name=criticality]:invalid"), "9 is refused where it was typed");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("5");
  await press("Enter");
  await page.waitForFunction(() => !document.querySelector("form[data-cell]"));
  assert.match(await text(page, "#list tbody"), /5/);
  await press("Enter");
  await page.waitForSelector("form[data-cell]");
  await press("Escape");
  await page.waitForFunction(() => !document.querySelector("form[data-cell]"));

  page.errors = page.errors.filter((error) => !/422/.test(error));
  await assertNoErrors(page, "keyboard");
});

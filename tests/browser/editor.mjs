// Writing a rule: read while one types, tried over what is kept, live with the next event, changed with what it changed shown.
import assert from "node:assert/strict";
import { assertLooksRight, assertNoErrors, leads, openPage, picture, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";
import { call } from "./story.mjs";

const rule = (account) => `title: Program of somebody
logsource:
    product: windows
    category: process_creation
detection:
    selection:
        Image|endswith: '.exe'
        ${account}
    condition: selection
level: low
`;

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  await visit(page, "/r/detection_rule/new");
  const says = (part, words) => until(String(words), async () => words.test(await text(page, part)));
  const mono = await page.evaluate(() => getComputedStyle(document.querySelector("textarea[name=text]")).fontFamily);
  assert.match(mono, /mono/i);

  // What is wrong is said with its line; what cannot fire here as well.
  await page.fill("textarea[name=text]", rule("User|expand: '%who%'"));
  await says("#rule-reading", /refused.*Line 8: .*placeholder/);
  await page.fill("textarea[name=text]", rule("User|contains: a").replace("process_creation", "dns_query"));
  await says("#rule-reading", /cannot fire/);
  await page.fill("textarea[name=text]", rule("User|contains: a"));
  await says("#rule-reading", /it can be put in force .*of the newest \d+ events match/);
  await picture(page, "editor");

  // Tried over seven days, without a rule being made.
  await leads(page, () => page.click('button:has-text("Try over 7 days")'));
  await says("#backtest", /7 days done/);
  assert.match(await text(page, "#backtest"), /[1-9]\d* events match/);
  assert.match(await page.inputValue("textarea[name=text]"), /User\|contains: a/, "what was typed is still there");
  await picture(page, "editor-tried");

  // In force with one button; an alert comes with the next events.
  await leads(page, () => page.click('button:has-text("Put in force")'));
  assert.match(await text(page, "main"), /Live.*Program of somebody/);
  const made = page.url().slice(new URL(page.url()).origin.length);
  await until("an alert of it", async () => {
    await visit(page, "/alerts?q=");
    return /Program of somebody/.test(await text(page, "main"));
  });

  // A correlation over it is tried with what it counts.
  await visit(page, "/r/detection_rule/new");
  const counting = `title: Programs in a row
correlation:
    type: event_count
    rules: [own-${made.split("/").at(-1)}]
    timespan: 1h
    condition: {gte: 2}
level: low
`;
  await page.fill("textarea[name=text]", counting);
  await says("#rule-reading", /it can be put in force/);
  await says("#rule-reading", /1 rule, which then no longer alerts by itself/);
  await leads(page, () => page.click('button:has-text("Try over 7 days")'));
  await says("#backtest", /7 days done/);
  assert.match(await text(page, "#backtest"), /[1-9]\d* times? it fires .*[1-9]\d* events counted.*fires at >= 2/);
  await picture(page, "editor-correlation");

  // So is one over rules of folders.
  const folders = (await call(page, "GET", "detection_rule?q=PowerShell&limit=2")).body.items;
  const ids = folders.map((one) => one.rule_id).join(", ");
  await page.fill("textarea[name=text]", counting.replace(/rules: .*/, `rules: [${ids}]\n    generate: true`));
  await says("#rule-reading", /it can be put in force/);
  await says("#rule-reading", /2 rules, which alert by themselves too/);

  // A change is live at once, and its page shows what it changed.
  await visit(page, `${made}/edit`);
  assert.match(await text(page, "main"), /live with the next event/);
  await page.fill("textarea[name=text]", rule("User|contains: zz"));
  await leads(page, () => page.click('button:has-text("Save: live at once")'));
  assert.match(await page.innerText(".diff"), /contains: a[\s\S]*contains: zz/);
  await picture(page, "rule-versions");
  await assertNoErrors(page, "editor");
  const state = await page.context().storageState();
  await assertLooksRight(browser, `${made}/edit`, "editor", state);
  await assertLooksRight(browser, made, "rule", state);
});

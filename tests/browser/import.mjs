// Eighty assets, three of them broken: the others enter, the broken ones are named; mended and sent again, none is doubled.
import assert from "node:assert/strict";
import { assertNoErrors, leads, openPage, picture, signInOnce, submit, text, visit, withBrowser } from "./browser.mjs";

const line = (n, criticality = 1 + (n % 5)) => `lap-${n},Laptop ${String(n).padStart(2, "0")},workstation,${criticality}`;
const sheet = (rows) => Buffer.from(["external_id,name,class,criticality", ...rows].join("\r\n"));
const good = Array.from({ length: 80 }, (_, at) => line(at));
const broken = good.map((row, at) => (at === 4 ? line(4, 9) : at === 30 ? row.replace("workstation", "toaster") : at === 79 ? "lap-79,,workstation,2" : row));

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  const send = async (rows, mode) => {
    await visit(page, "/r/asset/import");
    await page.setInputFiles("#file", { name: "laptops.csv", mimeType: "text/csv", buffer: sheet(rows) });
    await leads(page, () => page.click(`button[value=${mode}]`));
    return text(page, "main");
  };
  const count = async (filter) => {
    await visit(page, `/r/asset?q=${encodeURIComponent(filter)}`);
    return Number((await text(page, ".head .sub")).match(/^\d+/)?.[0]);
  };

  // Tried first: nothing changes.
  assert.match(await send(broken, "dry"), /77 would be created .* 3 refused/);
  assert.equal(await count("laptop"), 0);

  const said = await send(broken, "real");
  assert.match(said, /77 created .* 3 refused/);
  assert.match(said, /6 criticality: must be between 1 and 5/i);
  assert.match(said, /32 class: `toaster` is not a choice/i);
  assert.match(said, /81 name: name is missing/i);
  await picture(page, "import-refused");
  assert.equal(await count("laptop"), 77);

  assert.match(await send(good, "real"), /3 created .* 77 unchanged/);
  assert.equal(await count("laptop"), 80);
  assert.match(await send(good, "real"), /0 created .* 80 unchanged/);

  // Twelve without an owner get one at once, and it can be taken back.
  await visit(page, "/r/asset?q=laptop+owner:none&sort=name");
  for (const box of (await page.locator("tbody .pick input").all()).slice(0, 12)) await box.check();
  await leads(page, () => page.click('form[data-bulk] button[value="change"]'));
  assert.match(await text(page, "h1"), /Change 12 assets/);
  await page.locator(".setting", { hasText: "Owner" }).locator("input[role=combobox]").pressSequentially("Uwe", { delay: 40 });
  await page.locator(".setting [role=option]").first().click();
  assert.ok(await page.isChecked('[name="set.owner"]'), "choosing ticks the field");
  await picture(page, "bulk-change");
  await leads(page, () => page.click('button[value="set"]'));
  assert.match(await text(page, "main"), /12 done/);
  assert.match(await text(page, ".toast"), /Undo/);
  const undo = page.url();
  assert.equal(await count("laptop owner:any"), 12);
  await page.goto(undo);
  await leads(page, () => page.click(".toast button"));
  assert.equal(await count("laptop owner:any"), 0);

  // A field that the organisation adds is asked for, filtered by, and kept to its class and choices.
  await visit(page, "/r/custom_field/new");
  await page.fill("[name=label]", "Rack");
  await page.fill("[name=of_kind]", "asset");
  await page.fill("[name=name]", "rack");
  await page.fill("[name=options]", "A1\nA2");
  await page.fill("[name=class]", "server");
  await leads(page, () => page.click("button:has-text('Save')"));
  await visit(page, "/r/asset/1/edit");
  await page.selectOption('[name="custom.rack"]', "A2");
  await leads(page, () => page.click("button:has-text('Save')"));
  assert.match(await text(page, "main"), /Rack A2/);
  assert.equal(await count("custom.rack:A2"), 1);
  await visit(page, "/r/asset/4/edit");
  assert.ok(!(await page.isVisible('[name="custom.rack"]')), "hidden for a workstation");
  await page.selectOption("[name=class]", "server");
  assert.ok(await page.isVisible('[name="custom.rack"]'));

  // Scope tags change on the record's page.
  await visit(page, "/r/scope_tag/new");
  await page.fill("[name=name]", "Field");
  await leads(page, () => page.click("button:has-text('Save')"));
  await visit(page, "/r/asset/4");
  await page.click('button[data-open="tags"]');
  await page.locator("dialog#tags label", { hasText: "Field" }).locator("input").check();
  await leads(page, () => page.click("dialog#tags footer button[type=submit]"));
  assert.match(await text(page, "main"), /Scope tags Default Field/);
  assert.equal(await count("tag:Field"), 1);

  await assertNoErrors(page, "import");
});

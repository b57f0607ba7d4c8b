// The design page: looks right everywhere, and its keys, dialogs, pickers and toasts do what they say under the strict policy.
import assert from "node:assert/strict";
import { assertAccessible, assertLooksRight, assertNoErrors, openPage, picture, visit, withBrowser } from "./browser.mjs";

const current = (page) => page.getAttribute("tr[data-row].on", "id");
const open = (page, id) => page.evaluate((name) => document.getElementById(name).open, id);

await withBrowser(async (browser) => {
  await assertLooksRight(browser, "/design", "design");

  const page = await openPage(browser);
  await visit(page, "/design");

  await page.keyboard.press("j");
  assert.equal(await current(page), "ALR-4710", "j moves to the next row");
  await page.keyboard.press("k");
  await page.keyboard.press("k");
  assert.equal(await current(page), "ALR-4712", "k moves back");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  assert.equal(await page.textContent("[data-bulk-count]"), "2", "x selects rows");
  await page.keyboard.press("Escape");
  assert.equal(await page.isVisible("[data-bulk]"), false, "Escape clears the selection");
  await page.click("#ALR-4713 .pick input");
  await page.click("#ALR-4709 .pick input", { modifiers: ["Shift"] });
  assert.equal(await page.textContent("[data-bulk-count]"), "5", "Shift selects a range");
  await page.keyboard.press("Escape");

  await page.keyboard.press("?");
  assert.equal(await open(page, "keys"), true, "? opens the keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.name), "q", "/ goes to the filter");
  assert.ok((await page.innerHTML(".find .ink")).includes("<em>status:</em>"), "the filter is coloured");
  await page.keyboard.press("End");
  await page.keyboard.type(" se");
  await page.waitForSelector("#find-options li");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await page.waitForSelector("#palette li");
  await page.keyboard.type("escal");
  await page.waitForFunction(() => document.querySelector("#palette li")?.textContent.includes("Escalate"));
  await picture(page, "palette");
  await page.keyboard.press("Enter");
  await page.waitForURL(/#e$/); // the palette does what the page offers

  await page.waitForFunction(() => !document.querySelector("dialog[open]"));
  await page.keyboard.press("s");
  await page.waitForSelector("#save-view[open]"); // a button's own key presses it
  await picture(page, "dialog");
  await page.keyboard.press("Escape");

  await page.click("#f-owner");
  await page.keyboard.type("ver");
  await page.waitForSelector("#f-owner-list li");
  await page.keyboard.press("Enter");
  assert.equal(await page.inputValue("#f-owner"), "Vera Lindt");
  assert.equal(await page.inputValue("input[name=owner]"), "1", "the picker keeps the id");
  await page.click("#f-assets");
  await page.keyboard.type("u");
  await page.waitForSelector("#f-assets-list li");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");

  await page.click("[data-children] [data-add-child]");
  assert.equal(await page.inputValue('[name="milestones[2].what"]'), "", "a new row is numbered after the others");
  await page.click("[data-children] .child:nth-child(1) [data-drop-child]");
  assert.equal(await page.inputValue('[name="milestones[0].what"]'), "First salary run", "rows close their gaps");

  await page.click("[data-theme-toggle]");
  await page.reload();
  assert.equal(await page.getAttribute("html", "data-theme"), "dark", "the theme is kept");
  await assertNoErrors(page, "strict policy");
  await page.context().close();

  for (const opener of ["?", "s", "Control+k"]) {
    const looking = await openPage(browser, { strict: false, theme: "dark" });
    await visit(looking, "/design");
    await looking.keyboard.press(opener);
    await assertAccessible(looking, `after ${opener}`);
    await looking.context().close();
  }

  const live = await openPage(browser);
  await live.route("**/live", (route) => route.fulfill({ contentType: "text/event-stream", body: "retry: 100\ndata: alert\n\n" }));
  await live.route("**/list", async (route) => {
    const list = await live.evaluate(() => document.getElementById("list").outerHTML);
    await route.fulfill({ contentType: "text/html", body: list.replace("Impossible travel", "Possible travel").replace('class="on"', "") });
  });
  await visit(live, "/design");
  await live.keyboard.press("j");
  await live.click("#ALR-4709 .pick input");
  await live.focus("#ALR-4708 a");
  await live.evaluate(() => Object.assign(document.getElementById("list").dataset, { live: "alert", liveSrc: "/list" }));
  await live.waitForFunction(() => document.getElementById("list").textContent.includes("Possible travel"));
  await live.waitForTimeout(400);
  assert.equal(await current(live), "ALR-4708", "the current row stays after a live update");
  assert.equal(await live.isChecked("#ALR-4709 .pick input"), true, "the selection stays");
  assert.equal(await live.evaluate(() => document.activeElement.closest("tr")?.id), "ALR-4708", "the focus stays");
  assert.equal(await live.textContent("[data-bulk-count]"), "1");
  assert.equal(await live.isVisible("[data-bulk]"), true, "the selection's bar stays");
  await live.context().close();

  const phone = await openPage(browser, { size: "phone", strict: false });
  await visit(phone, "/design");
  await phone.click("[data-open=places]");
  await picture(phone, "phone-places");
  await assertAccessible(phone, "places on a phone");
  await phone.context().close();
});
console.log("design: all right");

// What every browser test uses: Chromium, a page that notes its errors, axe, and looks in both themes and sizes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const base = process.env.WATCHKEEP_URL ?? "http://127.0.0.1:7070";
export const sizes = { desktop: { width: 1600, height: 900 }, phone: { width: 390, height: 844 } };
export const themes = ["light", "dark"];

/** Runs `act` with a started Chromium, and ends it whatever happens. */
export async function withBrowser(act) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  try {
    return await act(browser);
  } finally {
    await browser.close();
  }
}

/**
 * A page that keeps every console error and failed script in `page.errors`.
 * `strict` leaves the content policy in force, as people have it; axe needs it off.
 */
export async function openPage(browser, { theme = "light", size = "desktop", strict = true, state } = {}) {
  const context = await browser.newContext({
    colorScheme: theme,
    viewport: sizes[size],
    hasTouch: size === "phone",
    bypassCSP: !strict,
    storageState: state,
  });
  const page = await context.newPage();
  page.errors = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.errors.push(message.text());
  });
  page.on("pageerror", (error) => page.errors.push(String(error)));
  return page;
}

export async function visit(page, path) {
  const answer = await page.goto(base + path, { waitUntil: "load" });
  assert.ok(answer.ok(), `${path} answers ${answer.status()}`);
  await page.waitForSelector("html[data-ready]");
}

/** Opens a one-time address and goes on; whoever it is for is then signed in on this page. */
export async function signInOnce(page, path) {
  await page.goto(base + path);
  await Promise.all([page.waitForNavigation(), page.click("button[type=submit]")]);
  await page.waitForSelector("html[data-ready]");
}

/** A one-time address for a person of the demo, made by the command line. */
export function linkFor(email) {
  const said = execFileSync(process.env.WATCHKEEP_BINARY, ["user", "--data", process.env.WATCHKEEP_DATA, "link", email], { encoding: "utf8" });
  return said.trim().split("\n").pop();
}

/** The visible words of a part, on one line. */
export async function text(page, selector) {
  return (await page.innerText(selector)).replace(/\s+/g, " ");
}

export async function until(what, check) {
  for (let turn = 0; turn < 120; turn++) {
    if (await check()) return;
    await new Promise((done) => setTimeout(done, 500));
  }
  assert.fail(`${what} did not come`);
}

/** Does something that leads to another page, and waits until that is ready. */
export async function leads(page, act) {
  await Promise.all([page.waitForNavigation(), act()]);
  await page.waitForSelector("html[data-ready]");
}

/** Fills the named fields of an open dialog and sends it. */
export async function submit(page, dialog, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = page.locator(`#${dialog} [name="${name}"]`).first();
    const tag = await field.evaluate((element) => element.tagName);
    if (tag === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  await leads(page, () => page.click(`#${dialog} footer button[type=submit]`));
}

/** Waits until an alert whose title fits is in the queue. */
export async function alertComes(page, title) {
  await visit(page, "/alerts");
  await until(`an alert ${title}`, async () => {
    await page.reload();
    await page.waitForSelector("html[data-ready]");
    return title.test(await text(page, "main"));
  });
}

/** Nothing wrong with the page for people who use other senses or a keyboard (WCAG 2.2 A and AA). */
export async function assertAccessible(page, what) {
  await page.evaluate(axe);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // Only what is wrong leaves the page: all that is right is megabytes.
  const found = await page.evaluate(async (values) => (await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] })).violations, tags);
  const words = found.map((each) => `${each.id}: ${each.help}\n${each.nodes.slice(0, 6).map((node) => `    ${node.html.slice(0, 160)}\n      ${node.any.concat(node.all).map((check) => check.message).join("; ")}`).join("\n")}`);
  assert.equal(words.length, 0, `${what}: axe finds\n${words.join("\n")}`);
}

export async function assertNoErrors(page, what) {
  assert.deepEqual(page.errors, [], `${what}: the console shows errors`);
}

export async function assertNoSidewaysScroll(page, what) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1).slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
  });
  assert.deepEqual(wide, [], `${what}: wider than the screen`);
}

/** A picture under WATCHKEEP_PICTURES, if that is set. */
export async function picture(page, name) {
  const folder = process.env.WATCHKEEP_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
  if (process.env.WATCHKEEP_WHOLE) await page.screenshot({ path: `${folder}/${name}-whole.png`, fullPage: true });
}

/** The pages that look at one address after another, one of each theme and size, for whoever is signed in now. */
const looking = { who: undefined, pages: {} };

async function looker(browser, theme, size, state) {
  const who = JSON.stringify(state ?? "nobody");
  if (looking.who !== who) {
    for (const page of Object.values(looking.pages)) await page.context().close();
    Object.assign(looking, { who, pages: {} });
  }
  return (looking.pages[`${theme}-${size}`] ??= await openPage(browser, { theme, size, strict: false, state }));
}

/** The look of one address in both themes and both sizes: accessible, no errors, nothing sideways. */
export async function assertLooksRight(browser, path, name, state) {
  for (const theme of themes) {
    for (const size of Object.keys(sizes)) {
      const what = `${name}-${theme}-${size}`;
      const page = await looker(browser, theme, size, state);
      page.errors = [];
      await visit(page, path);
      await picture(page, what);
      await assertNoSidewaysScroll(page, what);
      await assertAccessible(page, what);
      await assertNoErrors(page, what);
    }
  }
}

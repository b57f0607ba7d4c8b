// What the stories share: a clock that is set ahead, records made by the API, people who sign in by a link.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { assertNoErrors, base, linkFor, openPage, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

export const DAY = 24 * 60 * 60;
/** The server's own where nobody names another. */
const ZONE = "Europe/Berlin";
export let ahead = 0;

/** Sets the server's clock so many seconds further ahead, and signs everybody in again: their sessions may have ended by then. */
export async function later(firm, seconds) {
  ahead += seconds;
  writeFileSync(process.env.WATCHKEEP_TEST_CLOCK, String(ahead));
  for (const [who, email] of Object.entries(firm.people)) {
    if (!firm[who]) continue;
    await firm[who].context().close();
    firm[who] = await as(firm.browser, email);
  }
}

export async function call(page, method, path, data) {
  const csrf = await page.getAttribute("meta[name=csrf]", "content");
  const answer = await page.request.fetch(`${base}/api/${path}`, { method, data, headers: { "x-csrf-token": csrf } });
  return { status: answer.status(), body: await answer.json().catch(() => ({})) };
}

/** Makes records by the API; one, or many at once. */
export async function make(page, kind, data) {
  const made = await call(page, "POST", kind, data);
  assert.ok(made.status < 300, `${kind}: ${made.status} ${JSON.stringify(made.body)}`);
  return Array.isArray(data) ? made.body.items : made.body;
}

export const id = (record) => record.number.split("-")[1];

/** A page signed in as somebody, by a link. */
export async function as(browser, email, options = {}) {
  const page = await openPage(browser, options);
  await signInOnce(page, linkFor(email));
  return page;
}

/** The page of the held duty of a code, at a site where one is named, once its figure fits. */
export async function duty(page, code, figure, site) {
  const held = `duty.code:${code}${site ? ` site:${site.number}` : ""}`;
  const found = await call(page, "GET", `held_duty?q=${encodeURIComponent(held)}&limit=1`);
  const path = `/duty/${id(found.body.items[0])}`;
  await until(`${code} to say ${figure}`, async () => {
    await visit(page, path);
    return figure.test(await text(page, "main"));
  });
  return path;
}

/** Names a person in a reference field of an open dialog or form. */
export async function choose(page, within, words) {
  await page.locator(`${within} input[role=combobox]`).first().pressSequentially(words, { delay: 30 });
  await page.locator(`${within} [role=option]`, { hasText: words }).first().click();
  const [shown, kept] = await page.locator(within).first().evaluate((part) => ["input[role=combobox]", "input[type=hidden]"].map((each) => part.querySelector(each)?.value));
  assert.ok(shown?.includes(words) && kept, `${words}: ${shown}, ${kept}`);
}

/** So many days from now, by the server's clock and in its zone. */
export function day(days) {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(new Date(Date.now() + (ahead + days * DAY) * 1000));
}

export async function person(page, email) {
  const found = await call(page, "GET", `person?q=${encodeURIComponent(`email:"${email}"`)}&limit=1`);
  return found.body.items[0].number;
}

/** Walks the chapters in order with one person's page; whoever else signs in is kept in `firm` under the names of `people`. */
export async function tell(first, people, chapters) {
  await withBrowser(async (browser) => {
    const firm = { browser, people, [first]: await openPage(browser) };
    for (const [name, chapter] of chapters) {
      await chapter(firm).catch((error) => {
        error.message = `step ${name}: ${error.message}`;
        throw error;
      });
      firm[first].errors = firm[first].errors.filter((error) => !/422|404|403/.test(error));
      await assertNoErrors(firm[first], name);
    }
  });
}

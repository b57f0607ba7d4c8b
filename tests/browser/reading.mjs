// Story C, step 6: a policy goes to sixty people; each confirms it in two clicks without any role; six are left, by name.
import assert from "node:assert/strict";
import { assertLooksRight, assertNoErrors, base, leads, linkFor, openPage, picture, signInOnce, submit, text, visit, withBrowser } from "./browser.mjs";

const people = Array.from({ length: 60 }, (_, at) => `Reader ${String(at + 1).padStart(2, "0")}`);
const email = (name) => `${name.toLowerCase().replace(" ", "")}@demo.example`;

async function api(page, path, data, method = "POST") {
  const csrf = await page.getAttribute("meta[name=csrf]", "content");
  const answer = await page.request.fetch(`${base}/api/${path}`, { method, data, headers: { "x-csrf-token": csrf } });
  assert.ok(answer.ok(), `${path} answers ${answer.status()}: ${await answer.text()}`);
  return answer.json();
}

/** Reads what waits for somebody and confirms it: a click that opens it, a click that confirms. */
async function reads(page) {
  await visit(page, "/");
  assert.match(await text(page, "main"), /To read: Clean desk policy/);
  await leads(page, () => page.click("main tr:has-text('Clean desk') a.btn"));
  assert.match(await text(page, "main"), /to read · policy · issue 1 .*Every evening.*Nothing lies on the desk.*approved by Mara Lindqvist/);
  await leads(page, () => page.click("main form button[type=submit]"));
  assert.match(await text(page, ".note"), /Thank you\. Clean desk policy: confirmed/);
}

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

  // Sixty people, and a policy that a site manager writes and somebody else approves.
  const made = await api(mara, "person", people.map((name) => ({ name, email: email(name) })));
  assert.equal(made.items.length, 60);
  const sixty = await api(mara, "group", { name: "The sixty", people: made.items.map((one) => one.number) });
  const piet = await openPage(browser);
  await signInOnce(piet, linkFor("piet@demo.example"));
  await visit(piet, "/r/document/new");
  const written = "# Every evening\n\n- Nothing lies on the desk.\n- The drawer is **locked**.";
  const policy = await api(piet, "document", { title: "Clean desk policy", class: "policy", text: written });
  await api(mara, `document/${policy.number}`, { audience: [sixty.number] }, "PATCH");
  const page = `/r/document/${policy.number.split("-")[1]}`;
  await visit(piet, page);
  await leads(piet, () => piet.click("button:has-text('Put forward')"));
  await visit(mara, page);
  await mara.click('button[data-open="move-approve"]');
  await submit(mara, "move-approve", { review_due: "2030-01-01" });
  await leads(mara, () => mara.click("button:has-text('Publish')"));
  assert.match(await text(mara, "main"), /Who has read it .* 0 of 60.* 60 not yet/);

  // One of them has no role: the document is not there for her, the text is.
  const first = await openPage(browser, { size: "phone" });
  await signInOnce(first, linkFor(email(people[0])));
  assert.equal((await first.request.get(base + page)).status(), 404);
  await visit(first, "/reading");
  await assertLooksRight(browser, "/reading", "reading", await first.context().storageState());
  const link = await first.getAttribute("main a.btn", "href");
  await assertLooksRight(browser, link, "reading-one", await first.context().storageState());
  await reads(first);
  await picture(first, "reading-done");

  // Fifty-three more do the same.
  for (const name of people.slice(1, 54)) {
    const reader = await openPage(browser);
    await signInOnce(reader, linkFor(email(name)));
    await reads(reader);
    await reader.context().close();
  }
  await visit(mara, page);
  const left = await text(mara, ".names");
  assert.match(await text(mara, "main"), /54 of 60.* 6 not yet/);
  for (const name of people.slice(54)) assert.ok(left.includes(name), `${name} is named`);
  assert.ok(!left.includes(people[0]));
  await picture(mara, "six-left");

  for (const one of [mara, piet, first]) await assertNoErrors(one, one.url());
});

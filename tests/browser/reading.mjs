// Story C, step 6: a policy is written from a starter, approved by another, and goes to sixty people; each confirms it in two clicks without any role; six are left, by name.
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
  assert.match(await text(page, "main"), /To read: Clear desk and clear screen/);
  await leads(page, () => page.click("main tr:has-text('Clear desk') a.btn"));
  assert.match(await text(page, "main"), /to read · policy · issue 1 .*Purpose.*Laptops go along or into a locked drawer.*approved by Dana Reed/);
  await leads(page, () => page.click("main form button[type=submit]"));
  assert.match(await text(page, ".note"), /Thank you\. Clear desk and clear screen: confirmed/);
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

  // Sixty people, who are to read a policy.
  const made = await api(mara, "person", people.map((name) => ({ name, email: email(name) })));
  assert.equal(made.items.length, 60);
  const sixty = await api(mara, "group", { name: "The sixty", people: made.items.map((one) => one.number) });
  const role = async (name, email, title) => {
    const person = await api(mara, "person", { name, email });
    const members = await api(mara, "group", { name: `${name} alone`, people: [person.number] });
    const found = await (await mara.request.get(`${base}/api/role?q=${encodeURIComponent(`name:"${title}"`)}`)).json();
    await api(mara, "role_assignment", { name: `${name}'s role`, role: found.items[0].number, members: [members.number], organisation_wide: true });
    const page = await openPage(browser);
    await signInOnce(page, linkFor(email));
    return page;
  };
  const sam = await role("Sam Porter", "sam.porter@demo.example", "Security Manager");
  const dana = await role("Dana Reed", "dana.reed@demo.example", "CISO");

  // Sam writes it from a text of ours, and may not approve it alone; Dana does.
  await visit(sam, "/r/document/new");
  await assertLooksRight(browser, "/r/document/new", "document-new", await sam.context().storageState());
  await leads(sam, () => sam.click("a:has-text('Clear desk and clear screen')"));
  assert.match(await sam.inputValue("textarea[name=text]"), /^# Purpose\nWhat lies about/);
  await leads(sam, () => sam.click("button:has-text('Save')"));
  const page = new URL(sam.url()).pathname;
  await api(mara, `document/DOC-${page.split("/").pop()}`, { audience: [sixty.number] }, "PATCH");
  await visit(sam, page);
  await leads(sam, () => sam.click("button:has-text('Put forward')"));
  await visit(sam, page);
  const csrf = await sam.getAttribute("meta[name=csrf]", "content");
  const alone = await sam.request.post(`${base}${page}/move/approve`, { form: { csrf, review_due: "2030-01-01" } });
  assert.equal(alone.status(), 422);
  assert.match(await alone.text(), /whoever asks does not decide.*RU-38/s);
  await visit(dana, page);
  await dana.click('button[data-open="move-approve"]');
  await submit(dana, "move-approve", { review_due: "2030-01-01" });
  await visit(sam, page);
  await leads(sam, () => sam.click("button:has-text('Publish')"));
  await visit(mara, page);
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

  for (const one of [mara, sam, dana, first]) await assertNoErrors(one, one.url());
});

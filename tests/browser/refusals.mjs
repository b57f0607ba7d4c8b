// What one may not see is not there, what one may not do is refused; and anyone can report a concern.
import assert from "node:assert/strict";
import { alertComes, assertNoErrors, base, leads, linkFor, openPage, picture, signInOnce, submit, text, visit, withBrowser } from "./browser.mjs";

const answer = async (page, path) => {
  const got = await page.request.get(base + path);
  return [got.status(), (await got.text()).replace(/[A-Z]{3}-\d+/g, "").replace(/\/r\/\w+\/\d+/g, "")];
};

await withBrowser(async (browser) => {
  const mara = await openPage(browser);
  await signInOnce(mara, process.env.WATCHKEEP_ONCE);
  await alertComes(mara, /Door forced open/);

  // An employee without a security role: the queue does not exist for her (RU-62, RU-73).
  const anna = await openPage(browser);
  await signInOnce(anna, linkFor("anna@demo.example"));
  await visit(anna, "/");
  assert.doesNotMatch(await text(anna, ".rail"), /Alerts|Incidents|Administration/);
  const [missing, page] = await answer(anna, "/r/alert/999999");
  assert.equal(missing, 404);
  assert.deepEqual(await answer(anna, "/r/alert/1"), [missing, page]);
  for (const path of ["/alerts", "/r/incident/1", "/r/nosuch", "/r/alert", "/r/alert/export.csv", "/pick/alert", "/admin/why"]) {
    assert.equal((await answer(anna, path))[0], 404, path);
  }

  // She reports a concern and keeps a receipt; the alert itself stays closed to her.
  await visit(anna, "/report");
  await anna.fill("[name=what]", "A stranger asked me to hold the door");
  await anna.fill("[name=place]", "Main entrance");
  await leads(anna, () => anna.click("main form button[type=submit]"));
  const receipt = (await text(anna, ".note")).match(/ALR-(\d+)/);
  assert.ok(receipt, "a receipt with its number");
  assert.match(await text(anna, "main"), /received A stranger asked me/);
  assert.equal((await answer(anna, `/r/alert/${receipt[1]}`))[0], 404);
  await picture(anna, "receipt");

  // It waits in the queue in her name; once judged, she learns that it is done and no more.
  await visit(mara, `/r/alert/${receipt[1]}`);
  assert.match(await text(mara, "main"), /Reporter Anna Keller/);
  await mara.click('button[data-open="move-close"]');
  await submit(mara, "move-close", { verdict: "benign", reason: "It was the new courier" });
  await visit(anna, "/report");
  assert.match(await text(anna, "main"), /done A stranger asked me/);
  assert.doesNotMatch(await text(anna, "main"), /courier/);

  // An auditor reads all and changes nothing.
  const ines = await openPage(browser);
  await signInOnce(ines, linkFor("ines@demo.example"));
  await visit(ines, "/r/incident/1");
  assert.match(await text(ines, "main"), /Phishing mails/);
  assert.equal(await ines.locator('main .head .btn:not([aria-disabled="true"]):not(summary)').count(), 0);
  const csrf = await ines.getAttribute("meta[name=csrf]", "content");
  const refused = await ines.request.post(`${base}/r/incident/1/move/note`, { form: { csrf, note: "I was here" } });
  assert.equal(refused.status(), 403);
  assert.match(await refused.text(), /none of your roles may/);
  const forged = await ines.request.post(`${base}/r/incident/1/move/note`, { form: { csrf: "wrong", note: "x" } });
  assert.equal(forged.status(), 400);

  for (const page of [mara, anna, ines]) await assertNoErrors(page, page.url());
});

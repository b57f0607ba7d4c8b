// A feed: a list is tried and put in force on its page, looked for in what is kept and in what comes, and an alert leads
// to the entry as the list has it.
import assert from "node:assert/strict";
import { assertLooksRight, assertNoErrors, leads, openPage, picture, signInOnce, text, until, visit, withBrowser } from "./browser.mjs";

const event = (host, name, days) => JSON.stringify({ time: new Date(Date.now() - days * 86_400_000).toISOString(), host, message: `GET http://${name}/x` });

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  const send = async (lines) => {
    await visit(page, "/events");
    const status = await page.evaluate(async (body) => {
      const form = new FormData();
      form.append("source", "proxy-test");
      form.append("file", new Blob([body]), "proxy.jsonl");
      const csrf = document.querySelector("[name=csrf]")?.value ?? document.querySelector("meta[name=csrf]")?.content;
      return (await fetch(`/events/upload?csrf=${csrf}`, { method: "POST", body: form })).status;
    }, lines.join("\n"));
    assert.equal(status, 200);
  };
  await send([event("ws-old", "sleeper.example", 5)]);

  // A new file: tried first, with what is wrong in it, then put in force.
  const file = { name: "new.txt", mimeType: "text/plain", buffer: Buffer.from("# new\nsleeper[.]example\nnot one\nworse.example\n") };
  await visit(page, "/r/feed/1");
  await page.setInputFiles("#feed-file", file);
  await leads(page, () => page.click("button[value=try]"));
  assert.match(await text(page, "main"), /Different values 2.*New 2.*line 3 not one/);
  await picture(page, "feed-tried");
  await visit(page, "/r/feed/1");
  assert.doesNotMatch(await text(page, "main"), /sleeper/, "trying changes nothing");
  await page.setInputFiles("#feed-file", file);
  await leads(page, () => page.click("button[value=take]"));
  assert.match(await text(page, "main"), /2 domain.*new\.txt.*sleeper\.example/);

  // Looked for in what is kept, with its progress on the page.
  await until("an end of looking back", async () => /1 new alert/.test(await text(page, "#looking")));
  await picture(page, "feed-looked");
  await visit(page, "/alerts?q=looked_back:yes");
  assert.match(await text(page, "main"), /Indicator seen earlier: sleeper\.example.*ws-old/);

  // And in what comes.
  await send([event("ws-new", "www.worse.example", 0)]);
  await visit(page, `/alerts?q=${encodeURIComponent("entity:ws-new")}`);
  await leads(page, () => page.locator('a:has-text("Indicator seen: worse.example")').first().click());
  assert.match(await text(page, "main"), /FED-1 Blocklist.*70 % left of 70 %/);
  await picture(page, "feed-alert");
  await leads(page, () => page.locator('main a:has-text("FED-1")').first().click());
  assert.match(await text(page, "main"), /looked for.*As it stands in its source.*worse\.example/);
  await picture(page, "feed-entry");
  await assertNoErrors(page, "a feed");

  const state = await page.context().storageState();
  await assertLooksRight(browser, "/r/feed/1", "feed", state);
  await assertLooksRight(browser, "/feeds/1/entries?q=example", "feed-entries", state);
});

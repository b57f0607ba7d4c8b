//! A document as it is read: its text, what it counts for, who has read it, every issue as it was approved.

use super::record::{attachments, buttons, comments, dialogs, framed, history, state};
use super::show::{self, Titles};
use crate::ask::Ask;
use crate::fault::Fault;
use crate::htmx;
use crate::parts::{Button, State as Mark, chart, diff, empty, header, keyvalue, markdown, panel, state as mark, time};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use watchkeep_desk::reading::reminders;
use watchkeep_model::{Record, Rows, Value};
use watchkeep_records::assure::{Attempt, questions};
use watchkeep_records::talk::CONFIRMED;
use watchkeep_store::{Issue, List};

/// Names that are shown of who has read it, and of who has not.
const NAMES: usize = 100;

pub fn page(ask: &Ask) -> Result<Response, Fault> {
    let document = ask.record(ask.kind("document")?, ask.param("id"))?;
    let issues = ask.app.desk.store.issues(&ask.actor, document.kind, document.id, "issue")?;
    let asked = |name: &str| ask.query(name).and_then(|text| text.parse::<i64>().ok());
    let find = |number: i64| issues.iter().find(|one| number_of(&one.record) == number).ok_or(Fault::Missing);
    let body = match (asked("issue"), asked("with")) {
        (Some(issue), Some(with)) => compared(ask, &document, find(issue.min(with))?, find(issue.max(with))?),
        (Some(issue), None) => as_it_was(ask, &document, find(issue)?, &issues),
        _ => now(ask, &document, &issues)?,
    };
    framed(ask, &document, &body)
}

/// The generic move; and who owes a receipt after it knows at once.
pub fn act(ask: &Ask) -> Result<Response, Fault> {
    let answer = super::record::act(ask)?;
    ask.app.desk.owe_receipts_if_changed(ask.now)?;
    Ok(answer)
}

fn number_of(document: &Record) -> i64 {
    document.get("issue").as_int().unwrap_or(0)
}

fn now(ask: &Ask, document: &Record, issues: &[Issue]) -> Result<Markup, Fault> {
    let here = format!("/r/document/{}", document.id);
    let titles = Titles::of(ask, std::slice::from_ref(document));
    let issue = number_of(document);
    let about = html! {
        (state(document))
        @if issue > 0 { " · issue " (issue) }
        " · changed " (time::ago(document.updated, ask.now))
    };
    let open = matches!(document.state(), Some("draft" | "review")) && issue > 0;
    let inner = html! {
        (header::record_header(&document.number(), document.title(), &about, &buttons(ask, document)))
        @if open { (empty::note(Mark::Amber, &html! { "This is the text of the next issue, not approved yet. " a .link href={ (here) "?issue=" (issue) } { "Issue " (issue) } " counts until then." })) }
        div .cols .read {
            div .stack {
                (paper(ask, document, &titles))
                (asked_of_readers(document))
                (attachments(ask, document)?)
                (comments(ask, document)?)
            }
            div .stack {
                (facts(ask, document, &titles))
                (readers(ask, document)?)
                (issues_panel(document, issues, ask))
                (history(ask, document)?)
            }
        }
    };
    Ok(
        html! { (htmx::live("record", &["document", "receipt", "comment", "attachment"], &here, &inner)) (dialogs(ask, document)) },
    )
}

/// The text itself, or the file where there is none.
pub fn paper(ask: &Ask, document: &Record, titles: &Titles) -> Markup {
    let text = markdown::read(document.get("text").as_text().unwrap_or_default());
    let approver = document.get("approver").as_int().and_then(|id| titles.get("person", id));
    html! {
        article .panel .paper {
            (markdown::contents(&text))
            @if !document.get("text").is_empty() { div .doc { (text.body) } }
            @else if !document.get("file").is_empty() { p .doc { "What was approved is a file; it is below, under Files." } }
            @else { (empty::empty("file", "No text yet", "Write it under Edit, or attach a file and put it forward.", &html! {})) }
            (approval(ask, document, approver))
        }
    }
}

/// By whom and when it was approved, and from when it counts.
pub fn approval(ask: &Ask, document: &Record, approver: Option<&str>) -> Markup {
    let Some(at) = document.read::<Timestamp>("approved_at") else { return html! {} };
    let day = at.to_zoned(ask.app.desk.zone.clone()).date();
    html! {
        footer .approval {
            "Issue " (number_of(document)) ", approved " @if let Some(name) = approver { "by " b { (name) } " " } "on " time { (day) }
            @if let Some(digest) = document.get("digest").as_text() { span .sub { " · sha256 " span .id title=(digest) { (digest.get(..16).unwrap_or(digest)) "…" } } }
        }
    }
}

fn facts(ask: &Ask, document: &Record, titles: &Titles) -> Markup {
    let today = ask.now.to_zoned(ask.app.desk.zone.clone()).date();
    let shown = |name: &str| {
        document
            .kind
            .field(name)
            .map_or_else(|| html! {}, |field| show::value(ask, titles, field, document.get(field.name)))
    };
    let date = |name: &str| document.read::<Date>(name).map_or_else(|| "–".to_owned(), |day| day.to_string());
    let late = document.read::<Date>("review_due").is_some_and(|day| day < today);
    let review = html! { (date("review_due")) @if late { " " (mark::mark(Mark::Red, "overdue")) } };
    let mut rows = vec![
        ("Class", shown("class")),
        ("Owner", shown("owner")),
        (
            "Counts",
            html! { "from " (date("effective_from")) @if !document.get("effective_until").is_empty() { " until " (date("effective_until")) } },
        ),
        ("Review", review),
        ("Put forward", shown("author")),
        ("Approved", shown("approver")),
        ("For", html! { (shown("audience")) @if !document.get("parties").is_empty() { ", " (shown("parties")) } }),
        ("Site", shown("site")),
        ("Carries out", shown("carries_out")),
    ];
    rows.retain(|(name, _)| {
        let field = match *name {
            "Site" => "site",
            "Carries out" => "carries_out",
            "Approved" => "approver",
            "Put forward" => "author",
            _ => return true,
        };
        !document.get(field).is_empty()
    });
    let custom = super::custom::shown(ask, document);
    rows.extend(custom.iter().map(|(label, value)| (label.as_str(), value.clone())));
    rows.push(("Scope tags", super::tags::row(ask, document)));
    panel::padded("Details", &html! { "version " (document.version) }, &keyvalue::keyvalue(&rows))
}

/// What readers are asked, without the answers: those are in the form.
fn asked_of_readers(document: &Record) -> Markup {
    let asked = questions(document);
    if asked.is_empty() {
        return html! {};
    }
    let pass = document.get("pass_mark").as_int().unwrap_or(100);
    panel::padded(
        "Questions to readers",
        &html! { (pass) " % right to pass" },
        &html! { ol .asked { @for one in &asked { li { (one.question) ul { @for answer in one.answers() { li { (answer) } } } } } } },
    )
}

/// Who has read it and who has not, by name; for who may read receipts.
fn readers(ask: &Ask, document: &Record) -> Result<Markup, Fault> {
    if document.get("published").is_empty() {
        return Ok(html! {});
    }
    let sent = document.read::<Timestamp>("published_at");
    let aside = html! { "issue " (document.get("published").as_int().unwrap_or(0)) @if let Some(at) = sent { " · sent " (time::ago(at, ask.now)) } };
    receipts(ask, document, &aside)
}

/// Who has read a briefing or notice, and who has not (RU-58).
pub fn briefed(ask: &Ask, message: &Record) -> Result<Markup, Fault> {
    let sent = message.read::<Timestamp>("sent");
    let confirmed = message.choice("class").is_some_and(|class| CONFIRMED.contains(&class));
    let Some(at) = sent.filter(|_| confirmed && !message.get("audience").is_empty()) else { return Ok(html! {}) };
    receipts(ask, message, &html! { "sent " (time::ago(at, ask.now)) })
}

fn receipts(ask: &Ask, of: &Record, aside: &Markup) -> Result<Markup, Fault> {
    let Ok(kind) = ask.kind("receipt") else { return Ok(html! {}) };
    let filter = |state: &str| format!("{}:{} state:{state}", of.kind.name, of.number());
    let list = |state: &str| -> Result<(Vec<Record>, u64), Fault> {
        let test = ask.app.desk.filter(&ask.actor, kind, &filter(state), ask.now)?;
        let mut list = List::of(kind).filtered(test).limited(NAMES);
        (list.sort, list.descending) = ("number".to_owned(), false);
        let all = ask.app.desk.store.count(&ask.actor, &list)?;
        Ok((ask.app.desk.store.list(&ask.actor, &list)?.records, all.unsigned_abs()))
    };
    let ((owed, left), (given, read)) = (list("owed")?, list("given")?);
    let all: Vec<Record> = owed.iter().chain(&given).cloned().collect();
    let titles = Titles::of(ask, &all);
    let address = |state: &str| format!("/r/receipt?q={}", show::encode(&filter(state)));
    Ok(panel::padded(
        "Who has read it",
        aside,
        &html! {
            p .figure { (read) " of " (read + left) }
            (chart::states(&[(Mark::Amber, left), (Mark::Green, read)]))
            @if left > 0 {
                h3 .gap { a .link href=(address("owed")) { (left) " not yet" } }
                ul .plain .names { @for one in &owed { li { (name(&titles, one)) (reminded(one, ask)) } } }
            }
            @if read > 0 {
                details .gap { summary { (read) " read" }
                    ul .plain .names { @for one in &given { li { (name(&titles, one)) " " @if let Some(at) = one.read::<Timestamp>("at") { span .sub { (time::ago(at, ask.now)) } } } }
                        @if read > given.len() as u64 { li { a .link href=(address("given")) { "All " (read) } } }
                    }
                }
            }
        },
    ))
}

fn name(titles: &Titles, receipt: &Record) -> Markup {
    let person = receipt.get("person").as_int().and_then(|id| titles.get("person", id));
    let party = receipt.get("party").as_int().and_then(|id| titles.get("party", id));
    html! {
        a href={ "/r/receipt/" (receipt.id) } {
            @match (party, person) {
                (Some(party), Some(person)) => { b { (party) } " (" (person) ")" }
                (Some(party), None) => { b { (party) } }
                (None, Some(person)) => { (person) }
                (None, None) => { (receipt.number()) }
            }
        }
        @if party.is_some() && person.is_none() { " " (mark::mark(Mark::Red, "nobody attests for it")) }
    }
}

fn reminded(receipt: &Record, ask: &Ask) -> Markup {
    let rows = reminders(receipt);
    let tries = receipt.read::<Rows<Attempt>>("attempts").map_or(0, |rows| rows.0.len());
    html! {
        span .sub {
            @if let Some(last) = rows.last() { " · reminded " @if rows.len() > 1 { (rows.len()) " times, " } (last.step) " " (time::ago(last.at, ask.now)) }
            @else if let Some(due) = receipt.read::<Date>("due") { " · by " (due) }
            @if tries > 0 { " · tried the questions " (tries) @if tries == 1 { " time" } @else { " times" } }
        }
    }
}

fn issues_panel(document: &Record, issues: &[Issue], ask: &Ask) -> Markup {
    let approved: Vec<&Issue> = issues.iter().filter(|one| number_of(&one.record) > 0).collect();
    if approved.is_empty() {
        return html! {};
    }
    let here = format!("/r/document/{}", document.id);
    panel::padded(
        "Issues",
        &html! { (approved.len()) },
        &html! {
            ul .plain { @for (at, one) in approved.iter().enumerate() {
                @let number = number_of(&one.record);
                li {
                    a .link href={ (here) "?issue=" (number) } { "Issue " (number) } " "
                    span .sub { (one.entry.actor) " " (time::ago(one.entry.at, ask.now)) }
                    @if let Some(before) = approved.get(at + 1) { " · " a .link href={ (here) "?issue=" (number_of(&before.record)) "&with=" (number) } { "changes" } }
                }
            } }
        },
    )
}

/// An issue as it was approved, read back from the sealed history.
fn as_it_was(ask: &Ask, document: &Record, issue: &Issue, issues: &[Issue]) -> Markup {
    let here = format!("/r/document/{}", document.id);
    let number = number_of(&issue.record);
    let newest = number_of(document);
    let titles = Titles::of(ask, std::slice::from_ref(&issue.record));
    let others: Vec<i64> =
        issues.iter().map(|one| number_of(&one.record)).filter(|one| *one > 0 && *one != number).collect();
    let about =
        html! { "issue " (number) " · " (issue.entry.actor) " " (time::exact(issue.entry.at, &ask.app.desk.zone)) };
    html! {
        (header::record_header(&document.number(), issue.record.title(), &about, &html! { (Button::link("Back to the document", &here).key('b')) }))
        @if number != newest { (empty::note(Mark::Amber, &html! { "This is issue " (number) " as it was approved. Issue " (newest) " has replaced it." })) }
        @else { (empty::note(Mark::Green, &html! { "This is issue " (number) " as it was approved, read back from the sealed history." })) }
        @if !others.is_empty() {
            form .row method="get" action=(here) {
                input type="hidden" name="issue" value=(number);
                label for="with" { "Compare with issue" }
                select #with name="with" { @for other in &others { option value=(other) { (other) } } }
                (Button::submit("Compare"))
            }
        }
        (paper(ask, &issue.record, &titles))
    }
}

fn compared(ask: &Ask, document: &Record, old: &Issue, new: &Issue) -> Markup {
    let here = format!("/r/document/{}", document.id);
    let [from, to] = [old, new].map(|issue| number_of(&issue.record));
    let text = |issue: &Issue| issue.record.get("text").as_text().unwrap_or_default().to_owned();
    let asked = |issue: &Issue| {
        let all = questions(&issue.record);
        all.iter().map(|one| format!("{}\n{}\n", one.question, one.options.0)).collect::<String>()
    };
    let about = html! { "issue " (from) " to issue " (to) };
    let back = html! {
        (Button::link(&format!("Issue {from}"), &format!("{here}?issue={from}")))
        (Button::link(&format!("Issue {to}"), &format!("{here}?issue={to}")))
        (Button::link("Back to the document", &here).key('b'))
    };
    html! {
        (header::record_header(&document.number(), new.record.title(), &about, &back))
        @if old.record.title() != new.record.title() { (panel::padded("Title", &html! {}, &diff::diff(old.record.title(), new.record.title()))) }
        (panel::padded("What changed", &html! { "approved " (time::ago(old.entry.at, ask.now)) " and " (time::ago(new.entry.at, ask.now)) }, &diff::diff(&text(old), &text(new))))
        @if asked(old) != asked(new) { (panel::padded("Questions to readers", &html! {}, &diff::diff(&asked(old), &asked(new)))) }
        @if old.record.get("file") != new.record.get("file") { (empty::note(Mark::Grey, &html! { "The attached file is another one: " (file(&new.record)) "." })) }
    }
}

fn file(document: &Record) -> String {
    match document.get("file") {
        Value::Text(digest) => format!("sha256 {}", digest.get(..16).unwrap_or_default()),
        other => if other.is_empty() { "none now" } else { "changed" }.to_owned(),
    }
}

//! One record of any kind: its fields, moves, comments, files and history.

use super::clocks;
use super::form;
use super::own::{list_of, own, place};
use super::show::{self, Titles};
use crate::ask::{Ask, Part};
use crate::fault::Fault;
use crate::htmx;
use crate::layout::Find;
use crate::parts::{Button, dialog, header, keyvalue, menu, panel, time, timeline};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use watchkeep_model::resolve::{Column, Compare, Test};
use watchkeep_model::{Kind, Move, Record, Shape, Value, json};
use watchkeep_store::{Change, List};

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/r/{kind}/{id}", Who::Person, page),
        Route::post("/r/{kind}/{id}/move/{move}", Who::Person, act),
        Route::post("/r/{kind}/{id}/comment", Who::Person, comment),
        Route::post("/r/{kind}/{id}/attach", Who::Person, attach),
        Route::get("/file/{id}", Who::Person, file),
        Route::post("/r/{kind}/{id}/delete", Who::Person, delete),
        Route::get("/go/{number}", Who::Person, by_number),
    ]
}

fn page(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    framed(ask, &record, &body(ask, &record)?)
}

/// A record's whole page around what is shown of it.
pub fn framed(ask: &Ask, record: &Record, body: &Markup) -> Result<Response, Fault> {
    let title = format!("{} {}", record.number(), record.title());
    Ok(ask.page(&title, place(record.kind), Find::default(), body).into_response())
}

fn body(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let titles = Titles::of(ask, std::slice::from_ref(record));
    let kind = record.kind;
    let here = format!("/r/{}/{}", kind.name, record.id);
    let about = html! { (state(record)) " · changed " (time::ago(record.updated, ask.now)) (clocks::of(ask, record)) };
    let inner = html! {
        (header::record_header(&record.number(), record.title(), &about, &buttons(ask, record)))
        @if let Some(above) = own(kind).above { (above(ask, record)) }
        div .cols .read {
            div .stack {
                (panel::padded("Details", &html! { "version " (record.version) }, &fields(ask, record, &titles)))
                @if let Some(below) = own(kind).below { (below(ask, record)?) }
                (super::about::panel(ask, record)?)
                (attachments(ask, record)?)
                (comments(ask, record)?)
            }
            (history(ask, record)?)
        }
    };
    Ok(
        html! { (htmx::live("record", &[kind.name, "task", "comment", "attachment"], &here, &inner)) (dialogs(ask, record)) },
    )
}

pub fn state(record: &Record) -> Markup {
    let field = record.kind.state.and_then(|name| record.kind.field(name));
    let choice = field.and_then(|field| field.choice(record.get(field.name).as_int()?));
    choice.map_or_else(|| html! { (record.kind.label) }, show::choice)
}

/// Moves that start from here: those that change the state or have a key as buttons, the others in a menu.
pub fn buttons(ask: &Ask, record: &Record) -> Markup {
    chosen(ask, record, |act| act.to.is_some() || act.key.is_some())
}

/// The same, with the moves that deserve a button of their own chosen by the screen.
pub fn chosen(ask: &Ask, record: &Record, shown: fn(&Move) -> bool) -> Markup {
    let kind = record.kind;
    let moves: Vec<&Move> =
        kind.moves_from(record.state().unwrap_or_default()).filter(|act| clocks::offers(record, act)).collect();
    let may = |action: &str| ask.actor.access.may_on(kind, action, record);
    let more = html! {
        @for act in moves.iter().filter(|act| !shown(act)) { (move_button(ask, record, act)) }
        @if may("delete") { (Button::open("Delete", "delete").danger()) }
    };
    html! {
        @for act in moves.iter().filter(|act| shown(act)) { (move_button(ask, record, act)) }
        @if may("update") { (Button::link("Edit", &format!("/r/{}/{}/edit", kind.name, record.id)).key('i')) }
        (menu::menu("More", &more))
    }
}

/// A move as a button: posts at once, or opens the dialog with its questions; grey with the reason where refused.
pub fn move_button(ask: &Ask, record: &Record, act: &Move) -> Markup {
    move_button_from(ask, record, act, "")
}

/// The moves that have a key, with their dialogs; what was done leads back to `place`, such as `/`.
pub fn keyed(ask: &Ask, record: &Record, place: &str) -> Markup {
    let moves: Vec<&Move> = record.kind.moves_from(record.state().unwrap_or_default()).collect();
    let back = format!("?back={}", show::encode(place));
    html! {
        @for act in moves.into_iter().filter(|act| act.key.is_some()) {
            (move_button_from(ask, record, act, &back))
            (move_dialog_from(ask, record, act, &back))
        }
    }
}

fn move_button_from(ask: &Ask, record: &Record, act: &Move, back: &str) -> Markup {
    let kind = record.kind;
    let refused = (!ask.actor.access.may_on(kind, act.action, record)).then_some("none of your roles may do this");
    let (address, dialog) =
        (format!("/r/{}/{}/move/{}{back}", kind.name, record.id, act.name), format!("move-{}", act.name));
    let asks = !(act.asks.is_empty() && act.takes.is_empty());
    let button = if asks { Button::open(act.label, &dialog) } else { Button::post(act.label, &address, ask.csrf()) };
    html! { (with_key(button, act).refused(refused)) }
}

fn with_key<'a>(button: Button<'a>, act: &Move) -> Button<'a> {
    match act.key {
        Some(key) => button.key(key),
        None => button,
    }
}

/// One dialog for each move that asks for something.
pub fn dialogs(ask: &Ask, record: &Record) -> Markup {
    let here = format!("/r/{}/{}", record.kind.name, record.id);
    html! {
        @for act in record.kind.moves_from(record.state().unwrap_or_default()) { (move_dialog(ask, record, act)) }
        (super::tags::dialog(ask, record))
        (dialog::form("delete", "Delete for good?", &format!("{here}/delete"), ask.csrf(), &html! { p { (record.number()) " " (record.title()) " goes; its history stays." } }, &html! { (Button::submit("Delete").danger()) }))
    }
}

/// The dialog of a move, if it asks for anything.
pub fn move_dialog(ask: &Ask, record: &Record, act: &Move) -> Markup {
    move_dialog_from(ask, record, act, "")
}

fn move_dialog_from(ask: &Ask, record: &Record, act: &Move, back: &str) -> Markup {
    if act.asks.is_empty() && act.takes.is_empty() {
        return html! {};
    }
    let action = format!("/r/{}/{}/move/{}{back}", record.kind.name, record.id, act.name);
    let go = html! { (Button::submit(act.label)) };
    dialog::form(&format!("move-{}", act.name), act.label, &action, ask.csrf(), &questions(ask, record, act), &go)
}

fn questions(ask: &Ask, record: &Record, act: &Move) -> Markup {
    let kind = record.kind;
    html! {
        @for name in act.asks.iter().chain(act.takes) {
            @let required = act.asks.contains(name);
            @match act.question(kind, name) {
                Some(field) => {
                    @let own = act.inputs.iter().any(|own| own.name == field.name);
                    @let value = if own { Value::Null } else { record.get(name).clone() };
                    (form::input(ask, field, &value, None, required))
                },
                None => { div .field { label for={ "reason-" (act.name) } { "Reason" @if required { " *" } } textarea id={ "reason-" (act.name) } name="reason" rows="3" required[required] {} } },
            }
        }
    }
}

/// Every field that is not shown elsewhere on the page.
pub fn fields(ask: &Ask, record: &Record, titles: &Titles) -> Markup {
    let state = record.kind.state;
    let skip = |name: &str| Some(name) == state || own(record.kind).hides.contains(&name);
    let mut rows: Vec<(&str, Markup)> = Vec::new();
    for (field, value) in record.kind.fields.iter().zip(&record.values) {
        if !skip(field.name) && !(field.managed && value.is_empty()) {
            rows.push((field.label, html! { span title=(field.help) { (show::value(ask, titles, field, value)) } }));
        }
    }
    let custom = super::custom::shown(ask, record);
    rows.extend(custom.iter().map(|(label, value)| (label.as_str(), value.clone())));
    rows.push(("Scope tags", super::tags::row(ask, record)));
    keyvalue::keyvalue(&rows)
}

pub fn hanging(ask: &Ask, record: &Record, kind: &'static str) -> Result<Vec<Record>, Fault> {
    let kind = ask.app.desk.kind(kind)?;
    let on = Test::Column(Column::Field("on_kind"), Compare::OneOf(vec![record.kind.name.into()]));
    let id = Test::Column(Column::Field("on_id"), Compare::OneOf(vec![record.id.into()]));
    let mut list = List::of(kind).filtered(Test::And(vec![on, id])).limited(100);
    (list.sort, list.descending) = ("number".to_owned(), false);
    Ok(ask.app.desk.store.list(&ask.actor, &list)?.records)
}

pub fn comments(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let found = hanging(ask, record, "comment")?;
    let titles = Titles::of(ask, &found);
    let name = |comment: &Record| {
        comment.get("author").as_int().and_then(|id| titles.get("person", id)).unwrap_or("Watchkeep").to_owned()
    };
    Ok(panel::padded(
        "Comments",
        &html! { (found.len()) },
        &html! {
            @if found.is_empty() { p .sub { "Nobody has said anything yet." } }
            @for comment in &found { article .comment { p .sub { b { (name(comment)) } " · " (time::ago(comment.created, ask.now)) } p .prose { (comment.get("text").as_text().unwrap_or_default()) } } }
            @if ask.actor.access.may("comment", "create") {
                (htmx::form(&format!("/r/{}/{}/comment", record.kind.name, record.id), ask.csrf(), None, &html! {
                    div .field { label for="comment" { "Comment" } textarea #comment name="text" rows="2" required {} }
                    div { (Button::submit("Comment")) }
                }))
            }
        },
    ))
}

fn comment(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let values = vec![
        ("on_kind".to_owned(), record.kind.name.into()),
        ("on_id".to_owned(), record.id.into()),
        ("text".to_owned(), ask.form("text").unwrap_or_default().into()),
    ];
    let change = Change::Create { kind: ask.app.desk.kind("comment")?, values, tags: None, external_id: None };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(super::go(&format!("/r/{}/{}", record.kind.name, record.id)))
}

pub fn attachments(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let found = hanging(ask, record, "attachment")?;
    Ok(panel::padded(
        "Files",
        &html! { (found.len()) },
        &html! {
            @if found.is_empty() { p .sub { "No file yet." } }
            ul .plain { @for one in &found { li { a .link href={ "/file/" (one.id) } { (one.title()) } " " span .sub { (one.get("size").as_int().unwrap_or(0)) " bytes · sha256 " (one.get("file").as_text().unwrap_or_default().get(..12).unwrap_or_default()) "…" } } } }
            @if ask.actor.access.may("attachment", "create") {
                form .row method="post" action={ "/r/" (record.kind.name) "/" (record.id) "/attach?csrf=" (ask.csrf()) } enctype="multipart/form-data" {
                    label .vh for="attach" { "File" }
                    input #attach type="file" name="file" required;
                    (Button::submit("Attach"))
                }
            }
        },
    ))
}

fn attach(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let parts = ask.parts()?;
    let part = parts
        .iter()
        .find(|part| part.name == "file" && !part.file.is_empty())
        .ok_or_else(|| Fault::Bad("choose a file first".to_owned()))?;
    let (_, change) = attaching(ask, &record, part)?;
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(super::go(&format!("/r/{}/{}", record.kind.name, record.id)))
}

/// Keeps the bytes of a sent file; its SHA-256 in hex, and the change that hangs it on a record.
pub fn attaching(ask: &Ask, record: &Record, part: &Part) -> Result<(String, Change), Fault> {
    let sha256: String = Sha256::digest(&part.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let size = i64::try_from(part.bytes.len()).unwrap_or(i64::MAX);
    let values = vec![
        ("on_kind".to_owned(), record.kind.name.into()),
        ("on_id".to_owned(), record.id.into()),
        ("name".to_owned(), part.file.as_str().into()),
        ("media_type".to_owned(), part.media_type.as_str().into()),
        ("size".to_owned(), size.into()),
        ("file".to_owned(), sha256.as_str().into()),
    ];
    let change = Change::Create { kind: ask.app.desk.kind("attachment")?, values, tags: None, external_id: None };
    // Bytes first: a record never names a file that is not there.
    ask.app.desk.store.vault().put_file(&sha256, &part.bytes)?;
    Ok((sha256, change))
}

fn file(ask: &Ask) -> Result<Response, Fault> {
    let one = ask.record(ask.kind("attachment")?, ask.param("id"))?;
    download(ask, one.get("file").as_text().unwrap_or_default(), one.title())
}

/// Always a download: a browser never runs what somebody attached.
pub fn download(ask: &Ask, sha256: &str, name: &str) -> Result<Response, Fault> {
    let bytes = ask.app.desk.store.vault().file(sha256)?.ok_or(Fault::Missing)?;
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let headers = [
        ("content-type", "application/octet-stream".to_owned()),
        ("content-disposition", format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// Who, when, through what, before and after.
pub fn history(ask: &Ask, record: &Record) -> Result<Markup, Fault> {
    let before = ask.query("before").and_then(|text| text.parse().ok());
    let entries = ask.app.desk.store.history(&ask.actor, record.kind, record.id, before, 40)?;
    let more = entries.last().filter(|_| entries.len() == 40).map(|last| last.seq);
    let list: Vec<timeline::Entry> = entries.iter().map(|entry| timeline::Entry {
        kind: timeline::Kind::Note,
        when: time::ago(entry.at, ask.now),
        what: label(record.kind, &entry.act),
        who: format!("{} · {}", entry.actor, entry.via),
        body: html! {
            @if let Some(reason) = &entry.reason { p { "“" (reason) "”" } }
            @for (name, change) in entry.change.iter().filter(|_| entry.act != "create").take(8) { p .sub { (words(ask, record.kind, name, change)) } }
        },
    }).collect();
    Ok(panel::padded(
        "History",
        &html! { "sealed" },
        &html! {
            (timeline::timeline(&list))
            @if let Some(seq) = more { a .link href={ "?before=" (seq) } { "Older" } }
        },
    ))
}

fn label(kind: &Kind, act: &str) -> String {
    match act {
        "create" => "Created".to_owned(),
        "update" => "Changed".to_owned(),
        "note" if kind.act("note").is_none() => "Noted".to_owned(),
        "retag" => "Tags changed".to_owned(),
        "recheck" => "What it is about changed".to_owned(),
        other => kind.act(other).map_or(other.to_owned(), |act| act.label.to_owned()),
    }
}

fn words(ask: &Ask, kind: &Kind, name: &str, change: &serde_json::Value) -> Markup {
    let Some(field) = kind.field(name) else { return html! { (name) } };
    let side = |at: usize| {
        let value = change.get(at).map_or(Value::Null, |bare| json::from_bare(&field.shape, bare));
        match (&field.shape, &value) {
            (_, Value::Rows(rows)) => html! { (rows.len()) " rows" },
            (_, value) if value.is_empty() => html! { "nothing" },
            (Shape::Instant, Value::Int(_)) => show::value(ask, &Titles::default(), field, &value),
            (_, value) => {
                let shown = watchkeep_model::text::show(ask.app.desk.catalog(), field, value);
                html! { (shown.chars().take(80).collect::<String>()) }
            }
        }
    };
    html! { (field.label) ": " (side(0)) " → " b { (side(1)) } }
}

pub fn act(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let kind = record.kind;
    let known = kind.act(ask.param("move")).ok_or(Fault::Missing)?;
    let asked = known.asks.iter().chain(known.takes).filter_map(|name| known.question(kind, name));
    let values = form::values(ask, asked)?;
    let reason = ask.form("reason").map(str::to_owned);
    let change = Change::Move { kind, id: record.id, version: None, act: known.name.to_owned(), values, reason };
    match ask.app.desk.store.write_one(&ask.actor, ask.now, change) {
        Ok(_) => Ok(super::go(
            ask.form("back")
                .or(ask.query("back"))
                .filter(|back| within(back))
                .unwrap_or(&format!("/r/{}/{}", kind.name, record.id)),
        )),
        Err(error) => {
            let fault = Fault::from(error);
            let body = html! {
                (header::record_header(&record.number(), record.title(), &html! { (known.label) }, &html! { (Button::link("Back", &format!("/r/{}/{}", kind.name, record.id)).key('b')) }))
                p .error role="alert" { (fault.message()) }
                form .panel .pad .stack method="post" action=(ask.path) {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    (questions(ask, &record, known))
                    div { (Button::submit(known.label)) }
                }
            };
            let status = if fault.status() == StatusCode::FORBIDDEN {
                StatusCode::FORBIDDEN
            } else {
                StatusCode::UNPROCESSABLE_ENTITY
            };
            Ok((status, ask.page(known.label, place(kind), Find::default(), &body)).into_response())
        }
    }
}

/// Whether an address lies within these pages: no other host, whatever a link says.
fn within(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.contains(['\\', '\r', '\n'])
}

fn delete(ask: &Ask) -> Result<Response, Fault> {
    let record = ask.record(ask.kind(ask.param("kind"))?, ask.param("id"))?;
    let change = Change::Delete { kind: record.kind, id: record.id, version: None, reason: None };
    ask.app.desk.store.write_one(&ask.actor, ask.now, change)?;
    Ok(super::go(&list_of(record.kind)))
}

fn by_number(ask: &Ask) -> Result<Response, Fault> {
    let (kind, id) = ask.app.desk.catalog().number(ask.param("number")).ok_or(Fault::Missing)?;
    Ok(super::go(&format!("/r/{}/{id}", kind.name)))
}

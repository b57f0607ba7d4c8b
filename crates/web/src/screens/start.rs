//! Beginning: a starter pack of duties, and who holds the functions that it proposes.

use super::go;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::parts::field::{Field, Input, field};
use crate::parts::{Button, header, panel};
use crate::routes::{Route, Who};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, Render, html};
use watchkeep_desk::packs::{Beginning, Pack, packs};
use watchkeep_model::Record;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/start", Who::Person, choose),
        Route::get("/start/{pack}", Who::Person, |ask| {
            let pack = pack(ask)?;
            page(ask, &pack, &proposed(ask, &pack)?, None, StatusCode::OK)
        }),
        Route::post("/start/{pack}", Who::Person, begin),
    ]
}

/// Whether this person may take a pack: it makes functions, duties, groups and assignments.
pub fn may_begin(ask: &Ask) -> bool {
    ["function", "held_duty", "group", "role_assignment"].iter().all(|kind| ask.actor.access.may(kind, "create"))
}

/// Whether nobody holds any duty yet, and this person may change that.
pub fn wanted(ask: &Ask) -> Result<bool, Fault> {
    Ok(may_begin(ask) && ask.app.desk.all("held_duty")?.is_empty())
}

/// The button that leads here.
pub fn link() -> Markup {
    Button::link("Choose a starter pack", "/start").go().render()
}

/// A pack, for those who may take one; to others this page is not there.
fn pack(ask: &Ask) -> Result<Pack, Fault> {
    let found = packs().into_iter().find(|pack| pack.key == ask.param("pack"));
    found.filter(|_| may_begin(ask)).ok_or(Fault::Missing)
}

fn choose(ask: &Ask) -> Result<Response, Fault> {
    if !may_begin(ask) {
        return Err(Fault::Missing);
    }
    let about =
        html! { "Which is most like yours? Duties can be added and taken away later, and packs can be joined." };
    let body = html! {
        (header::header("Begin", &about, &html! {}))
        div .cols .two { @for pack in packs() {
            (panel::padded(pack.name, &html! { (pack.held(1)) " duties" }, &html! {
                p { (pack.about) }
                p .sub { @for (at, post) in pack.functions.iter().enumerate() { @if at > 0 { " · " } (post.name) } }
                div { (Button::link(&format!("Take {}", pack.name), &format!("/start/{}", pack.key)).go()) }
            }))
        } }
    };
    Ok(ask.page("Begin", "home", Find::default(), &body).into_response())
}

/// What the form opens with: the present name, and whoever asks in the second function, which runs the pack.
fn proposed(ask: &Ask, pack: &Pack) -> Result<Beginning, Fault> {
    let desk = &ask.app.desk;
    let organisation = desk.all("organisation")?.first().map(|one| one.title().to_owned()).unwrap_or_default();
    let sites = desk.all("site")?.iter().map(|site| site.title().to_owned()).collect();
    let you = ask.visit.as_ref().map(|visit| &visit.person);
    let mail = |person: &Record| person.get("email").as_text().unwrap_or_default().to_owned();
    let holder = |(at, name): (usize, &str)| match you.filter(|_| at == 1) {
        Some(you) => (name.to_owned(), you.title().to_owned(), mail(you)),
        None => (name.to_owned(), String::new(), String::new()),
    };
    let holders = pack.functions.iter().map(|post| post.name).enumerate().map(holder).collect();
    Ok(Beginning { organisation, sites, holders })
}

fn given(ask: &Ask, pack: &Pack) -> Beginning {
    let typed = |name: &str| ask.form(name).unwrap_or_default().trim().to_owned();
    let holder =
        |(at, name): (usize, &str)| (name.to_owned(), typed(&format!("name-{at}")), typed(&format!("email-{at}")));
    Beginning {
        organisation: typed("organisation"),
        sites: typed("sites").lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect(),
        holders: pack.functions.iter().map(|post| post.name).enumerate().map(holder).collect(),
    }
}

fn begin(ask: &Ask) -> Result<Response, Fault> {
    let pack = pack(ask)?;
    let given = given(ask, &pack);
    match ask.app.desk.begin(&ask.actor, &pack, &given, ask.now) {
        Ok(_) => Ok(go("/")),
        Err(error) => match Fault::from(error) {
            Fault::Refused(refusal) => {
                let message = Fault::Refused(refusal).message();
                page(ask, &pack, &given, Some(&message), StatusCode::UNPROCESSABLE_ENTITY)
            }
            other => Err(other),
        },
    }
}

fn page(ask: &Ask, pack: &Pack, given: &Beginning, wrong: Option<&str>, status: StatusCode) -> Result<Response, Fault> {
    let text = |name, label, help, input, required| field(&Field { name, label, help, error: None, required, input });
    let sites = given.sites.join("\n");
    let each_site = pack.lines.iter().any(|line| line.each_site);
    let body = html! {
        (header::header(pack.name, &html! { (pack.held(given.sites.len())) " duties · " a .link href="/start" { "another pack" } }, &html! {}))
        @if let Some(wrong) = wrong { p .error role="alert" { (wrong) } }
        form method="post" action={ "/start/" (pack.key) } data-guard {
            input type="hidden" name="csrf" value=(ask.csrf());
            (panel::padded("Your organisation", &html! {}, &html! { div .stack {
                (text("organisation", "Name", "", Input::Text { value: &given.organisation, max: Some(200) }, true))
                @if each_site {
                    (text("sites", "Sites, one a line", "Guarding duties are held once at each.", Input::Lines { value: &sites, code: false }, false))
                }
            } }))
            (panel::flush("Who holds what", &html! { "A duty whose function nobody holds is red until somebody does." }, &holders(pack, given)))
            div .row { (Button::submit("Begin")) (Button::link("Back", "/start")) }
        }
    };
    Ok((status, ask.page(pack.name, "home", Find::default(), &body)).into_response())
}

/// A row for each function: its holder by name and address, its duties, its role.
fn holders(pack: &Pack, given: &Beginning) -> Markup {
    let does = |name: &str| -> usize {
        pack.lines.iter().filter(|line| line.responsible == name).map(|line| line.duties.len()).sum()
    };
    html! {
        table .cards .tall {
            caption .vh { "Functions and their holders" }
            thead { tr { th scope="col" { "Function" } th scope="col" { "Name" } th scope="col" { "E-mail, to sign in with" } th scope="col" { "Does" } th scope="col" { "Role" } } }
            tbody { @for (at, post) in pack.functions.iter().enumerate() {
                @let (name, email) = given.holders.get(at).map_or(("", ""), |(_, name, email)| (name, email));
                tr {
                    th scope="row" { (post.name) @if let Some(above) = post.reports_to { div .sub { "reports to " (above) } } }
                    td { input name={ "name-" (at) } value=(name) maxlength="200" autocomplete="off" aria-label={ "Name of the " (post.name) }; }
                    td { input name={ "email-" (at) } value=(email) type="email" maxlength="254" autocomplete="off" aria-label={ "E-mail of the " (post.name) }; }
                    td .sub { (does(post.name)) " duties" }
                    td .sub { (post.role) }
                }
            } }
        }
    }
}

//! Signing in and out, the one-time link, and a person's own settings.

use super::go;
use crate::ask::Ask;
use crate::fault::Fault;
use crate::layout::Find;
use crate::routes::{Route, Who, cookie};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use watchkeep_desk::DeskError;
use watchkeep_desk::sign_in::Session;

pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/sign-in", Who::Anyone, form),
        Route::post("/sign-in", Who::Anyone, sign_in),
        Route::get("/once/{key}", Who::Anyone, once),
        Route::post("/once/{key}", Who::Anyone, use_once),
        Route::post("/sign-out", Who::Person, sign_out),
        Route::get("/me", Who::Person, me),
        Route::post("/me/password", Who::Person, set_password),
        Route::post("/me/second-factor", Who::Person, second_factor),
    ]
}

fn form(ask: &Ask) -> Result<Response, Fault> {
    if ask.visit.is_some() {
        return Ok(go("/"));
    }
    Ok(sign_in_page(ask, None).into_response())
}

fn sign_in_page(ask: &Ask, error: Option<&str>) -> Markup {
    let body = html! {
        section .panel .signin {
            header { h1 { "Sign in" } }
            form .pad .stack method="post" action="/sign-in" {
                @if let Some(error) = error { p .error role="alert" { (error) } }
                (input("email", "E-mail", "email", "username", true))
                (input("password", "Password", "password", "current-password", true))
                (input("code", "Six-digit code, if you use one", "text", "one-time-code", false))
                button .btn .go type="submit" { "Sign in" }
            }
        }
    };
    ask.bare("Sign in", &body)
}

fn input(name: &str, label: &str, kind: &str, autocomplete: &str, required: bool) -> Markup {
    html! {
        div .field {
            label for=(name) { (label) }
            input #(name) name=(name) type=(kind) autocomplete=(autocomplete) required[required];
        }
    }
}

fn sign_in(ask: &Ask) -> Result<Response, Fault> {
    same_site(ask)?;
    let given = |name| ask.form(name).unwrap_or_default();
    match ask.app.desk.sign_in(given("email"), given("password"), given("code"), ask.now) {
        Ok(session) => Ok(with_session(ask, &session, go("/"))),
        Err(error @ (DeskError::SignIn | DeskError::TooMany { .. })) => {
            let fault = Fault::from(error);
            let text = match &fault {
                Fault::TooMany(_) => fault.message(),
                _ => "E-mail, password or code is wrong.".to_owned(),
            };
            let status =
                if matches!(fault, Fault::TooMany(_)) { fault.status() } else { axum::http::StatusCode::UNAUTHORIZED };
            Ok((status, sign_in_page(ask, Some(&text))).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// Signing in carries no CSRF token; another site's form must not sign anybody in.
fn same_site(ask: &Ask) -> Result<(), Fault> {
    match ask.header("sec-fetch-site") {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(Fault::Bad("this form came from another site".to_owned())),
    }
}

fn with_session(ask: &Ask, session: &Session, mut answer: Response) -> Response {
    let secure = if ask.app.settings.secure_cookies { "; Secure" } else { "" };
    let cookie = format!("wk_session={}; Path=/; HttpOnly; SameSite=Lax{secure}", session.key);
    if let Ok(value) = cookie.parse() {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

/// A link is often fetched by previews, so opening it uses nothing up; the button does.
fn once(ask: &Ask) -> Result<Response, Fault> {
    once_page(ask, None)
}

fn once_page(ask: &Ask, wrong: Option<&str>) -> Result<Response, Fault> {
    let code = ask.app.desk.key_asks_code(ask.param("key"), ask.now)?;
    let body = html! {
        section .panel .signin {
            header { h1 { "Welcome to Watchkeep" } }
            form .pad .stack method="post" action={ "/once/" (ask.param("key")) } {
                p { "This link signs you in once." }
                @if let Some(wrong) = wrong { p .error role="alert" { (wrong) } }
                @if code {
                    label for="code" { "Code from your authenticator app" }
                    input #code name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="6" required;
                }
                button .btn .go type="submit" { "Continue" }
            }
        }
    };
    Ok(ask.bare("Welcome", &body).into_response())
}

fn use_once(ask: &Ask) -> Result<Response, Fault> {
    same_site(ask)?;
    match ask.app.desk.use_one_time_key(ask.param("key"), ask.form("code").unwrap_or_default(), ask.now) {
        Ok(session) => {
            let known = ask.app.desk.has_password(session.person, ask.now)?;
            Ok(with_session(ask, &session, go(if known { "/" } else { "/me?first" })))
        }
        Err(DeskError::Code) => once_page(ask, Some("This code is not right, or was used already.")),
        Err(DeskError::SignIn) => {
            Ok(sign_in_page(ask, Some("This link was used or is older than an hour; ask for a new one."))
                .into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn sign_out(ask: &Ask) -> Result<Response, Fault> {
    if let Some(key) = cookie(ask, "wk_session") {
        ask.app.desk.sign_out(key)?;
    }
    let mut answer = go("/sign-in");
    if let Ok(value) = "wk_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax".parse() {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(answer)
}

fn me(ask: &Ask) -> Result<Response, Fault> {
    Ok(me_page(ask, None)?.into_response())
}

fn me_page(ask: &Ask, error: Option<&str>) -> Result<Markup, Fault> {
    let visit = ask.visit.as_ref().ok_or(Fault::SignIn)?;
    let desk = &ask.app.desk;
    let has_password = desk.has_password(visit.person.id, ask.now)?;
    let has_factor = desk.has_second_factor(visit.person.id, ask.now)?;
    let proposed = if has_factor { None } else { Some(desk.propose_second_factor(&visit.person)?) };
    let body = html! {
        div .row .spread { h1 { (visit.person.title()) } form method="post" action="/sign-out" {
            input type="hidden" name="csrf" value=(ask.csrf());
            button .btn type="submit" { "Sign out" }
        } }
        @if let Some(error) = error { p .error role="alert" { (error) } }
        @if ask.query("first").is_some() || !has_password {
            p { "Choose a password, so that you can come back without a link. Other sessions of yours end." }
        }
        section .panel {
            header { h2 { "Password" } }
            form .pad .stack method="post" action="/me/password" {
                input type="hidden" name="csrf" value=(ask.csrf());
                (input("password", "New password, 12 characters or more", "password", "new-password", true))
                button .btn .go type="submit" { "Set password" }
            }
        }
        section .panel {
            header { h2 { "Second factor" } }
            @if let Some((secret, url)) = proposed {
                form .pad .stack method="post" action="/me/second-factor" {
                    input type="hidden" name="csrf" value=(ask.csrf());
                    input type="hidden" name="secret" value=(secret);
                    p { "Enter this key in your authenticator app, then the code that it shows." }
                    p { code { (secret) } " · " a href=(url) { "open in app" } }
                    (input("code", "Six-digit code", "text", "one-time-code", true))
                    button .btn type="submit" { "Turn on" }
                }
            } @else {
                div .pad { "On: signing in asks for a six-digit code." }
            }
        }
        section .panel {
            header { h2 { "What you hold" } }
            div .pad {
                @if ask.actor.access.assignments.is_empty() { p { "No role yet: ask an administrator." } }
                ul { @for held in &ask.actor.access.assignments {
                    li { (held.role) @if held.organisation_wide { " · whole organisation" } @else { " · " (held.tags.len()) " scope tags" } }
                } }
            }
        }
    };
    Ok(ask.page("Your account", "", Find::default(), &body))
}

fn set_password(ask: &Ask) -> Result<Response, Fault> {
    let visit = ask.visit.as_ref().ok_or(Fault::SignIn)?;
    match ask.app.desk.set_password(visit.person.id, ask.form("password").unwrap_or_default()) {
        Ok(()) => {
            let session = ask.app.desk.begin_session(&visit.person, ask.now)?;
            let to = if super::start::wanted(ask)? { "/start" } else { "/" };
            Ok(with_session(ask, &session, go(to)))
        }
        Err(DeskError::Password(why)) => {
            Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, me_page(ask, Some(why))?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn second_factor(ask: &Ask) -> Result<Response, Fault> {
    let visit = ask.visit.as_ref().ok_or(Fault::SignIn)?;
    let given = |name| ask.form(name).unwrap_or_default();
    match ask.app.desk.confirm_second_factor(&visit.person, given("secret"), given("code"), ask.now) {
        Ok(()) => Ok(go("/me")),
        Err(DeskError::SignIn) => {
            Ok(me_page(ask, Some("This code does not fit the key; try the next one."))?.into_response())
        }
        Err(error) => Err(error.into()),
    }
}

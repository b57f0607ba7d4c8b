//! Signing in: passwords, second factors, limits, sessions and their cookies.

use jiff::{SignedDuration, Timestamp};
use watchkeep_model::{Actor, Record};
use watchkeep_tests::requests::{Answer, Browser, Site};
use watchkeep_tests::{Office, now};
use watchkeep_web::Settings;

const PASSWORD: &str = "correct horse battery";

fn office() -> (Office, Record) {
    let office = Office::open();
    let tom = office.person("Tom");
    office.desk.set_password(tom.id, PASSWORD).expect("set");
    (office, tom)
}

fn after(office: &Office, now: fn() -> Timestamp) -> Site {
    Site::with(office, Settings { now, ..Settings::default() })
}

/// The sign-in form, sent.
fn sign_in(site: &Site, email: &str, password: &str, code: &str) -> Answer {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("email={email}&password={}&code={code}", password.replace(' ', "+"));
    site.call("POST", "/sign-in", &form, &body)
}

fn session(answer: &Answer) -> String {
    answer.cookie.as_deref().and_then(|cookie| cookie.split(';').next()).expect("a session").to_owned()
}

#[test]
fn a_password_opens_a_session_and_nothing_says_what_was_wrong() {
    let (office, _) = office();
    let site = Site::of(&office);
    let good = sign_in(&site, "TOM@demo.example", PASSWORD, "");
    assert_eq!((good.status.as_u16(), good.location.as_deref()), (303, Some("/")));
    assert_eq!(site.get(&session(&good), "/me").status, 200);
    let wrong = sign_in(&site, "tom@demo.example", "wrong", "");
    let unknown = sign_in(&site, "nobody@demo.example", "wrong", "");
    assert_eq!((wrong.status.as_u16(), wrong.cookie.is_none()), (401, true));
    assert_eq!(wrong, unknown, "a wrong password and an unknown name look alike");
    assert!(office.desk.set_password(1, "short").is_err());
}

#[test]
fn cookies_are_for_the_server_alone() {
    let (office, tom) = office();
    let plain = sign_in(&Site::of(&office), "tom@demo.example", PASSWORD, "").cookie.expect("a cookie");
    for attribute in ["Path=/", "HttpOnly", "SameSite=Lax"] {
        assert!(plain.split("; ").any(|part| part == attribute), "{plain}");
    }
    assert!(!plain.contains("Secure") && !plain.contains("Domain"), "{plain}");
    let secure = Site::with(&office, Settings { secure_cookies: true, now, ..Settings::default() });
    let cookie = sign_in(&secure, "tom@demo.example", PASSWORD, "").cookie.expect("a cookie");
    assert!(cookie.split("; ").any(|part| part == "Secure"), "{cookie}");
    let browser = secure.sign_in(&office, &tom);
    let out = secure.post(&browser, "/sign-out", "");
    assert!(out.cookie.is_some_and(|cookie| cookie.contains("wk_session=;") && cookie.contains("Max-Age=0")));
    assert_eq!(secure.get(&browser.cookie, "/me").status, 303, "the session itself is over");
}

#[test]
fn another_site_signs_nobody_in() {
    let (office, _) = office();
    let site = Site::of(&office);
    for from in ["cross-site", "same-site"] {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", from)];
        let body = format!("email=tom@demo.example&password={}", PASSWORD.replace(' ', "+"));
        let answer = site.call("POST", "/sign-in", &headers, &body);
        assert_eq!((answer.status.as_u16(), answer.cookie), (400, None), "{from}");
    }
}

#[test]
fn eight_attempts_for_a_name_then_a_wait() {
    fn later() -> Timestamp {
        now() + SignedDuration::from_secs(301)
    }
    let (office, tom) = office();
    let site = Site::of(&office);
    for _ in 0..8 {
        assert_eq!(sign_in(&site, "tom@demo.example", "wrong", "").status, 401);
    }
    let waiting = sign_in(&site, " Tom@demo.example", PASSWORD, "");
    assert!(waiting.status == 429 && waiting.body.contains("wait 300 s"), "right or wrong: {}", waiting.status);
    assert_eq!(sign_in(&site, "ben@demo.example", "wrong", "").status, 401, "others are not concerned");
    // Nor is a link that an administrator gave.
    assert!(
        office.desk.one_time_key(tom.id, now()).and_then(|key| office.desk.use_one_time_key(&key, "", now())).is_ok()
    );
    assert_eq!(sign_in(&after(&office, later), "tom@demo.example", PASSWORD, "").status, 303);
}

#[test]
fn signing_in_forgives_and_many_at_once_are_no_way_around() {
    let (office, _) = office();
    let attempt = |password: &str| office.desk.sign_in("tom@demo.example", password, "", now());
    for _ in 0..3 {
        (0..7).for_each(|_| assert!(attempt("wrong").is_err()));
        assert!(attempt(PASSWORD).is_ok());
    }
    let tried: Vec<bool> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..24).map(|_| scope.spawn(|| attempt("wrong"))).collect();
        let waits = |result| matches!(result, Err(watchkeep_desk::DeskError::TooMany { .. }));
        all.into_iter().map(|one| waits(one.join().expect("an answer"))).collect()
    });
    assert_eq!(tried.iter().filter(|waits| !**waits).count(), 8, "eight were tried, the others had to wait");
}

#[test]
fn one_time_links_work_once_within_their_hour_and_cannot_be_locked_by_others() {
    fn later() -> Timestamp {
        now() + SignedDuration::from_mins(60)
    }
    let (office, tom) = office();
    let site = Site::of(&office);
    let key = office.desk.one_time_key(tom.id, now()).expect("a key");
    let path = format!("/once/{key}");
    for _ in 0..20 {
        assert!(site.call("POST", "/once/0000", &[], "").cookie.is_none());
    }
    assert!(site.get("", &path).cookie.is_none(), "a preview of the link uses nothing up");
    assert!(site.call("POST", &path, &[], "").cookie.is_some());
    assert!(site.call("POST", &path, &[], "").cookie.is_none());
    let key = office.desk.one_time_key(tom.id, now()).expect("a key");
    assert!(after(&office, later).call("POST", &format!("/once/{key}"), &[], "").cookie.is_none(), "too late");
    let key = office.desk.one_time_key(tom.id, now()).expect("a key");
    office.desk.set_password(tom.id, PASSWORD).expect("set");
    assert!(site.call("POST", &format!("/once/{key}"), &[], "").cookie.is_none(), "a new password ends old links");
}

#[test]
fn a_second_factor_is_asked_for_and_its_code_works_once() {
    fn next() -> Timestamp {
        now() + SignedDuration::from_secs(30)
    }
    let (office, tom) = office();
    let site = Site::of(&office);
    let browser = site.sign_in(&office, &tom);
    let page = site.get(&browser.cookie, "/me").body;
    let secret = page.split("name=\"secret\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a key");
    let code = |at: Timestamp| {
        let bytes = totp_rs::Secret::Encoded(secret.to_owned()).to_bytes().expect("a secret");
        let totp = totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, bytes, None, "Tom".to_owned());
        totp.expect("a factor").generate(at.as_second().unsigned_abs())
    };
    let turn_on = |browser: &Browser, secret: &str, code: &str| {
        site.post(browser, "/me/second-factor", &format!("secret={secret}&code={code}"))
    };
    assert_eq!(turn_on(&browser, secret, "000000").status, 200);
    assert!(!office.desk.has_second_factor(tom.id, now()).expect("known"), "a wrong code turns nothing on");
    assert_eq!(turn_on(&browser, secret, &code(now())).status, 303);
    assert_eq!(sign_in(&site, "tom@demo.example", PASSWORD, "").status, 401, "the password alone");
    assert_eq!(sign_in(&site, "tom@demo.example", PASSWORD, &code(now())).status, 401, "used when it was turned on");
    let later = after(&office, next);
    assert_eq!(sign_in(&later, "tom@demo.example", "wrong", &code(next())).status, 401, "the code alone");
    assert_eq!(sign_in(&later, "tom@demo.example", PASSWORD, &code(next())).status, 303);
    assert_eq!(sign_in(&later, "tom@demo.example", PASSWORD, &code(next())).status, 401, "a code works once");
    // Whoever finds an open session cannot put their own factor in its place.
    let other = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    let bytes = totp_rs::Secret::Encoded(other.to_owned()).to_bytes().expect("a secret");
    let forged = totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, bytes, None, "x".to_owned()).expect("a factor");
    let forged = forged.generate(now().as_second().unsigned_abs());
    assert_eq!(turn_on(&browser, other, &forged).status, 400);
    let third = now() + SignedDuration::from_secs(60);
    assert!(
        office.desk.sign_in("tom@demo.example", PASSWORD, &code(third), third).is_ok(),
        "the first one still holds"
    );
    // A one-time link asks for the code too, and is not used up by a wrong one.
    let fourth = now() + SignedDuration::from_secs(90);
    let key = office.desk.one_time_key(tom.id, fourth).expect("a key");
    assert!(office.desk.key_asks_code(&key, fourth).expect("known"));
    assert!(office.desk.use_one_time_key(&key, "", fourth).is_err());
    assert!(office.desk.use_one_time_key(&key, &code(third), fourth).is_err(), "a used code");
    assert!(office.desk.use_one_time_key(&key, &code(fourth), fourth).is_ok());
    // For a lost phone an administrator takes it off; nobody else can.
    let path = format!("/r/person/{}/second-factor-off", tom.id);
    assert_eq!(site.post(&browser, &path, "").status, 404, "not even for oneself");
    let ada = office.holding("Ada", "Administrator");
    let ada =
        office.desk.person_by_email("ada@demo.example").expect("found").filter(|found| Some(found.id) == ada.person);
    assert_eq!(site.post(&site.sign_in(&office, &ada.expect("Ada")), &path, "").status, 303);
    assert!(!office.desk.has_second_factor(tom.id, now()).expect("known"));
}

#[test]
fn a_session_lives_twelve_hours_beyond_its_last_use() {
    let (office, _) = office();
    let at = |hours: i64| now() + SignedDuration::from_hours(hours);
    let session = office.desk.sign_in("tom@demo.example", PASSWORD, "", now()).expect("signed in");
    let alive = |hours: i64| office.desk.session(&session.key, at(hours)).expect("looked up").is_some();
    assert!(alive(11), "used before it ended");
    assert!(alive(22), "and so extended");
    assert!(!alive(34), "twelve hours unused");
}

#[test]
fn sessions_end_with_a_new_password_and_with_leaving() {
    let (office, tom) = office();
    let site = Site::of(&office);
    let first = site.sign_in(&office, &tom);
    let second = site.sign_in(&office, &tom);
    let set = site.post(&first, "/me/password", "password=another+long+password");
    let fresh = session(&set);
    let alive = |cookie: &str| site.get(cookie, "/me").status == 200;
    assert_eq!([&first.cookie, &second.cookie, &fresh].map(|cookie| alive(cookie)), [false, false, true]);
    office.update(&Actor::system(), &tom, &[("leaves", "2026-03-02".into())]).expect("left");
    assert!(!alive(&fresh));
    assert_eq!(sign_in(&site, "tom@demo.example", "another long password", "").status, 401);
}

#[test]
fn live_updates_end_with_their_session() {
    let (office, _) = office();
    let mara = office.holding("Mara", "Administrator").person.expect("a person");
    let mara = office.desk.store.get(&Actor::system(), office.kind("person"), mara).expect("Mara");
    let site = Site::of(&office);
    let browser = site.sign_in(&office, &mara);
    let mut stream = site.live(&browser.cookie);
    office.make("task", &[("title", "seen".into())]);
    assert_eq!(site.next(&mut stream), "task");
    site.post(&browser, "/sign-out", "");
    office.make("task", &[("title", "unseen".into())]);
    assert_eq!(site.next(&mut stream), "", "the stream is over");
}

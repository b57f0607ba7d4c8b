//! Signing in: passwords, second factors, sessions, one-time links, API tokens.

use crate::{Desk, DeskError};
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Mutex;
use watchkeep_model::{Actor, Record, Via, access::Permissions};
use watchkeep_store::{Secret, Store, StoreError};

/// How long a session lives without use.
const SESSION_HOURS: i64 = 12;
/// Attempts for one name within the window before waiting.
const ATTEMPTS: usize = 8;
const WINDOW_SECONDS: i64 = 300;

/// Recent attempts by name; a restart forgives.
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<String, Vec<Timestamp>>>);

/// Names that are kept count of at most; above, those tried once are forgotten first.
const NAMES: usize = 10_000;

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    pub key: String,
    pub person: i64,
    /// Goes into every form and unsafe request.
    pub csrf: String,
    /// When this person last began a session before this one.
    pub last_visit: Option<Timestamp>,
}

impl Desk {
    /// Checks name, password and, where enrolled, the six-digit code.
    pub fn sign_in(&self, email: &str, password: &str, code: &str, now: Timestamp) -> Result<Session, DeskError> {
        let name = email.trim().to_lowercase();
        self.attempts.begin(&name, now)?;
        let person = self.person_by_email(&name)?.filter(|person| self.may_sign_in(person, now));
        let stored = match &person {
            Some(person) => self.store.vault().get("password", &person.id.to_string(), now)?,
            None => None,
        };
        // The same work for an unknown name, so that time tells nothing.
        let hash = stored.map_or_else(|| DUMMY.to_owned(), |secret| secret.value);
        let right =
            PasswordHash::new(&hash).is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok());
        let person = person.filter(|_| right);
        let Some(person) = person else { return Err(DeskError::SignIn) };
        if let Some(secret) = self.store.vault().get("totp", &person.id.to_string(), now)?
            && !self.code_is_right(&person, &secret.value, code, now)?
        {
            return Err(DeskError::SignIn);
        }
        self.attempts.forgive(&name);
        self.begin_session(&person, now)
    }

    fn code_is_right(&self, person: &Record, secret: &str, code: &str, now: Timestamp) -> Result<bool, DeskError> {
        let Some(totp) = totp(secret, person.title()) else { return Ok(false) };
        let seconds = u64::try_from(now.as_second()).unwrap_or(0);
        let right = totp.check(code.trim(), seconds);
        // A code works once, also where two come at the same moment.
        let _turn = self.attempts.0.lock();
        let used = format!("{}:{}", person.id, code.trim());
        if !right || self.store.vault().get("totp_used", &used, now)?.is_some() {
            return Ok(false);
        }
        self.keep("totp_used", &used, Some(person.id), String::new(), Some(now + SignedDuration::from_mins(2)))?;
        Ok(true)
    }

    /// A new session for somebody who has shown who they are.
    pub fn begin_session(&self, person: &Record, now: Timestamp) -> Result<Session, DeskError> {
        let (key, csrf) = (secret()?, secret()?);
        let visits = self.store.vault().get("visit", &person.id.to_string(), now)?;
        let last = visits.and_then(|visit| visit.value.parse::<Timestamp>().ok());
        self.keep("visit", &person.id.to_string(), Some(person.id), now.to_string(), None)?;
        let value = json!({"csrf": csrf, "last_visit": last.map(|at| at.to_string())}).to_string();
        let expires = now + SignedDuration::from_hours(SESSION_HOURS);
        self.keep("session", &digest(&key), Some(person.id), value, Some(expires))?;
        Ok(Session { key, person: person.id, csrf, last_visit: last })
    }

    /// The session behind a cookie, if it is alive and its person still works here.
    pub fn session(&self, key: &str, now: Timestamp) -> Result<Option<(Session, Record)>, DeskError> {
        let Some(secret) = self.store.vault().get("session", &digest(key), now)? else { return Ok(None) };
        let Some(record) = self.still_here(secret.person, now)? else { return Ok(None) };
        let person = record.id;
        let value: serde_json::Value = serde_json::from_str(&secret.value).unwrap_or_default();
        let csrf = value.get("csrf").and_then(|csrf| csrf.as_str()).unwrap_or_default().to_owned();
        let last_visit = value.get("last_visit").and_then(|at| at.as_str()).and_then(|at| at.parse().ok());
        // Extended when a quarter of its life is over, so most requests write nothing.
        let expires = now + SignedDuration::from_hours(SESSION_HOURS);
        if secret.expires.is_some_and(|at| expires.as_second() - at.as_second() > SESSION_HOURS * 900) {
            self.keep("session", &secret.key, Some(person), secret.value, Some(expires))?;
        }
        Ok(Some((Session { key: key.to_owned(), person, csrf, last_visit }, record)))
    }

    /// Whether a session is alive, without using it: what only listens does not keep anybody signed in.
    pub fn session_lives(&self, key: &str, now: Timestamp) -> Result<bool, DeskError> {
        let Some(secret) = self.store.vault().get("session", &digest(key), now)? else { return Ok(false) };
        Ok(self.still_here(secret.person, now)?.is_some())
    }

    pub fn sign_out(&self, key: &str) -> Result<(), DeskError> {
        self.store.vault().remove("session", &digest(key))?;
        Ok(())
    }

    /// Sets a password after checking its strength; other sessions of the person end.
    pub fn set_password(&self, person: i64, password: &str) -> Result<(), DeskError> {
        if password.chars().count() < 12 {
            return Err(DeskError::Password("a password has at least 12 characters; four words make a good one"));
        }
        if password.len() > 1024 {
            return Err(DeskError::Password("a password has at most 1024 bytes"));
        }
        let salt = SaltString::encode_b64(&random::<16>()?).map_err(|error| DeskError::Random(error.to_string()))?;
        let hash =
            argon().hash_password(password.as_bytes(), &salt).map_err(|error| DeskError::Random(error.to_string()))?;
        self.keep("password", &person.to_string(), Some(person), hash.to_string(), None)?;
        self.store.vault().remove_of("session", person)?;
        self.store.vault().remove_of("once", person)?;
        Ok(())
    }

    /// A link that signs a person in once: first start, forgotten password. Lives for an hour.
    pub fn one_time_key(&self, person: i64, now: Timestamp) -> Result<String, DeskError> {
        let key = secret()?;
        self.keep("once", &digest(&key), Some(person), String::new(), Some(now + SignedDuration::from_hours(1)))?;
        Ok(key)
    }

    /// Whose one-time key this is, if it can still be used.
    fn owner_of_key(&self, key: &str, now: Timestamp) -> Result<Option<Record>, DeskError> {
        let found = self.store.vault().get("once", &digest(key), now)?;
        self.still_here(found.and_then(|secret| secret.person), now)
    }

    /// Whether a one-time key needs a code of its person's second factor beside it.
    pub fn key_asks_code(&self, key: &str, now: Timestamp) -> Result<bool, DeskError> {
        let person = self.owner_of_key(key, now)?;
        person.map_or(Ok(false), |person| self.has_second_factor(person.id, now))
    }

    /// Uses a one-time key up; a wrong code leaves it. Its 256 random bits are not guessed, so nobody else's tries can
    /// lock it.
    pub fn use_one_time_key(&self, key: &str, code: &str, now: Timestamp) -> Result<Session, DeskError> {
        let person = self.owner_of_key(key, now)?.ok_or(DeskError::SignIn)?;
        if let Some(secret) = self.store.vault().get("totp", &person.id.to_string(), now)? {
            self.attempts.begin(&digest(key), now)?;
            if !self.code_is_right(&person, &secret.value, code, now)? {
                return Err(DeskError::Code);
            }
        }
        if !self.store.vault().remove("once", &digest(key))? {
            return Err(DeskError::SignIn);
        }
        self.begin_session(&person, now)
    }

    /// Takes a lost second factor off and ends the person's sessions; they sign in without it and choose another.
    pub fn drop_second_factor(&self, person: i64) -> Result<bool, DeskError> {
        let there = self.store.vault().remove("totp", &person.to_string())?;
        self.store.vault().remove_of("session", person)?;
        Ok(there)
    }

    pub fn has_password(&self, person: i64, now: Timestamp) -> Result<bool, DeskError> {
        Ok(self.store.vault().get("password", &person.to_string(), now)?.is_some())
    }

    pub fn has_second_factor(&self, person: i64, now: Timestamp) -> Result<bool, DeskError> {
        Ok(self.store.vault().get("totp", &person.to_string(), now)?.is_some())
    }

    /// A new second factor: its secret and the address an authenticator app reads. Not active until confirmed.
    pub fn propose_second_factor(&self, person: &Record) -> Result<(String, String), DeskError> {
        let secret = totp_rs::Secret::Raw(random::<20>()?.to_vec()).to_encoded().to_string();
        let url = totp(&secret, person.title()).map(|totp| totp.get_url()).unwrap_or_default();
        Ok((secret, url))
    }

    /// Activates a second factor once a right code shows that the app has it. One that is on is not replaced.
    pub fn confirm_second_factor(
        &self,
        person: &Record,
        secret: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<(), DeskError> {
        if self.has_second_factor(person.id, now)? {
            return Err(DeskError::Password("a second factor is on already; an administrator can take it off"));
        }
        if !self.code_is_right(person, secret, code, now)? {
            return Err(DeskError::SignIn);
        }
        self.keep("totp", &person.id.to_string(), Some(person.id), secret.to_owned(), None)
    }

    /// A token for programs: acts as its person, limited to `scopes` where given (`kind:action`). Shown once.
    pub fn make_token(
        &self,
        person: i64,
        name: &str,
        scopes: &[String],
        expires: Timestamp,
    ) -> Result<String, DeskError> {
        let token = format!("wk_{}", secret()?);
        let value = json!({"name": name, "scopes": scopes}).to_string();
        self.keep("token", &digest(&token), Some(person), value, Some(expires))?;
        Ok(token)
    }

    /// The actor behind a token: the person's access, cut down to the token's scopes.
    pub fn token(&self, token: &str, now: Timestamp) -> Result<Option<Actor>, DeskError> {
        let Some(secret) = self.store.vault().get("token", &digest(token), now)? else { return Ok(None) };
        let Some(record) = self.still_here(secret.person, now)? else { return Ok(None) };
        let mut actor = self.actor(&record, Via::Api)?;
        let value: serde_json::Value = serde_json::from_str(&secret.value).unwrap_or_default();
        let scopes: Vec<String> = value
            .get("scopes")
            .and_then(|scopes| scopes.as_array())
            .map(|list| list.iter().filter_map(|scope| scope.as_str().map(str::to_owned)).collect())
            .unwrap_or_default();
        if !scopes.is_empty() {
            let scopes = Permissions::new(scopes);
            let mut access = (*actor.access).clone();
            for held in &mut access.assignments {
                held.permissions = held.permissions.within(&scopes);
            }
            actor.access = access.into();
        }
        Ok(Some(actor))
    }

    pub fn person_by_email(&self, email: &str) -> Result<Option<Record>, DeskError> {
        let found = watchkeep_model::Look::with(&self.store.look(), "person", "email", &email.into(), 1);
        Ok(found.into_iter().next())
    }

    /// The person behind a session or token, unless they were deleted, have left or are locked.
    pub(crate) fn still_here(&self, person: Option<i64>, now: Timestamp) -> Result<Option<Record>, DeskError> {
        let Some(person) = person else { return Ok(None) };
        match self.store.get(&self.system(), self.kind("person")?, person) {
            Ok(record) => Ok(Some(record).filter(|record| self.may_sign_in(record, now))),
            Err(StoreError::Missing { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn may_sign_in(&self, person: &Record, now: Timestamp) -> bool {
        let today = now.to_zoned(self.zone.clone()).date();
        let left = person.read::<Option<jiff::civil::Date>>("leaves").flatten().is_some_and(|last| last < today);
        !left && person.state() != Some("locked")
    }

    fn keep(
        &self,
        space: &str,
        key: &str,
        person: Option<i64>,
        value: String,
        expires: Option<Timestamp>,
    ) -> Result<(), DeskError> {
        let secret = watchkeep_store::Secret { key: key.to_owned(), person, value, expires };
        Ok(self.store.vault().put(space, &secret)?)
    }
}

impl Attempts {
    /// Counts an attempt before its work is done, so that many at once are not more than the limit.
    fn begin(&self, name: &str, now: Timestamp) -> Result<(), DeskError> {
        let Ok(mut all) = self.0.lock() else { return Ok(()) };
        let recent = |at: &Timestamp| now.as_second() - at.as_second() < WINDOW_SECONDS;
        if all.len() >= NAMES && !all.contains_key(name) {
            all.retain(|_, tries| tries.iter().any(recent));
            if all.len() >= NAMES {
                all.retain(|_, tries| tries.len() > 1);
            }
        }
        let tries = all.entry(name.to_owned()).or_default();
        tries.retain(recent);
        if let (Some(first), true) = (tries.first(), tries.len() >= ATTEMPTS) {
            return Err(DeskError::TooMany { seconds: WINDOW_SECONDS - (now.as_second() - first.as_second()) });
        }
        tries.push(now);
        Ok(())
    }

    /// Whoever signs in has shown that the attempts were theirs.
    fn forgive(&self, name: &str) {
        if let Ok(mut all) = self.0.lock() {
            all.remove(name);
        }
    }
}

/// The hash of a password nobody has; verified when there is no such person.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz$5pX0DuEtZ5ICgH1HCoe5n2ToYHzNjgDcDTHmcfRmIFI";

/// OWASP's parameters for argon2id: 19 MiB, two passes.
fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

fn totp(secret: &str, name: &str) -> Option<totp_rs::TOTP> {
    let bytes = totp_rs::Secret::Encoded(secret.to_owned()).to_bytes().ok()?;
    let account = name.replace(':', " ");
    totp_rs::TOTP::new(totp_rs::Algorithm::SHA1, 6, 1, 30, bytes, Some("Watchkeep".to_owned()), account).ok()
}

fn random<const N: usize>() -> Result<[u8; N], DeskError> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(|error| DeskError::Random(error.to_string()))?;
    Ok(bytes)
}

/// A secret for signing that stays the same; made when it is first asked for.
pub(crate) fn kept_secret(store: &Store, name: &str, now: Timestamp) -> Result<String, DeskError> {
    if let Some(kept) = store.vault().get("signing", name, now)? {
        return Ok(kept.value);
    }
    let fresh = Secret { key: name.to_owned(), person: None, value: secret()?, expires: None };
    store.vault().put("signing", &fresh)?;
    Ok(fresh.value)
}

/// 256 random bits as hex.
pub(crate) fn secret() -> Result<String, DeskError> {
    Ok(random::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What is stored of a secret: a stolen database opens no session.
pub(crate) fn digest(secret: impl AsRef<[u8]>) -> String {
    Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect()
}

//! The way out to a pager: pages are posted to its address in a thread of their own, so that a slow one holds up nothing.

use crate::{clock, fetch};
use anyhow::{Context, bail};
use serde_json::Value as Json;
use std::time::Duration;
use watchkeep_connect::{Authorities, shown, words};
use watchkeep_desk::Desk;
use watchkeep_desk::paging::Pager;

/// Longest time for one page, and between two rounds.
const LONGEST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_secs(1);
/// Rounds between which a pager that does not answer is left alone.
const REST: u32 = 5;

struct Hook {
    client: reqwest::Client,
    address: reqwest::Url,
    runtime: tokio::runtime::Handle,
}

/// Connects the pager at an address, and hands pages over from now on. Within a runtime.
///
/// # Errors
/// The address is none of http or https; an authority cannot be used.
pub fn start(address: &str, authorities: &Authorities, desk: &Desk) -> anyhow::Result<()> {
    desk.connect_pager(Box::new(Hook::new(address, authorities)?));
    let desk = desk.clone();
    std::thread::Builder::new().name("pager".to_owned()).spawn(move || deliver(&desk))?;
    Ok(())
}

fn deliver(desk: &Desk) {
    loop {
        let rest = match desk.deliver_pages(clock::now()) {
            Ok(left) if left.waiting == 0 => 1,
            Ok(_) => REST,
            Err(error) => {
                tracing::error!("pages cannot be handed over: {error}");
                REST
            }
        };
        std::thread::sleep(PAUSE * rest);
    }
}

impl Hook {
    fn new(address: &str, authorities: &Authorities) -> anyhow::Result<Self> {
        let address = reqwest::Url::parse(address)
            .with_context(|| format!("{} is no address such as https://pager.example/hook", shown(address)))?;
        if !matches!(address.scheme(), "http" | "https") {
            bail!("{} begins with neither http:// nor https://", shown(address.as_str()));
        }
        let client = fetch::client(authorities, LONGEST)?;
        Ok(Self { client, address, runtime: tokio::runtime::Handle::current() })
    }

    async fn post(&self, key: &str, page: &Json) -> Result<(), String> {
        // The path of a hook is often its secret.
        let shown = self.address.origin().ascii_serialization();
        let request = self.client.post(self.address.clone());
        let request = request.header("content-type", "application/json").header("idempotency-key", key);
        let answer = request.body(page.to_string()).send().await;
        let answer = answer.map_err(|error| format!("{shown} does not answer: {}", words(&error.without_url())))?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(format!("{shown} answers {}", status.as_u16())),
        }
    }
}

impl Pager for Hook {
    fn call(&self, key: &str, page: &Json) -> Result<(), String> {
        self.runtime.block_on(self.post(key, page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::TcpListener;

    /// Answers one request with a status; what it was asked, heads in small letters.
    fn answering(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        let asked = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a request");
            let mut reader = BufReader::new(stream);
            let (mut heads, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).expect("a line");
                if let Some(size) = line.to_lowercase().strip_prefix("content-length:") {
                    length = size.trim().parse().expect("a number");
                }
                if line.trim().is_empty() {
                    break;
                }
                heads.push_str(&line.to_lowercase());
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("the page");
            write!(reader.get_mut(), "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").expect("answered");
            heads + &String::from_utf8(body).expect("text")
        });
        (address, asked)
    }

    fn call(address: &str) -> Result<(), String> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let hook = {
            let _inside = runtime.enter();
            Hook::new(address, &Authorities::default()).expect("a hook")
        };
        hook.call("PGE-7", &serde_json::json!({ "page": "PGE-7" }))
    }

    #[test]
    fn a_page_is_posted_with_its_number_as_key_and_what_stands_before_an_at_as_secret() {
        let (address, asked) = answering("202 Accepted");
        assert_eq!(call(&format!("http://anna:geheim@{address}/hook")), Ok(()));
        let asked = asked.join().expect("asked");
        assert!(asked.starts_with("post /hook http/1.1"), "{asked}");
        assert!(asked.contains("idempotency-key: pge-7") && asked.ends_with(r#"{"page":"PGE-7"}"#), "{asked}");
        assert!(asked.contains("authorization: basic yw5uytpnzwhlaw0="), "{asked}");
    }

    #[test]
    fn what_a_pager_does_not_take_is_told_without_its_secret() {
        let (address, asked) = answering("302 Found");
        let said = call(&format!("http://anna:geheim@{address}/hook")).expect_err("not taken");
        assert_eq!(said, format!("http://{address} answers 302"));
        asked.join().expect("asked");
        let gone = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let said = call(&format!("http://anna:geheim@{gone}/hook")).expect_err("nobody there");
        assert!(said.starts_with(&format!("http://{gone} does not answer: ")), "{said}");
        assert!(!said.contains("geheim") && !said.contains("hook"), "{said}");
        for wrong in ["ftp://pager.example/hook", "pager.example"] {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let _inside = runtime.enter();
            assert!(Hook::new(wrong, &Authorities::default()).is_err(), "{wrong}");
        }
    }
}

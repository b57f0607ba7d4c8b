//! An object store that speaks enough of S3 for the lake: put, get, ranges, paged lists, bulk delete, one key.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// Objects of one page of a list: few, so that lists have several.
const PAGE: usize = 3;
const DATE: &str = "2026-03-03T07:00:00.000Z";

/// The store; its threads end with the process.
#[derive(Clone)]
pub struct S3 {
    pub port: u16,
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    objects: Mutex<BTreeMap<String, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
    down: AtomicBool,
}

struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

struct Answer {
    status: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl S3 {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let store = Self { port, inner: Arc::default() };
        let accepting = store.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let store = accepting.clone();
                stream.set_nodelay(true).expect("a socket");
                std::thread::spawn(move || while store.serve(&stream).is_some() {});
            }
        });
        store
    }

    /// Settings that reach the store: the key `key` is good, every other refused.
    pub fn options(&self, key: &str) -> Vec<(String, String)> {
        let endpoint = format!("http://127.0.0.1:{}", self.port);
        let options = [
            ("AWS_ENDPOINT", endpoint.as_str()),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        options.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// Stores an object; its name has the bucket before it.
    pub fn put(&self, name: &str, bytes: &[u8]) {
        self.inner.objects.lock().expect("objects").insert(name.to_owned(), bytes.to_vec());
    }

    /// Names of what is stored, with the bucket before them.
    pub fn names(&self) -> Vec<String> {
        self.inner.objects.lock().expect("objects").keys().cloned().collect()
    }

    /// What was asked so far, such as `GET range`.
    pub fn asked(&self) -> Vec<String> {
        self.inner.asked.lock().expect("asked").clone()
    }

    /// From here on every request fails, or no longer does.
    pub fn set_down(&self, down: bool) {
        self.inner.down.store(down, Ordering::SeqCst);
    }

    fn serve(&self, mut stream: &TcpStream) -> Option<()> {
        let request = read(stream)?;
        let answer = self.answer(&request);
        let mut head = format!("HTTP/1.1 {}\r\n", answer.status);
        for (name, value) in &answer.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !answer.headers.iter().any(|(name, _)| *name == "content-length") {
            head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
        stream.write_all(&answer.body).ok()
    }

    fn answer(&self, request: &Request) -> Answer {
        let header = |name: &str| request.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let query = |name: &str| request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let kind = match (request.method.as_str(), query("list-type"), header("range")) {
            ("GET", Some(_), _) => "GET list".to_owned(),
            ("GET", None, Some(_)) => "GET range".to_owned(),
            (method, _, _) => method.to_owned(),
        };
        self.inner.asked.lock().expect("asked").push(kind);
        if self.inner.down.load(Ordering::SeqCst) {
            return problem("503 Service Unavailable", "SlowDown");
        }
        if !header("authorization").is_some_and(|value| value.contains("Credential=key/")) {
            return problem("403 Forbidden", "InvalidAccessKeyId");
        }
        let path = request.path.trim_start_matches('/');
        if path.split('/').next() != Some("bucket") {
            return problem("404 Not Found", "NoSuchBucket");
        }
        let mut objects = self.inner.objects.lock().expect("objects");
        match request.method.as_str() {
            "GET" if query("list-type").is_some() => {
                let prefix = format!("bucket/{}", query("prefix").unwrap_or_default());
                let after = query("continuation-token").unwrap_or_default();
                let found = objects.iter().filter(|(name, _)| name.starts_with(&prefix) && name.as_str() > after);
                list(&found.take(PAGE + 1).collect::<Vec<_>>())
            }
            "PUT" => {
                objects.insert(path.to_owned(), request.body.clone());
                Answer { status: "200 OK", headers: vec![("etag", "\"1\"".to_owned())], body: Vec::new() }
            }
            "POST" if query("delete").is_some() => {
                let text = String::from_utf8_lossy(&request.body).into_owned();
                let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
                let gone = keys.map(|key| {
                    objects.remove(&format!("bucket/{}", key.replace("&amp;", "&")));
                    format!("<Deleted><Key>{key}</Key></Deleted>")
                });
                xml(&format!("<DeleteResult>{}</DeleteResult>", gone.collect::<String>()))
            }
            "DELETE" => {
                objects.remove(path);
                Answer { status: "204 No Content", headers: Vec::new(), body: Vec::new() }
            }
            "GET" | "HEAD" => match objects.get(path) {
                Some(bytes) => part(bytes, header("range"), &request.method),
                None => problem("404 Not Found", "NoSuchKey"),
            },
            _ => problem("405 Method Not Allowed", "MethodNotAllowed"),
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|size| *size > 0)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    };
    let query = query.split('&').filter(|part| !part.is_empty()).map(pair).collect();
    Some(Request { method, path: decoded(path), query, headers, body })
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = |rest: &mut std::str::Bytes<'_>| Some([rest.next()?, rest.next()?]);
        match byte {
            b'%' => {
                let pair = digits(&mut rest).expect("two digits");
                bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).expect("ASCII"), 16).expect("hex digits"));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn xml(body: &str) -> Answer {
    let headers = vec![("content-type", "application/xml".to_owned())];
    Answer { status: "200 OK", headers, body: body.as_bytes().to_vec() }
}

fn problem(status: &'static str, code: &str) -> Answer {
    Answer { status, ..xml(&format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>")) }
}

fn list(found: &[(&String, &Vec<u8>)]) -> Answer {
    let more = found.len() > PAGE;
    let page = &found[..found.len().min(PAGE)];
    let contents = page.iter().map(|(name, bytes)| {
        let key = name.trim_start_matches("bucket/");
        format!(
            "<Contents><Key>{key}</Key><LastModified>{DATE}</LastModified><ETag>&quot;1&quot;</ETag><Size>{}</Size></Contents>",
            bytes.len()
        )
    });
    let next =
        page.last().filter(|_| more).map(|(name, _)| format!("<NextContinuationToken>{name}</NextContinuationToken>"));
    xml(&format!(
        "<ListBucketResult><IsTruncated>{more}</IsTruncated>{}{}</ListBucketResult>",
        next.unwrap_or_default(),
        contents.collect::<String>()
    ))
}

fn part(bytes: &[u8], range: Option<&str>, method: &str) -> Answer {
    let mut headers = vec![("etag", "\"1\"".to_owned()), ("last-modified", "Tue, 03 Mar 2026 07:00:00 GMT".to_owned())];
    let asked = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let (status, body) = match asked {
        Some((first, last)) => {
            let size = bytes.len();
            let (from, to) = match (first.parse::<usize>(), last.parse::<usize>()) {
                (Ok(from), Ok(to)) => (from, (to + 1).min(size)),
                (Ok(from), Err(_)) => (from, size),
                (Err(_), to) => (size - to.expect("a number").min(size), size),
            };
            headers.push(("content-range", format!("bytes {from}-{}/{size}", to - 1)));
            ("206 Partial Content", bytes[from..to].to_vec())
        }
        None => ("200 OK", bytes.to_vec()),
    };
    if method == "HEAD" {
        headers.push(("content-length", body.len().to_string()));
        return Answer { status, headers, body: Vec::new() };
    }
    Answer { status, headers, body }
}

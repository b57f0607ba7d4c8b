//! Connections outward: which authorities are believed, how buckets are reached, and how addresses and errors
//! are told.

mod authorities;
mod bucket;

pub use authorities::Authorities;
pub use bucket::bucket;

/// An address for messages and logs: what stands before an `@` may be a secret, and is left out.
pub fn shown(address: &str) -> String {
    let Some((secret, rest)) = address.rsplit_once('@') else { return address.to_owned() };
    match secret.split_once("://") {
        Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+') => {
            format!("{scheme}://…@{rest}")
        }
        _ => format!("…@{rest}"),
    }
}

/// An error with what caused it, each said once.
pub fn words(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !said.contains(&more) {
            said.push_str(": ");
            said.push_str(&more);
        }
        next = cause.source();
    }
    let most = said.char_indices().nth(500).map_or(said.len(), |(at, _)| at);
    said.truncate(most);
    said
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_stands_before_an_at_is_not_shown() {
        assert_eq!(shown("s3://bucket/logs"), "s3://bucket/logs");
        assert_eq!(shown("nats://anna:secret@host/LOGS"), "nats://…@host/LOGS");
        for wrong in ["kafka:/anna:secret@host/x", "anna:secret@host", "app=nats://secret@host"] {
            assert!(!shown(wrong).contains("secret:") && !shown(wrong).contains("anna"), "{}", shown(wrong));
        }
    }
}

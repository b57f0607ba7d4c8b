//! Buckets of object stores that speak S3.

use crate::Authorities;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{Certificate, ClientOptions, RetryConfig};
use std::time::Duration;
use url::Url;

/// Times that a request is tried again, and for how long.
const RETRIES: usize = 3;
const PATIENCE: Duration = Duration::from_secs(20);

/// The bucket and prefix of `s3://bucket/prefix`. `options` name keys, region and endpoint as the environment does
/// (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`); others are passed over, the last of a
/// name counts. An endpoint of plain HTTP is believed: somebody wrote it down.
///
/// # Errors
/// When the options or the prefix do not fit, or the address holds keys: they belong in the options.
pub fn bucket(
    address: &Url,
    options: impl Iterator<Item = (String, String)>,
    authorities: &Authorities,
) -> Result<PrefixStore<AmazonS3>, String> {
    if !address.username().is_empty() || address.password().is_some() {
        return Err("keys belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned());
    }
    let mut client = ClientOptions::new();
    for certificate in authorities.certificates() {
        client = client.with_root_certificate(Certificate::from_der(certificate).map_err(|error| error.to_string())?);
    }
    let mut builder = AmazonS3Builder::new().with_client_options(client).with_url(address.as_str());
    for (name, value) in options {
        let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() else { continue };
        let plain = matches!(key, AmazonS3ConfigKey::Endpoint) && value.starts_with("http://");
        builder = builder.with_config(key, value);
        if plain {
            builder = builder.with_allow_http(true);
        }
    }
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: PATIENCE, ..RetryConfig::default() };
    // The library's words would repeat the whole address.
    let prefix = Path::from_url_path(address.path());
    let prefix =
        prefix.map_err(|_| "a prefix has a name between any two slashes, which is neither . nor ..".to_owned())?;
    let store = builder.with_retry(retry).build().map_err(|error| error.to_string())?;
    Ok(PrefixStore::new(store, prefix))
}

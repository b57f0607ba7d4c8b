//! Authorities of one's own, believed besides those of the machine.

use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Authorities that are believed besides those of the machine (which `SSL_CERT_FILE` may name); by default none.
#[derive(Debug, Clone, Default)]
pub struct Authorities {
    own: Vec<CertificateDer<'static>>,
}

impl Authorities {
    /// Reads PEM files, each of one or more certificates.
    ///
    /// # Errors
    /// Which file cannot be read, holds no certificate, or one that is none.
    pub fn read<P: AsRef<Path>>(files: &[P]) -> io::Result<Self> {
        let mut own = Vec::new();
        for path in files.iter().map(AsRef::as_ref) {
            let wrong = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {why}", path.display()));
            let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
            let all = all.map_err(|error| wrong(error.to_string()))?;
            if all.is_empty() {
                return Err(wrong("no certificate in it; expected PEM, -----BEGIN CERTIFICATE-----".to_owned()));
            }
            for (n, certificate) in all.iter().enumerate() {
                let added = RootCertStore::empty().add(certificate.clone());
                added.map_err(|error| wrong(format!("certificate {} cannot be used: {error}", n + 1)))?;
            }
            own.extend(all);
        }
        Ok(Self { own })
    }

    /// Each as DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.own.iter().map(AsRef::as_ref)
    }

    /// How a client of TLS knows servers: by these and the machine's, as they are now.
    ///
    /// # Errors
    /// Never, unless the library does not support TLS at all.
    pub fn client(&self) -> io::Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(self.own.iter().cloned());
        let config =
            ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
        Ok(config.map_err(io::Error::other)?.with_root_certificates(roots).with_no_client_auth())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_refused_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            path
        };
        let none = file("none.pem", "nothing of the kind\n");
        let torn = file("torn.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n");
        let wrong = file("wrong.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        let missing = folder.path().join("missing.pem");
        for (path, words) in [(none, "expected PEM"), (torn, ""), (wrong, "certificate 1"), (missing, "No such file")] {
            let refused = Authorities::read(&[&path]).expect_err("refused").to_string();
            assert!(refused.contains(&path.display().to_string()) && refused.contains(words), "{refused}");
        }
        assert_eq!(Authorities::read::<&Path>(&[]).expect("none").certificates().count(), 0);
    }
}

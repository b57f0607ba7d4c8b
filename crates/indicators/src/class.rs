//! What an indicator is: an address, a name, a digest.

/// What a value is, after reading it. IPv4 written as IPv6 is IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    Ipv4,
    Ipv6,
    Domain,
    Url,
    Md5,
    Sha1,
    Sha256,
    Email,
    File,
}

/// What a source says that a text is; digests are told apart by their length, addresses by their form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    /// Nothing: the text alone must tell.
    Nothing,
    Address,
    Domain,
    Url,
    Hash,
    Email,
    File,
}

impl Class {
    pub const ALL: [Self; 9] =
        [Self::Ipv4, Self::Ipv6, Self::Domain, Self::Url, Self::Md5, Self::Sha1, Self::Sha256, Self::Email, Self::File];

    pub fn label(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::Domain => "domain",
            Self::Url => "URL",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Email => "e-mail",
            Self::File => "file name",
        }
    }

    /// What a source would say of it.
    pub fn said(self) -> Said {
        match self {
            Self::Ipv4 | Self::Ipv6 => Said::Address,
            Self::Domain => Said::Domain,
            Self::Url => Said::Url,
            Self::Md5 | Self::Sha1 | Self::Sha256 => Said::Hash,
            Self::Email => Said::Email,
            Self::File => Said::File,
        }
    }

    /// The byte that stands before a value in a table.
    pub(crate) fn tag(self) -> u8 {
        self as u8
    }

    pub(crate) fn of_tag(tag: u8) -> Option<Self> {
        Self::ALL.get(usize::from(tag)).copied()
    }
}

impl Said {
    /// A word that people and feeds use for a class.
    pub fn word(word: &str) -> Option<Self> {
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        Some(match word.as_str() {
            "ip" | "ipv4" | "ipv6" | "address" | "ipaddress" | "ipsrc" | "ipdst" | "ipv4addr" | "ipv6addr" | "cidr"
            | "netblock" | "network" => Self::Address,
            "domain" | "domainname" | "hostname" | "host" | "fqdn" => Self::Domain,
            "url" | "uri" | "link" => Self::Url,
            "hash" | "md5" | "sha1" | "sha256" | "md5hash" | "sha1hash" | "sha256hash" | "filehash" | "digest"
            | "filehashmd5" | "filehashsha1" | "filehashsha256" => Self::Hash,
            "email" | "emailaddress" | "emailsrc" | "emaildst" | "mail" | "sender" => Self::Email,
            "filename" | "file" | "filepath" | "path" => Self::File,
            _ => return None,
        })
    }
}

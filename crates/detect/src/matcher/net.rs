//! Address ranges, IPv4 and IPv6, written `10.0.0.0/8`.

use std::fmt;
use std::net::IpAddr;

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Net {
    address: IpAddr,
    bits: u8,
}

impl Net {
    /// Reads an address and the number of its bits that count.
    ///
    /// # Errors
    /// What is wrong with it, for the person who wrote the rule.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an address range; write it like 10.0.0.0/8 or fe80::/10");
        let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
        let (address, bits): (IpAddr, u8) = (address.parse().map_err(|_| wrong())?, bits.parse().map_err(|_| wrong())?);
        let most = if address.is_ipv4() { 32 } else { 128 };
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }

    /// How many bits of an address it says.
    pub(crate) fn bits(&self) -> u8 {
        self.bits
    }

    /// Whether `text` is an address of the range.
    pub(crate) fn holds(&self, text: &str) -> bool {
        match (self.address, text.parse()) {
            (IpAddr::V4(net), Ok(IpAddr::V4(address))) => {
                let differ = u32::from(net) ^ u32::from(address);
                differ.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), Ok(IpAddr::V6(address))) => {
                let differ = u128::from(net) ^ u128::from(address);
                differ.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(net: &str, inside: &[&str], outside: &[&str]) {
        let net = Net::parse(net).expect(net);
        inside.iter().for_each(|address| assert!(net.holds(address), "{address} in {net}"));
        outside.iter().for_each(|address| assert!(!net.holds(address), "{address} not in {net}"));
    }

    #[test]
    fn addresses_are_in_their_range() {
        check("10.0.0.0/8", &["10.0.0.0", "10.255.1.2"], &["11.0.0.1", "::1", "10.0.0", "", "::ffff:10.0.0.1"]);
        check("192.168.1.7/32", &["192.168.1.7"], &["192.168.1.6"]);
        check("0.0.0.0/0", &["1.2.3.4"], &["::1"]);
        check("fe80::/10", &["fe80::1", "febf::"], &["fec0::", "1.2.3.4"]);
        check("::/0", &["::", "ffff::1"], &["1.1.1.1"]);
        check("::1/128", &["::1", "0:0:0:0:0:0:0:1"], &["::2"]);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["10.0.0.0", "10.0.0.0/33", "::/129", "a/8", "10.0.0.0/-1", ""] {
            assert!(Net::parse(text).is_err(), "{text}");
        }
    }
}

//! One test of one value of an event.

use super::ast::Op;
use super::dates::Moment;
use super::pattern::Pattern;
use std::net::IpAddr;

/// One test of one value. Absent and empty are the same.
#[derive(Debug, Clone, PartialEq)]
pub enum Check {
    Absent,
    Present,
    Matches(Pattern),
    /// An address within `network` of so many leading bits.
    Network {
        network: IpAddr,
        bits: u8,
    },
    /// As numbers where both sides are, else as text, case aside.
    Compares {
        op: Op,
        bound: String,
    },
    /// Both ends included; an empty end is open.
    Between {
        from: String,
        to: String,
    },
    /// Only for `Time` and `Received`.
    Moment {
        op: Op,
        moment: Moment,
    },
}

impl Check {
    /// Whether a value fulfils this check; a check of a moment never holds for bytes.
    pub fn holds(&self, value: Option<&[u8]>) -> bool {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return *self == Self::Absent };
        match self {
            Self::Absent | Self::Moment { .. } => false,
            Self::Present => true,
            Self::Matches(pattern) => pattern.matches(value),
            Self::Network { network, bits } => {
                let address = std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok());
                address.is_some_and(|address| within(address, *network, *bits))
            }
            Self::Compares { op, bound } => op.accepts(order(value, bound)),
            Self::Between { from, to } => {
                (from.is_empty() || order(value, from).is_ge()) && (to.is_empty() || order(value, to).is_le())
            }
        }
    }
}

pub(super) fn order(value: &[u8], bound: &str) -> std::cmp::Ordering {
    let text = String::from_utf8_lossy(value);
    match (text.trim().parse::<f64>(), bound.trim().parse::<f64>()) {
        (Ok(value), Ok(bound)) => value.total_cmp(&bound),
        _ => text.to_lowercase().cmp(&bound.to_lowercase()),
    }
}

pub(super) fn within(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let leading = |whole: u32| u32::from(bits).min(whole);
    match (address.to_canonical(), network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (a.to_bits() ^ n.to_bits()).leading_zeros() >= leading(32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (a.to_bits() ^ n.to_bits()).leading_zeros() >= leading(128),
        _ => false,
    }
}

/// `10.0.0.0/8`, `fe80::/10`.
pub(super) fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/')?;
    let (address, bits): (IpAddr, u8) = (address.parse().ok()?, bits.parse().ok()?);
    let widest = if address.is_ipv4() { 32 } else { 128 };
    (bits <= widest).then_some((address, bits))
}

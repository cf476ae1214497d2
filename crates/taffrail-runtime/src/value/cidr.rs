//! Address ranges.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;

use serde::{Deserialize, Serialize};

/// A range of IPv4 or IPv6 addresses: a network and the length of its prefix.
///
/// An IPv4 address written in IPv6 (`::ffff:10.0.0.1`) is that IPv4 address. No range of one family
/// contains an address of the other, so `::/0` is all of IPv6 and nothing of IPv4.
///
/// ```
/// # use taffrail_runtime::value::Cidr;
/// let private = Cidr::parse("10.0.0.0/8").unwrap();
/// assert!(private.contains(Cidr::parse("10.1.0.0/16").unwrap()));
/// assert!(!private.contains(Cidr::parse("192.168.0.1").unwrap()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr {
    // INVARIANT: no bits behind the prefix, and no IPv4 address in IPv6 form.
    network: IpAddr,
    prefix: u8,
}

impl Cidr {
    /// Reads an address with the length of its prefix, or a single address. Bits behind the prefix
    /// are dropped: `10.1.2.3/8` is `10.0.0.0/8`.
    ///
    /// # Errors
    ///
    /// Why it is no address range.
    pub fn parse(text: &str) -> Result<Self, String> {
        let refusal = || format!("`{text}` is not an address or an address range");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refusal())?;
        let width: u8 = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => width,
            Some(prefix) => parse_prefix(prefix)
                .filter(|prefix| *prefix <= width)
                .ok_or_else(refusal)?,
        };
        Ok(Self::new(address, prefix))
    }

    /// Tells whether every address of the other range is in this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        other.prefix >= self.prefix
            && self.network.is_ipv4() == other.network.is_ipv4()
            && Self::new(other.network, self.prefix) == self
    }

    /// Returns the range of a prefix that is not longer than the address.
    fn new(address: IpAddr, prefix: u8) -> Self {
        match address {
            IpAddr::V4(address) => Self {
                network: Ipv4Addr::from_bits(address.to_bits() & mask_v4(prefix)).into(),
                prefix,
            },
            IpAddr::V6(address) => {
                let network = Ipv6Addr::from_bits(address.to_bits() & mask_v6(prefix));
                match (network.to_ipv4_mapped(), prefix.checked_sub(96)) {
                    (Some(mapped), Some(prefix)) => Self {
                        network: mapped.into(),
                        prefix,
                    },
                    (Some(_), None) | (None, _) => Self {
                        network: network.into(),
                        prefix,
                    },
                }
            }
        }
    }
}

fn parse_prefix(text: &str) -> Option<u8> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    (plain && canonical).then(|| text.parse().ok()).flatten()
}

fn mask_v4(prefix: u8) -> u32 {
    !u32::MAX.checked_shr(prefix.into()).unwrap_or(0)
}

fn mask_v6(prefix: u8) -> u128 {
    !u128::MAX.checked_shr(prefix.into()).unwrap_or(0)
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> Self {
        cidr.to_string()
    }
}

impl TryFrom<String> for Cidr {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    #[test]
    fn ranges_have_one_form() {
        for (text, form) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            ("10.1.2.3", "10.1.2.3/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("2001:DB8::1/32", "2001:db8::/32"),
            ("::1", "::1/128"),
            ("::ffff:10.1.2.3", "10.1.2.3/32"),
            ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ] {
            assert_eq!(cidr(text).to_string(), form, "{text}");
        }
    }

    #[test]
    fn containment_knows_families_and_mapped_addresses() {
        for (range, address, expected) in [
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.0.0.0/8", "10.0.0.0/7", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "8.8.8.8", false),
            ("::/0", "fe80::1", true),
            ("fd00::/8", "fd12::/16", true),
            ("10.0.0.1", "10.0.0.1", true),
        ] {
            assert_eq!(
                cidr(range).contains(cidr(address)),
                expected,
                "{range} {address}"
            );
        }
    }

    #[test]
    fn other_text_is_no_range() {
        for text in [
            "",
            "/",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0/8",
            "010.0.0.1",
            "::/129",
            "1.2.3.4/8/8",
            "fe80::1%eth0",
            "localhost",
            " 10.0.0.1",
        ] {
            assert!(Cidr::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn containment_agrees_with_shifting(a: u32, p in 0..=32_u8, b: u32, q in 0..=32_u8) {
            let range = Cidr::new(Ipv4Addr::from_bits(a).into(), p);
            let other = Cidr::new(Ipv4Addr::from_bits(b).into(), q);
            let shift = 32 - u32::from(p);
            let same = u64::from(a) >> shift == u64::from(b) >> shift;
            prop_assert_eq!(range.contains(other), q >= p && same);
            prop_assert!(range.contains(range));
        }

        #[test]
        fn every_range_reads_back(bits: u128, prefix in 0..=128_u8) {
            let range = Cidr::new(Ipv6Addr::from_bits(bits).into(), prefix);
            prop_assert_eq!(Cidr::parse(&range.to_string()), Ok(range));
        }
    }
}

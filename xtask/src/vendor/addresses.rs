//! Refuses addresses that are not on the internet, such as 127.0.0.1 or 10.0.0.1, so that no page
//! makes `vendor` send a request into the local network.
//!
//! Resolves each host name itself, and refuses a name if one of its addresses is not on the
//! internet. The client connects to the addresses that were checked. The proxies of the environment
//! are exempt.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The IPv4 blocks that are not on the internet: the special-purpose registry of IANA (RFC
/// 6890), multicast (RFC 5771) and 6to4 relays (RFC 7526).
const IPV4: [(Ipv4Addr, u32, &str); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, "an unspecified"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private"),
    (Ipv4Addr::new(100, 64, 0, 0), 10, "a shared"),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "a loopback"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "a reserved"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "a documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a reserved"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "a benchmarking"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "a documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "a documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast"),
    (Ipv4Addr::new(255, 255, 255, 255), 32, "a broadcast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved"),
];

/// The IPv6 blocks that are not on the internet. The whole internet is in [`GLOBAL_UNICAST`].
const IPV6: [(Ipv6Addr, u32, &str); 9] = [
    (Ipv6Addr::UNSPECIFIED, 128, "an unspecified"),
    (Ipv6Addr::LOCALHOST, 128, "a loopback"),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7, "a private"),
    (
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
        10,
        "a link-local",
    ),
    (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8, "a multicast"),
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23, "a reserved"),
    (
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0),
        32,
        "a documentation",
    ),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16, "a 6to4"),
    (
        Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0),
        20,
        "a documentation",
    ),
];

/// `2000::/3` (RFC 4291, 2.4).
const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// `64:ff9b::/96`, through which an IPv6-only network reaches IPv4 addresses (RFC 6052).
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Returns the kind of address of `ip`, with an article, or `None` if it is on the internet.
pub(super) fn special(ip: IpAddr) -> Option<&'static str> {
    // An IPv4 address is compared as `::ffff:0:0/96` (RFC 4291, 2.5.5.2).
    let ip = match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) if is_in(ip, NAT64) => {
            Ipv4Addr::from_bits(ip.to_bits() as u32).to_ipv6_mapped()
        }
        IpAddr::V6(ip) => ip,
    };
    let ipv4 = IPV4.map(|(network, bits, kind)| (network.to_ipv6_mapped(), 96 + bits, kind));
    let mut blocks = ipv4.into_iter().chain(IPV6);
    let block = blocks.find(|(network, bits, _)| is_in(ip, (*network, *bits)));
    let is_global = ip.to_ipv4_mapped().is_some() || is_in(ip, GLOBAL_UNICAST);
    let other = (!is_global).then_some("a reserved");
    block.map(|(_, _, kind)| kind).or(other)
}

fn is_in(ip: Ipv6Addr, (network, bits): (Ipv6Addr, u32)) -> bool {
    (ip.to_bits() ^ network.to_bits()) >> (128 - bits) == 0
}

/// Resolves names as the system does, and refuses a name with an address that is not on the
/// internet. The client connects to the addresses that this resolver returns, so a second
/// look-up cannot change them.
#[derive(Debug)]
pub(super) struct PublicOnly {
    /// The hosts of the proxies in the environment. They may be in the local network, and look
    /// up host names themselves.
    pub(super) proxies: Vec<String>,
}

impl PublicOnly {
    /// Returns `addresses`, the addresses of `name`, unless one of them is not on the
    /// internet.
    fn check(&self, name: &str, addresses: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
        if self
            .proxies
            .iter()
            .any(|proxy| proxy.eq_ignore_ascii_case(name))
        {
            return Ok(addresses);
        }
        let mut ips = addresses.iter().map(SocketAddr::ip);
        match ips.find_map(|ip| special(ip).map(|kind| NotPublic { ip, kind })) {
            Some(refused) => Err(refused),
            None => Ok(addresses),
        }
    }
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let only = Self {
            proxies: self.proxies.clone(),
        };
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses = only.check(name.as_str(), addresses.collect())?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// The reason why [`PublicOnly`] refuses a name.
#[derive(Debug)]
pub(super) struct NotPublic {
    ip: IpAddr,
    kind: &'static str,
}

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its host has {} address, {}", self.kind, self.ip)
    }
}

impl std::error::Error for NotPublic {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_outside_the_internet_are_special() {
        for (ip, expected) in [
            ("1.1.1.1", None),
            ("9.255.255.255", None),
            ("100.63.255.255", None),
            ("100.128.0.0", None),
            ("172.15.255.255", None),
            ("172.32.0.0", None),
            ("192.0.1.0", None),
            ("223.255.255.255", None),
            ("0.0.0.0", Some("an unspecified")),
            ("0.1.2.3", Some("an unspecified")),
            ("10.0.0.1", Some("a private")),
            ("100.64.0.1", Some("a shared")),
            ("100.127.255.255", Some("a shared")),
            ("127.0.0.1", Some("a loopback")),
            ("127.255.255.255", Some("a loopback")),
            ("169.254.169.254", Some("a link-local")),
            ("172.16.0.0", Some("a private")),
            ("172.31.255.255", Some("a private")),
            ("192.0.0.8", Some("a reserved")),
            ("192.0.2.1", Some("a documentation")),
            ("192.88.99.1", Some("a reserved")),
            ("192.168.1.1", Some("a private")),
            ("198.19.255.255", Some("a benchmarking")),
            ("198.51.100.1", Some("a documentation")),
            ("203.0.113.1", Some("a documentation")),
            ("224.0.0.1", Some("a multicast")),
            ("239.255.255.255", Some("a multicast")),
            ("240.0.0.1", Some("a reserved")),
            ("255.255.255.255", Some("a broadcast")),
            ("2606:4700:4700::1111", None),
            ("2001:4860:4860::8888", None),
            ("3ffe::1", None),
            ("::ffff:1.1.1.1", None),
            ("64:ff9b::1.1.1.1", None),
            ("::", Some("an unspecified")),
            ("::1", Some("a loopback")),
            ("::1.1.1.1", Some("a reserved")),
            ("::ffff:127.0.0.1", Some("a loopback")),
            ("::ffff:169.254.169.254", Some("a link-local")),
            ("64:ff9b::10.0.0.1", Some("a private")),
            ("64:ff9b:1::10.0.0.1", Some("a reserved")),
            ("100::1", Some("a reserved")),
            ("2001::1", Some("a reserved")),
            ("2001:db8::1", Some("a documentation")),
            ("2002:a00:1::1", Some("a 6to4")),
            ("3fff:fff::1", Some("a documentation")),
            ("4000::1", Some("a reserved")),
            ("5f00::1", Some("a reserved")),
            ("fc00::1", Some("a private")),
            ("fdff::1", Some("a private")),
            ("fe80::1", Some("a link-local")),
            ("fec0::1", Some("a reserved")),
            ("ff02::1", Some("a multicast")),
        ] {
            assert_eq!(special(ip.parse().unwrap()), expected, "{ip}");
        }
    }

    #[test]
    fn one_special_address_is_enough_to_refuse_a_name() {
        let only = PublicOnly {
            proxies: vec!["proxy.example.com".to_owned()],
        };
        let check = |name, ips: &[&str]| {
            let addresses = ips
                .iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), 443));
            let checked = only.check(name, addresses.collect());
            checked
                .map(|addresses| addresses.len())
                .map_err(|error| error.to_string())
        };
        assert_eq!(check("example.com", &["1.1.1.1", "2606:4700::1"]), Ok(2));
        let expected = "its host has a link-local address, 169.254.169.254";
        for name in ["example.com", "other.proxy.example.com"] {
            let found = check(name, &["1.1.1.1", "169.254.169.254"]);
            assert_eq!(found, Err(expected.to_owned()));
        }
        // Only the proxy itself may have any address.
        assert_eq!(check("Proxy.example.com", &["10.0.0.1"]), Ok(1));
    }
}

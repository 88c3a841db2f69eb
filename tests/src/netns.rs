//! Networks of a test's own, in which every packet is seen: network namespaces. They need root and Linux's `ip` and `nft`.
//!
//! Each is deleted with whoever made it; what is in none of them is left alone.

use std::path::Path;
use std::process::Command;

/// The port of mDNS.
const MDNS: u16 = 5353;

/// A network namespace with its loopback up, gone when dropped.
#[derive(Debug)]
pub struct Netns {
    name: String,
}

/// Whether namespaces can be made here; if not, says so on stderr. Where `KITH_NETNS=required` is set, it is no choice.
pub fn possible() -> bool {
    let probe = || {
        let probe = Netns::try_new("probe")?;
        run(command_in(probe.name(), "nft".as_ref()).args(["list", "ruleset"]))
    };
    let made = rustix::process::geteuid().is_root() && probe().is_ok();
    if !made {
        assert_ne!(
            std::env::var("KITH_NETNS").as_deref(),
            Ok("required"),
            "network namespaces are required, and cannot be made"
        );
        eprintln!(
            "SKIPPED: network namespaces cannot be made here (they need root, and the programs ip and nft)."
        );
    }
    made
}

impl Netns {
    /// Makes one. `name` is made unique.
    #[track_caller]
    pub fn new(name: &str) -> Netns {
        Netns::try_new(name).unwrap_or_else(|error| panic!("no namespace: {error}"))
    }

    fn try_new(name: &str) -> Result<Netns, String> {
        let name = format!("kith-{name}-{:08x}", rand::random::<u32>());
        ip(["netns", "add", &name])?;
        let made = Netns { name };
        made.try_ip(&["link", "set", "lo", "up"])?;
        Ok(made)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `ip` with these arguments, inside.
    #[track_caller]
    pub fn ip(&self, arguments: &[&str]) {
        self.try_ip(arguments).unwrap_or_else(|error| panic!("{error}"));
    }

    fn try_ip(&self, arguments: &[&str]) -> Result<(), String> {
        ip(["-n", &self.name].iter().chain(arguments)).map(drop)
    }

    /// A cable to this machine itself: addresses with a mask, inside and outside. What is inside has all its ways out over it.
    #[track_caller]
    pub fn plug_in(&self, inside: &str, outside: &str) {
        let cable = format!("kith{:08x}", rand::random::<u32>());
        let all =
            ["link", "add", cable.as_str(), "type", "veth", "peer", "name", "up0", "netns", self.name()];
        ip(all).expect("a pair of interfaces");
        ip(["addr", "add", outside, "dev", cable.as_str()]).expect("an address");
        ip(["link", "set", cable.as_str(), "up"]).expect("an interface");
        self.ip(&["addr", "add", inside, "dev", "up0"]);
        self.ip(&["link", "set", "up0", "up"]);
        let gateway = outside.split('/').next().unwrap_or_default();
        self.ip(&["route", "add", "default", "via", gateway]);
    }

    /// A cable from this one, which is a switch, to another: `address` has a mask.
    #[track_caller]
    pub fn switch_to(&self, other: &Netns, address: &str) {
        let port = format!("p{:08x}", rand::random::<u32>());
        self.ip(&["link", "add", &port, "type", "veth", "peer", "name", "lan0", "netns", other.name()]);
        self.ip(&["link", "set", &port, "master", "switch", "up"]);
        other.ip(&["addr", "add", address, "dev", "lan0"]);
        other.ip(&["link", "set", "lan0", "up"]);
    }

    /// Makes this one a switch.
    #[track_caller]
    pub fn is_a_switch(&self) {
        self.ip(&["link", "add", "switch", "type", "bridge", "mcast_snooping", "0"]);
        self.ip(&["link", "set", "switch", "up"]);
    }

    /// Counts from now on what leaves beside TCP to one place: every packet but that, but TCP on its own loopback, and but
    /// what IPv6 says by itself on any interface.
    #[track_caller]
    pub fn counts_all_but(&self, host: &str, port: u16) {
        let rules = format!(
            "table inet kith {{
                counter beside {{ }}
                counter through {{ }}
                chain out {{
                    type filter hook output priority 0;
                    ip daddr {host} tcp dport {port} counter name through accept
                    oifname lo meta l4proto tcp accept
                    icmpv6 type {{ 133, 135, 136, 143 }} accept
                    counter name beside
                }}
            }}"
        );
        self.nft(&rules);
    }

    /// Packets counted beside the one place, and to it.
    #[track_caller]
    pub fn counted(&self) -> (u64, u64) {
        let counted = |name: &str| {
            let said =
                run(command_in(&self.name, "nft".as_ref()).args(["list", "counter", "inet", "kith", name]));
            let said = said.expect("nft counts");
            let number = said.split("packets ").nth(1).and_then(|rest| rest.split(' ').next());
            number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no number in {said}"))
        };
        (counted("beside"), counted("through"))
    }

    /// Whether anybody there listens for mDNS.
    pub fn listens_for_mdns(&self) -> bool {
        let said = run(command_in(&self.name, "cat".as_ref()).args(["/proc/net/udp", "/proc/net/udp6"]));
        said.expect("/proc is there").contains(&format!(":{MDNS:04X} "))
    }

    #[track_caller]
    fn nft(&self, rules: &str) {
        let set = run(command_in(&self.name, "nft".as_ref()).arg(rules));
        set.unwrap_or_else(|error| panic!("nft: {error}"));
    }
}

impl Drop for Netns {
    fn drop(&mut self) {
        // A test that has failed already says more than this would.
        let _ = ip(["netns", "del", &self.name]);
    }
}

/// A program that will run in a namespace.
pub(crate) fn command_in(network: &str, program: &Path) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", network]).arg(program);
    command
}

fn ip<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Result<String, String> {
    run(Command::new("ip").args(arguments))
}

fn run(command: &mut Command) -> Result<String, String> {
    let ended = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if ended.status.success() {
        Ok(String::from_utf8_lossy(&ended.stdout).into_owned())
    } else {
        Err(format!("{command:?}: {}", String::from_utf8_lossy(&ended.stderr)))
    }
}

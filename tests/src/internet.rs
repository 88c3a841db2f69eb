//! An internet on one machine: hosts, routers of every temper, bad lines. Needs root, `ip` and `nft`.
//!
//! Every host and router is a network namespace of the kernel, and a line between two of them a pair of virtual
//! interfaces. In the middle is one namespace whose bridge is the internet: `203.0.113.0/24` and `2001:db8::/64`.
//!
//! Guarantees: nothing of it is left when it is dropped; the machine's own network is not touched; of one test program
//! there is one internet at a time, since what is measured in it is time.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Why no internet can be made here, if so.
pub fn lacks() -> Option<&'static str> {
    // Found out once: tests that ask at the same time would take each other's namespace for somebody else's.
    static LACKS: OnceLock<Option<&'static str>> = OnceLock::new();
    *LACKS.get_or_init(find_lack)
}

fn find_lack() -> Option<&'static str> {
    let works = |program: &str, argument: &str| {
        Command::new(program).arg(argument).output().is_ok_and(|output| output.status.success())
    };
    if !rustix::process::geteuid().is_root() {
        Some("making network namespaces needs root")
    } else if !works("ip", "-V") {
        Some("`ip` is not installed (Debian: iproute2)")
    } else if !works("nft", "--version") {
        Some("`nft` is not installed (Debian: nftables)")
    } else {
        let name = format!("kn{}", std::process::id());
        let netns = |verb: &str| Command::new("ip").args(["netns", verb, &name]).output();
        let made = netns("add").is_ok_and(|output| output.status.success());
        let gone = netns("del").is_ok_and(|output| output.status.success());
        (!made || !gone).then_some("no network namespace can be made here")
    }
}

/// How a router translates addresses, and whom it lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Temper {
    /// Whatever comes to its address goes to the one host behind it.
    FullCone,
    /// Ports stay as they are; only those are let in who were called from that port.
    Preserving,
    /// As [`Temper::Preserving`], with other ports outside than inside, the same towards everybody.
    Remapping,
    /// Another random port towards everybody.
    Symmetric,
}

/// The internet, and everything connected to it.
#[derive(Debug)]
pub struct Internet {
    name: String,
    places: Vec<String>,
    links: u32,
    outside: u8,
    inside: u8,
    _alone: MutexGuard<'static, ()>,
}

/// A host in it: where programs run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    namespace: String,
    /// The interface towards the others, and its address.
    pub interface: String,
    /// Its IPv4 address there; none if it has only IPv6.
    pub ip: Option<String>,
    /// Its IPv6 address there; none if it has only IPv4.
    pub ip6: Option<String>,
}

/// A router, with a network behind it.
#[derive(Clone, Debug)]
pub struct Router {
    place: Place,
    net: u8,
    hosts: u8,
    temper: Temper,
}

/// The port that everybody's node listens on, so that a router can be told of it.
pub const PORT: u16 = 4001;
/// What a remapping router makes of it.
const REMAPPED: u16 = 14001;

impl Default for Internet {
    fn default() -> Internet {
        Internet::new()
    }
}

impl Internet {
    /// An internet with nobody in it.
    ///
    /// # Panics
    /// If [`lacks`] says why it cannot.
    pub fn new() -> Internet {
        static MADE: AtomicU32 = AtomicU32::new(0);
        static ALONE: Mutex<()> = Mutex::new(());
        // A test that failed in its internet has ended it all the same.
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("kn{}x{number}", std::process::id());
        let mut internet =
            Internet { name, places: Vec::new(), links: 0, outside: 0, inside: 0, _alone: alone };
        let middle = internet.namespace("net");
        in_it(&middle, "ip link add br0 type bridge");
        in_it(&middle, "ip link set br0 up");
        internet
    }

    /// A host that everybody can call.
    pub fn host(&mut self) -> Place {
        let (mut place, address) = self.outside();
        place.gets_ipv6(address);
        place
    }

    /// A host without IPv4.
    pub fn host_with_ipv6_only(&mut self) -> Place {
        let (mut place, address) = self.outside();
        in_it(&place.namespace, "ip -4 addr flush dev wan");
        place.gets_ipv6(address);
        place.ip = None;
        place
    }

    /// A router with a network of its own.
    pub fn router(&mut self, temper: Temper) -> Router {
        let (place, _) = self.outside();
        self.routes(place, temper)
    }

    /// A router behind a router, as of a home behind a provider's.
    pub fn router_behind(&mut self, upstream: &mut Router, temper: Temper) -> Router {
        let place = self.host_behind(upstream);
        self.routes(place, temper)
    }

    /// A host behind a router.
    pub fn host_behind(&mut self, router: &mut Router) -> Place {
        router.hosts += 1;
        let namespace = self.namespace("host");
        self.link(&namespace, "eth", &router.place.namespace, "lan");
        let (net, host) = (router.net, router.hosts);
        let ip = Some(format!("10.{net}.0.{host}"));
        let place = Place { namespace, interface: "eth".into(), ip, ip6: None };
        place.moves_to(&format!("10.{net}.0.{host}"), net);
        if router.hosts == 2 {
            router.translate();
        }
        place
    }

    fn outside(&mut self) -> (Place, u8) {
        self.outside += 1;
        let (namespace, address) = (self.namespace("wan"), self.outside);
        let middle = self.places[0].clone();
        self.link(&namespace, "wan", &middle, "br0");
        let ip = format!("203.0.113.{address}");
        in_it(&namespace, &format!("ip addr add {ip}/24 dev wan"));
        (Place { namespace, interface: "wan".into(), ip: Some(ip), ip6: None }, address)
    }

    fn routes(&mut self, place: Place, temper: Temper) -> Router {
        self.inside += 1;
        let namespace = &place.namespace;
        in_it(namespace, "ip link add lan type bridge");
        in_it(namespace, &format!("ip addr add 10.{}.0.1/24 dev lan", self.inside));
        in_it(namespace, "ip link set lan up");
        in_it(namespace, "sysctl -qw net.ipv4.ip_forward=1");
        let router = Router { place, net: self.inside, hosts: 1, temper };
        router.translate();
        router
    }

    /// Connects a namespace to a bridge of another.
    fn link(&mut self, namespace: &str, interface: &str, other: &str, bridge: &str) {
        self.links += 1;
        let port = format!("port{}", self.links);
        run(&format!("ip link add {interface} netns {namespace} type veth peer name {port} netns {other}"));
        in_it(other, &format!("ip link set {port} master {bridge} up"));
        in_it(namespace, &format!("ip link set {interface} up"));
    }

    fn namespace(&mut self, what: &str) -> String {
        let name = format!("{}-{what}{}", self.name, self.places.len());
        run(&format!("ip netns add {name}"));
        self.places.push(name.clone());
        in_it(&name, "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0");
        in_it(&name, "ip link set lo up");
        name
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        for name in &self.places {
            // What cannot be deleted must not hide why a test failed.
            let _ = Command::new("ip").args(["netns", "del", name]).output();
        }
    }
}

impl Place {
    /// Lets a process run here.
    pub fn carry(&self, command: &Command) -> Command {
        let mut carried = Command::new("ip");
        carried.args(["netns", "exec", &self.namespace]).arg(command.get_program()).args(command.get_args());
        carried.env_clear();
        carried.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        carried.stdin(std::process::Stdio::piped());
        carried.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        carried
    }

    fn gets_ipv6(&mut self, address: u8) {
        let ip = format!("2001:db8::{address}");
        in_it(&self.namespace, &format!("ip -6 addr add {ip}/64 dev {} nodad", self.interface));
        self.ip6 = Some(ip);
    }

    /// Gives it another address in its network, as when somebody comes home.
    pub fn moves_to(&self, ip: &str, net: u8) {
        let interface = &self.interface;
        in_it(&self.namespace, &format!("ip -4 addr flush dev {interface}"));
        in_it(&self.namespace, &format!("ip addr add {ip}/24 dev {interface}"));
        in_it(&self.namespace, &format!("ip route replace default via 10.{net}.0.1"));
    }

    /// Pulls the cable, or plugs it in. Addresses stay, as they do on a real host.
    pub fn cable(&self, plugged: bool) {
        let chain = if plugged { "accept" } else { "drop" };
        self.lines(&format!("{chain};"));
    }

    /// Loses so many of a hundred packets in each direction. Of a router: a host would be told of what it loses itself.
    pub fn loses(&self, of_a_hundred: u8) {
        self.lines(&format!("numgen random mod 100 < {of_a_hundred} drop;"));
    }

    /// Delays everything that leaves, if the kernel can (`tc netem`); says whether it can.
    pub fn delays(&self, milliseconds: u32) -> bool {
        let interface = &self.interface;
        let rule = format!("tc qdisc replace dev {interface} root netem delay {milliseconds}ms");
        try_in_it(&self.namespace, &rule).status.success()
    }

    fn lines(&self, rule: &str) {
        let interface = &self.interface;
        let table = format!(
            "add table inet line\ndelete table inet line\ntable inet line {{\n\
             chain in {{ type filter hook prerouting priority -400; iifname \"{interface}\" {rule} }}\n\
             chain out {{ type filter hook postrouting priority 400; oifname \"{interface}\" {rule} }}\n}}\n"
        );
        nft(&self.namespace, &table);
    }
}

impl Router {
    /// Its address outside, and its line.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The number of the network behind it.
    pub fn net(&self) -> u8 {
        self.net
    }

    /// Lets no UDP through any more, as in many an office.
    pub fn forbids_udp(&self) {
        nft(
            &self.place.namespace,
            "table inet office {\nchain forward { type filter hook forward priority 0; meta l4proto udp drop; }\n}\n",
        );
    }

    /// Gets another address from the provider, as many a router does each night. Whatever went through it breaks.
    pub fn moves_to(&mut self, ip: &str) {
        let interface = &self.place.interface;
        in_it(&self.place.namespace, &format!("ip -4 addr flush dev {interface}"));
        in_it(&self.place.namespace, &format!("ip addr add {ip}/24 dev {interface}"));
        self.place.ip = Some(ip.to_owned());
        self.translate();
    }

    fn translate(&self) {
        let (net, wan) = (self.net, self.place.ip.clone().unwrap_or_default());
        let interface = &self.place.interface;
        let (inbound, outbound) = match self.temper {
            Temper::FullCone => (
                format!("iifname \"{interface}\" meta l4proto {{ tcp, udp }} dnat to 10.{net}.0.2"),
                format!("oifname \"{interface}\" snat to {wan}"),
            ),
            Temper::Preserving => (String::new(), format!("oifname \"{interface}\" masquerade")),
            Temper::Remapping => (
                String::new(),
                format!(
                    "oifname \"{interface}\" udp sport {PORT} snat to {wan}:{REMAPPED}\n\
                     oifname \"{interface}\" tcp sport {PORT} snat to {wan}:{REMAPPED}\n\
                     oifname \"{interface}\" masquerade"
                ),
            ),
            Temper::Symmetric => (String::new(), format!("oifname \"{interface}\" masquerade fully-random")),
        };
        // What was not asked for is dropped without a word: an answer would close the hole from the other side.
        let table = format!(
            "add table ip router\ndelete table ip router\ntable ip router {{\n\
             chain before {{ type nat hook prerouting priority -100; {inbound}\n}}\n\
             chain after {{ type nat hook postrouting priority 100; {outbound}\n}}\n\
             chain here {{ type filter hook input priority 0; iifname \"{interface}\" meta l4proto {{ tcp, udp }} ct state != established drop; }}\n\
             chain through {{ type filter hook forward priority 0; ct status dnat accept; iifname \"{interface}\" ct state new drop; }}\n}}\n"
        );
        nft(&self.place.namespace, &table);
    }
}

fn nft(namespace: &str, rules: &str) {
    use std::io::Write as _;

    let mut child = Command::new("ip")
        .args(["netns", "exec", namespace, "nft", "-f", "-"])
        .stdin(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("`ip` runs");
    let stdin = child.stdin.take().expect("stdin is connected");
    { stdin }.write_all(rules.as_bytes()).expect("nft reads its rules");
    let output = child.wait_with_output().expect("nft ends");
    assert!(output.status.success(), "{rules}\n{}", String::from_utf8_lossy(&output.stderr));
}

#[track_caller]
fn in_it(namespace: &str, command: &str) {
    let output = try_in_it(namespace, command);
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}

fn try_in_it(namespace: &str, command: &str) -> Output {
    let words = ["netns", "exec", namespace];
    Command::new("ip").args(words).args(command.split(' ')).output().expect("`ip` runs")
}

#[track_caller]
fn run(command: &str) {
    let mut words = command.split(' ');
    let output = Command::new(words.next().unwrap_or_default()).args(words).output().expect("it runs");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}

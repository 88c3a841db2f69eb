//! Which ports a process listens on, as the kernel tells.

use std::collections::BTreeSet;
use std::fs;

/// The state of a listening TCP socket in `/proc/net/tcp`.
const LISTENING: &str = "0A";

/// Ports that a process holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ports {
    /// TCP ports it listens on.
    pub tcp: BTreeSet<u16>,
    /// UDP ports it is bound to.
    pub udp: BTreeSet<u16>,
}

impl Ports {
    /// The ports of a process of the same user, seen now.
    pub fn of(process: u32) -> Ports {
        let sockets = sockets(process);
        let ports = |table: &str, listening: bool| {
            fs::read_to_string(format!("/proc/net/{table}"))
                .unwrap_or_default()
                .lines()
                .skip(1)
                .filter_map(|line| row(line, listening))
                .filter(|(_, socket)| sockets.contains(socket))
                .map(|(port, _)| port)
                .collect::<BTreeSet<u16>>()
        };
        let both = |name: &str, listening| &ports(name, listening) | &ports(&format!("{name}6"), listening);
        Ports { tcp: both("tcp", true), udp: both("udp", false) }
    }

    /// The ports of groups: each is held on TCP and on UDP, which the port of the web app is not.
    pub fn of_groups(process: u32) -> BTreeSet<u16> {
        let ports = Ports::of(process);
        &ports.tcp & &ports.udp
    }
}

/// The socket numbers among a process's descriptors.
fn sockets(process: u32) -> BTreeSet<String> {
    let Ok(descriptors) = fs::read_dir(format!("/proc/{process}/fd")) else { return BTreeSet::new() };
    descriptors
        .filter_map(|one| fs::read_link(one.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect()
}

/// Local port and socket number of a row.
fn row(line: &str, listening: bool) -> Option<(u16, String)> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let (local, state, socket) = (columns.get(1)?, columns.get(3)?, columns.get(9)?);
    if listening && *state != LISTENING {
        return None;
    }
    let port = u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()?;
    Some((port, (*socket).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, UdpSocket};

    #[test]
    fn what_this_process_holds_is_seen() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = UdpSocket::bind("[::1]:0").or_else(|_| UdpSocket::bind("127.0.0.1:0")).unwrap();
        let ports = Ports::of(std::process::id());
        assert!(ports.tcp.contains(&listener.local_addr().unwrap().port()));
        assert!(ports.udp.contains(&socket.local_addr().unwrap().port()));
    }
}

//! A Tor network of a test's own on loopback, made of Debian's `tor`: three directory authorities, two relays, and one Tor as
//! people run it, with a SOCKS port and onion services. Nothing of it leaves this machine.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::call::kill;
use crate::wait;

const AUTHORITIES: usize = 3;
const RELAYS: usize = 2;
/// How long a network may take until there is a way through it: its first consensus takes about half a minute.
const READY: Duration = Duration::from_secs(180);

/// A running network.
#[derive(Debug)]
pub struct Tor {
    folder: TempDir,
    running: Vec<Child>,
    socks: u16,
}

/// Whether Debian's `tor` is here; if not, says so on stderr. Where `KITH_TOR=required` is set, it is no choice.
pub fn installed() -> bool {
    let found = ["tor", "tor-gencert"].iter().all(|program| {
        let asked =
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok()
    });
    if !found {
        assert_ne!(
            std::env::var("KITH_TOR").as_deref(),
            Ok("required"),
            "tor is required, and not installed"
        );
        eprintln!("SKIPPED: tor is not installed here (Debian: tor).");
    }
    found
}

impl Tor {
    /// Starts a network whose onion services lead to these ports of this machine, each at port 4001.
    #[track_caller]
    pub fn start(services: &[u16]) -> Tor {
        let folder = tempfile::Builder::new().prefix("kith-tor-").tempdir().expect("a temporary folder");
        let mut tor = Tor { folder, running: Vec::new(), socks: free() };
        let authorities: Vec<(u16, u16)> = (0..AUTHORITIES).map(|_| (free(), free())).collect();
        let mut everybody = String::new();
        for (number, ports) in authorities.iter().enumerate() {
            everybody += &tor.authority(&format!("a{number}"), *ports);
        }
        for (number, (or, dir)) in authorities.iter().enumerate() {
            let own = format!("{}{AUTHORITY}DirPort 127.0.0.1:{dir} IPv4Only\n", relay(*or));
            tor.run(&format!("a{number}"), &everybody, &own);
        }
        for number in 0..RELAYS {
            tor.run(&format!("r{number}"), &everybody, &relay(free()));
        }
        let mut own = format!("SocksPort 127.0.0.1:{}\n", tor.socks);
        for (number, port) in services.iter().enumerate() {
            let service = tor.folder("client").join(number.to_string());
            let _ = writeln!(own, "HiddenServiceDir {}", service.display());
            let _ = writeln!(own, "HiddenServicePort 4001 127.0.0.1:{port}");
        }
        tor.run("client", &everybody, &own);
        let log = tor.folder("client").join("log");
        wait::until(READY, "a way through the network of Tor", || {
            let said = fs::read_to_string(&log).unwrap_or_default();
            said.contains("Bootstrapped 95%").then_some(())
        });
        tor
    }

    /// Where its SOCKS port is.
    pub fn socks(&self) -> String {
        format!("socks5://127.0.0.1:{}", self.socks)
    }

    /// The name of an onion service, by its number.
    #[track_caller]
    pub fn onion(&self, number: usize) -> String {
        let file = self.folder("client").join(number.to_string()).join("hostname");
        let name = wait::until(READY, "the name of an onion service", || fs::read_to_string(&file).ok());
        name.trim().to_owned()
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes the keys of an authority, and gives the line by which the others know it.
    fn authority(&self, name: &str, (or, dir): (u16, u16)) -> String {
        let (folder, keys) = (self.folder(name), self.folder(name).join("keys"));
        private(&folder);
        private(&keys);
        let certificate = keys.join("authority_certificate");
        let mut gencert = Command::new("tor-gencert");
        gencert.args([
            "--create-identity-key",
            "-m",
            "12",
            "-a",
            &format!("127.0.0.1:{dir}"),
            "--passphrase-fd",
            "0",
        ]);
        gencert.arg("-i").arg(keys.join("authority_identity_key"));
        gencert.arg("-s").arg(keys.join("authority_signing_key")).arg("-c").arg(&certificate);
        said(&mut gencert);
        let mut fingerprint = Command::new("tor");
        fingerprint.args(["--list-fingerprint", "--orport", "1", "--quiet", "--nickname", name]);
        fingerprint.args(["--dirserver", &format!("x 127.0.0.1:1 {}", "f".repeat(40)), "--datadirectory"]);
        let fingerprint = said(fingerprint.arg(&folder));
        let fingerprint: String = fingerprint.trim().split(' ').skip(1).collect();
        let certificate = fs::read_to_string(certificate).expect("a certificate");
        let v3 =
            certificate.lines().find_map(|line| line.strip_prefix("fingerprint ")).expect("its fingerprint");
        format!("DirAuthority {name} orport={or} no-v2 v3ident={v3} 127.0.0.1:{dir} {fingerprint}\n")
    }

    fn run(&mut self, name: &str, everybody: &str, own: &str) {
        let folder = self.folder(name);
        private(&folder);
        let shown = folder.display();
        let settings = format!(
            "{COMMON}DataDirectory {shown}\nPidFile {shown}/pid\nLog notice file {shown}/log\nNickname {name}\n{everybody}{own}"
        );
        let torrc = folder.join("torrc");
        fs::write(&torrc, settings).expect("a file of the test");
        let mut tor = Command::new("tor");
        tor.arg("-f").arg(torrc).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running.push(tor.spawn().expect("tor starts"));
    }
}

impl Drop for Tor {
    fn drop(&mut self) {
        for child in &mut self.running {
            kill(child);
        }
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder("client").join("log")).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(20).collect();
            eprintln!("The last words of Tor:\n{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}

const COMMON: &str = "TestingTorNetwork 1
AssumeReachable 1
Address 127.0.0.1
VanguardsLiteEnabled 0
ShutdownWaitLength 0
";

const AUTHORITY: &str = "AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo nobody@example.invalid
AuthDirMaxServersPerAddr 0
TestingV3AuthInitialVotingInterval 20
TestingV3AuthInitialVoteDelay 4
TestingV3AuthInitialDistDelay 4
V3AuthVotingInterval 20
V3AuthVoteDelay 4
V3AuthDistDelay 4
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
TestingDirAuthVoteExit *
TestingMinExitFlagThreshold 0
MinUptimeHidServDirectoryV2 0
";

fn relay(port: u16) -> String {
    format!(
        "ORPort 127.0.0.1:{port} IPv4Only\nSocksPort 0\nExitRelay 1\nExitPolicyRejectPrivate 0\nExitPolicy accept 127.0.0.0/8:*\nExitPolicy reject *:*\n"
    )
}

/// A port that is free now.
pub fn free() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("bound").port()
}

fn private(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder of the test");
    fs::set_permissions(folder, Permissions::from_mode(0o700)).expect("a folder of the test");
}

/// Runs a program that reads the passphrase of a key, and gives what it said.
fn said(command: &mut Command) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut passphrase = child.stdin.take().expect("stdin is connected");
    // A program that asks for none hangs up.
    let _ = std::io::Write::write_all(&mut passphrase, b"of a test\n");
    drop(passphrase);
    let ended = child.wait_with_output().expect("it ends");
    assert!(ended.status.success(), "{command:?}: {}", ended.status);
    String::from_utf8_lossy(&ended.stdout).into_owned()
}

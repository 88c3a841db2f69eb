//! Who was let in: cookies that the node itself can check, and nothing to be looked up.
//!
//! A cookie is `<16 random bytes>.<their keyed hash>`, in hex. Into the hash goes how often the node was locked and how
//! often all were sent away: so a lock ends every session at once, and so does a sign-in page that is used twice. The
//! key is drawn when the program starts and never leaves it. A session takes nothing from the browser (no fixation), and
//! each is made anew when somebody is let in.
//!
//! Each session has a token for its forms, which stands in the pages and not in the cookie: a page of another origin
//! can send the cookie at most, never the token.

use std::sync::atomic::{AtomicU64, Ordering};

use kith_node::secret::Secret;

/// The name of the cookie. It says nothing about what it is for.
const COOKIE: &str = "s";
/// Random bytes of a session.
const RANDOM: usize = 16;

/// Who was let in.
#[derive(Debug)]
pub struct Sessions {
    key: Secret,
    sent_away: AtomicU64,
}

/// A session that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// For the forms of its pages.
    pub form_token: String,
}

impl Sessions {
    /// Nobody was let in yet.
    pub fn none() -> Sessions {
        Sessions { key: Secret::random(), sent_away: AtomicU64::new(0) }
    }

    /// Lets a browser in: the value of a `Set-Cookie` header.
    pub fn let_in(&self, locks: u64) -> String {
        let random: [u8; RANDOM] = rand::random();
        let value = format!("{}.{}", hex::encode(random), self.hash(b"session", &random, locks).to_hex());
        format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict")
    }

    /// The value of a `Set-Cookie` header that takes the cookie back.
    pub fn let_out() -> String {
        format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
    }

    /// Ends every session.
    pub fn send_all_away(&self) {
        self.sent_away.fetch_add(1, Ordering::AcqRel);
    }

    /// The session of a `Cookie` header, if it holds.
    pub fn of(&self, cookies: &str, locks: u64) -> Option<Session> {
        let named = |cookie: &str| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('=').map(str::to_owned);
        // Another cookie of the same name can only come from this very host. It holds or it does not.
        cookies.split(';').filter_map(named).find_map(|value| {
            let (random, hash) = value.split_once('.')?;
            let random: [u8; RANDOM] = hex::decode(random).ok()?.try_into().ok()?;
            let hash = blake3::Hash::from_hex(hash).ok()?;
            // Comparing hashes takes the same time wherever they differ.
            (hash == self.hash(b"session", &random, locks))
                .then(|| Session { form_token: self.hash(b"form", &random, locks).to_hex().to_string() })
        })
    }

    fn hash(&self, what: &[u8], random: &[u8; RANDOM], locks: u64) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(self.key.bytes());
        hasher.update(random).update(&locks.to_be_bytes());
        hasher.update(&self.sent_away.load(Ordering::Acquire).to_be_bytes()).update(what);
        hasher.finalize()
    }
}

impl Session {
    /// Whether a form came from a page of this session.
    pub fn made(&self, token: &str) -> bool {
        let (Ok(said), Ok(mine)) =
            (blake3::Hash::from_hex(token), blake3::Hash::from_hex(self.form_token.as_str()))
        else {
            return false;
        };
        said == mine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(set_cookie: &str) -> &str {
        set_cookie.split(';').next().unwrap()
    }

    #[test]
    fn a_cookie_holds_until_the_node_is_locked_or_all_are_sent_away() {
        let sessions = Sessions::none();
        let cookie = sessions.let_in(0);
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        let session = sessions.of(value(&cookie), 0).unwrap();
        assert!(session.made(&session.form_token));
        assert!(sessions.of(&format!("other=1; {}", value(&cookie)), 0).is_some());
        assert!(sessions.of(value(&cookie), 1).is_none(), "a lock ends it");
        sessions.send_all_away();
        assert!(sessions.of(value(&cookie), 0).is_none(), "and so does sending all away");
    }

    #[test]
    fn what_was_made_up_or_belongs_to_another_program_does_not_hold() {
        let (sessions, other) = (Sessions::none(), Sessions::none());
        let cookie = other.let_in(0);
        let made_up = format!("s={}.{}", "00".repeat(RANDOM), "00".repeat(32));
        for cookies in [value(&cookie), &made_up, "s=", "s=.", "s", "", "ss=1.2", "s=zz.zz"] {
            assert!(sessions.of(cookies, 0).is_none(), "{cookies}");
        }
    }

    #[test]
    fn the_token_of_one_session_is_not_that_of_another() {
        let sessions = Sessions::none();
        let [one, two] = [(); 2].map(|()| sessions.of(value(&sessions.let_in(0)), 0).unwrap());
        assert!(!one.made(&two.form_token));
        for token in ["", "00", &"00".repeat(32), "not hex"] {
            assert!(!one.made(token));
        }
    }
}

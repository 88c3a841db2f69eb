//! What the stories are told with: real `kith` processes on loopback, each with a home of its own, driven
//! through the command line as a script would drive them.
//!
//! Guarantees: whatever a test starts is ended when the test ends, well or badly, by its own process id;
//! every wait has a deadline and says what it waited for; whatever is random follows from a seed that a
//! failure prints and `SEED=` replays.
//!
//! Refuses: to look inside a node. What a story knows, it knows from the command line, from the files of a
//! home, or from the bytes of a socket.
//!
//! ```no_run
//! use kith_tests::Person;
//!
//! let ana = Person::new("Ana");
//! let ben = Person::new("Ben");
//! let group = ana.opens("Sleepless", "For nights that are too long.");
//! ben.joins(&ana.invites(&group).link);
//! let post = ana.posts(&group, "Is anybody awake?");
//! ben.has_got(&group, &[&post]);
//! ```

pub mod api;
pub mod browser;
pub mod call;
pub mod crawl;
pub mod door;
pub mod faults;
pub mod gathering;
pub mod guest;
pub mod home;
pub mod internet;
pub mod keeper;
pub mod lab;
pub mod lines;
pub mod listening;
pub mod netns;
pub mod node;
pub mod person;
pub mod ports;
pub mod program;
pub mod scene;
pub mod seed;
pub mod shelf;
pub mod socks;
pub mod texts;
pub mod tor;
pub mod traces;
pub mod visitor;
pub mod wait;
pub mod watch;

pub use api::Api;
pub use call::{Call, Failure, Outcome};
pub use faults::Machine;
pub use guest::Guest;
pub use home::Home;
pub use internet::Internet;
pub use keeper::Keeper;
pub use lab::Lab;
pub use netns::Netns;
pub use node::Node;
pub use person::{Invited, Member, Person, Post};
pub use ports::Ports;
pub use seed::Seed;
pub use socks::Socks;
pub use traces::Traces;
pub use visitor::Visitor;
pub use watch::Watch;

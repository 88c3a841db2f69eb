//! The web app: what a member needs, in a browser, served by their own node.
//!
//! It is a face of [`kith_node::service::Service`], as the command line is: no rule about groups, members or texts
//! stands in here. Handlers take a request apart, ask the service, and fill a template.
//!
//! ```text
//! listen    loopback, a random port, a random name            guard     who may ask, and what goes with each answer
//! sessions  who was let in                                     sign_in   the page that lets a browser in
//! visit     one request of somebody who was let in             frame     what stands around every page
//! words     Fluent: every word of the pages                    when      times, said as people say them
//! face      what the person chose of how it looks              live      hints that something is new
//! idle      locking by itself                                  oops      what there is to say when there is no page
//! parts     what several pages show                            pages     one file a screen
//! ```
//!
//! Guarantees: nothing but loopback is listened on; a request under another host name, or sent from another origin, is
//! refused before anything is looked at; beyond unlocking, the general help numbers, the exchange of a sign-in token and
//! static files, every answer takes a session, and every change also a token that only the page before it had; nothing
//! is kept by the browser; no page asks for anything outside the node. Whatever people wrote is escaped, and stands in an
//! element of its own direction.
//!
//! Loopback is no boundary by itself: other users and other programs of the device reach it. What is refused to them,
//! each rule with a test that attacks it, is in `guard` and `sessions`.

pub mod face;
mod form;
mod frame;
mod guard;
mod icons;
mod idle;
mod lately;
mod listen;
mod live;
mod oops;
mod pages;
mod parts;
mod sessions;
mod sign_in;
mod statics;
mod visit;
mod web;
pub mod when;
pub mod words;

pub use self::listen::Address;
pub use self::web::front;

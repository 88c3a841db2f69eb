//! What people do with Kith, told over real nodes: one program, so that it is linked once, and so that many stories run side by
//! side, each of which waits most of its time for what travels between nodes.
//!
//! `cargo test -p kith-tests --test stories hearing::` tells those of one file.

mod attachments;
mod bad_input;
mod between_two;
mod blocking;
mod calendar;
mod circles;
mod coming_in;
mod compacting;
mod demo;
mod duties;
mod export;
mod first_light;
mod governing;
mod hearing;
mod homes;
mod hostile_socket;
mod introducing;
mod knocking;
mod letting_in;
mod library;
mod linking;
mod locking;
mod looking_after;
mod mine;
mod moderating;
mod moving;
mod notes;
mod offices;
mod open_door;
mod pacing;
mod promises;
mod removed;
mod reporting;
mod retaining;
mod said_alone;
mod searching;
mod sharing;
mod splitting;
mod terms;
mod unreadable;
mod web;
mod web_coming_in;
mod web_desk;
mod web_guard;
mod web_heard;
mod web_mine;
mod web_pages;
mod web_together;
mod welcoming;
mod withdrawing;

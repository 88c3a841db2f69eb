//! Circles of a few people who hear each other at once, or not.

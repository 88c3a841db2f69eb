//! The command line `kith`, the very same code, where the tests of this package find it.

fn main() {}

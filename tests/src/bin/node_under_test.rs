//! The command line `kith`, the very same code, where the tests of this package find it.

fn main() -> std::process::ExitCode {
    kith_cli::main()
}

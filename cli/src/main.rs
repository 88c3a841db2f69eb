//! `kith`: see the library of this package.

fn main() -> std::process::ExitCode {
    kith_cli::main()
}

# The verbs of this repository. `.ci/run` calls cargo itself and needs no just.

set shell := ["bash", "-euo", "pipefail", "-c"]

_default:
    @just --list --unsorted

# Formatting, lints and documentation: the quick half of CI
check:
    .ci/run tools formatting purity lints documentation

# Every test
test:
    cargo test --workspace

# Everything CI runs
ci:
    .ci/run

# Licences, bans, sources and (where they can be fetched) advisories of dependencies
deny:
    .ci/run dependencies

# The stories over real nodes, one after another, with their output
e2e *args:
    cargo test -p kith-tests --tests -- --nocapture --test-threads 1 {{args}}

# People behind routers of every temper, in network namespaces: who meets whom by which way. Needs root, `ip` and `nft`
nat *args:
    cargo test -p kith-tests --test nat -- --nocapture --test-threads 1 {{args}}

# Kill -9 and power cuts at random moments, then look for what was lost. `SEED=` replays a run
crash rounds="50":
    ROUNDS={{rounds}} cargo test --release -p kith-tests --test crash -- --nocapture --test-threads 1

# Mutated bytes at every decoder, with the memory watched. `SEED=` replays a run
fuzz inputs="10000000":
    INPUTS={{inputs}} cargo test --profile fuzz -p kith-tests --test hostile_bytes -- --nocapture --test-threads 1

# Lives of whole simulated groups, so many of each kind. `SEED=` replays one and tells its story
sim seeds="2000":
    SEEDS={{seeds}} cargo test --release -p kith-protocol --test sim -- --nocapture

# Lives of simulated circles, `a..b` or so many. `SEED=` replays one and tells its story
circles seeds="10000":
    SEEDS={{seeds}} cargo test --release -p kith-protocol --test circle -- --nocapture seeds

# Groups of 5, 50 and 500 simulated nodes that come and go, as a table. `SEED=` replays a run
scale sizes="5,20,50,200,500":
    SIZES={{sizes}} cargo test --release -p kith-protocol --test scale -- --nocapture everything

# Workloads W1 to W8, as a table; `just bench 10000` leaves out the large size
bench *posts:
    cargo bench -p kith-tests --bench workloads -- {{posts}}

# What governing costs in a large, old group
bench-group *entries:
    cargo bench -p kith-tests --bench group -- {{entries}}

# What searching costs: building the index, its memory, and how long somebody waits
bench-search *posts:
    cargo bench -p kith-tests --bench search -- {{posts}}

# What the pages cost: a group with 100 000 posts, and how soon a new one is told of
bench-web *posts:
    cargo bench -p kith-tests --bench web -- {{posts}}

# What a keeper costs: places, envelopes of each, places whose members are connected, members of each, seconds to look
keeper what="1000,100,1000,20,30":
    KITH_KEEPER_SCALE={{what}} unshare -rn sh -c 'ip link set lo up && cargo test --offline --release -p kith-node --lib keeper::tests::scale::a_keeper -- --nocapture'

# The pictures in docs/pictures, taken anew in a real browser
pictures:
    KITH_BROWSER=required cargo run -p kith-tests --example pictures -- docs/pictures

# Formats everything
fmt:
    cargo fmt --all

//! The page that says what is promised names stories that are there.

use std::fs;
use std::path::Path;

#[test]
fn every_promise_names_a_story_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("../docs/explanation/promises.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let mut named = 0;
    for row in rows {
        let mut words = row.split('`').skip(1).step_by(2);
        let file = words.next().expect("a file");
        let of = |folder: &str| fs::read_to_string(root.join(folder).join(file).with_extension("rs"));
        let story = of("tests/stories").or_else(|_| of("tests"));
        let story = story.unwrap_or_else(|_| panic!("there is no {file}"));
        for name in words {
            assert!(story.contains(&format!("#[test]\nfn {name}()")), "{file} has no {name}");
            named += 1;
        }
    }
    assert!(named > 15, "only {named} stories are named");
}

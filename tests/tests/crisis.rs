//! Where to turn to now: with nothing set up, with the node stopped, and for a country that is not known.

use kith_tests::{Home, Person};

#[test]
fn the_card_needs_neither_an_identity_nor_a_running_node() {
    let home = Home::new();
    let card = home.kith(["crisis", "card", "--country", "gb"]).ok();
    assert_eq!((&card["emergency"], &card["lines"][0]["call"]), (&"999".into(), &"116 123".into()));
    assert!(!home.path().exists(), "looking leaves no trace");
    let none = home.kith(["crisis", "card"]).in_words().run().lines.join("\n");
    assert!(none.contains("call your emergency number") && none.contains("set-country"), "{none}");
    assert_eq!(home.kith(["crisis", "set-country", "zz"]).fails(6).code, "unknown_id");
}

#[test]
fn a_chosen_country_and_own_lines_stay_and_do_not_hinder_a_beginning() {
    let mut ana = Person::offline("Ana");
    ana.kith(["crisis", "set-country", "us"]).ok();
    ana.kith(["crisis", "add", "My sister", "--call", "555 0100"]).ok();
    ana.comes_online();
    ana.goes_offline();
    let card = ana.kith(["crisis", "card"]).ok();
    assert_eq!((&card["country"], &card["lines"][0]["name"]), (&"US".into(), &"My sister".into()));
    ana.kith(["crisis", "remove", "1"]).ok();
    ana.kith(["crisis", "remove", "1"]).fails(6);
}

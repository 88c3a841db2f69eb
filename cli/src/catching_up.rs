//! How far catching-ups have come, on the terminal of a running node.
//!
//! It learns of them as every face does, from the events of the local API. What cannot be learnt is not shown:
//! a display is no reason for a node to end.

use std::collections::BTreeMap;
use std::path::PathBuf;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use kith_node::api::types::{CatchingUp, Event, Id, Problem};

use crate::client::{Client, Route};

/// Less than this is there before anybody has read about it.
const WORTH_SHOWING: u64 = 50;
/// Without numbers of people or names of groups: others may see this screen.
const STYLE: &str = "Catching up {bar:24} {pos} of about {len} messages";

/// Shows them for as long as the node runs.
pub async fn show(socket: PathBuf) {
    if let Err(problem) = follow(&Client::new(socket)).await {
        tracing::debug!(%problem, "catching-ups are not shown");
    }
}

async fn follow(node: &Client) -> Result<(), Problem> {
    let mut events = node.listen(Route::new(&["events"])?).await?;
    let mut bars = Bars::new(ProgressDrawTarget::stderr());
    while let Some(event) = events.next::<serde_json::Value>().await? {
        // Kinds of events that this program does not know are passed over.
        if let Ok(Event::CatchingUp { group, progress }) = serde_json::from_value(event) {
            bars.set(group, progress);
        }
    }
    Ok(())
}

/// A bar for each group that is catching up.
struct Bars {
    all: MultiProgress,
    shown: BTreeMap<Id, ProgressBar>,
}

impl Bars {
    fn new(target: ProgressDrawTarget) -> Bars {
        Bars { all: MultiProgress::with_draw_target(target), shown: BTreeMap::new() }
    }

    fn set(&mut self, group: Id, progress: Option<CatchingUp>) {
        match progress {
            Some(progress) if progress.of >= WORTH_SHOWING => {
                let bar = self.shown.entry(group).or_insert_with(|| self.all.add(bar()));
                bar.set_length(progress.of);
                bar.set_position(progress.arrived);
            }
            Some(_) => {}
            None => {
                if let Some(bar) = self.shown.remove(&group) {
                    bar.finish_and_clear();
                    self.all.remove(&bar);
                }
            }
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template(STYLE).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::no_length().with_style(style)
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::InMemoryTerm;

    #[test]
    fn a_bar_is_there_while_much_is_missing_and_gone_afterwards() {
        let screen = InMemoryTerm::new(10, 80);
        let mut bars = Bars::new(ProgressDrawTarget::term_like(Box::new(screen.clone())));
        bars.set("a".into(), Some(CatchingUp { arrived: 1, of: 2 }));
        assert_eq!(screen.contents(), "", "what takes no time is not shown");
        bars.set("a".into(), Some(CatchingUp { arrived: 250, of: 1000 }));
        bars.set("b".into(), Some(CatchingUp { arrived: 0, of: 60 }));
        bars.all.set_move_cursor(false);
        let shown = screen.contents();
        assert!(shown.contains("250 of about 1000 messages"), "{shown}");
        bars.set("a".into(), None);
        bars.set("b".into(), None);
        assert_eq!(screen.contents().trim(), "");
    }
}

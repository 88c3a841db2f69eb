//! That everybody can use a page: in a narrow window, in the dark, in few colours, without a pointer, without eyes.

use super::{Browser, DESK, Look, NARROW};

/// What the Tab key should stop at: whatever can be used and is shown; of radio buttons with one name, any.
const STOPS: &str = "
const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
const shown = one => one.checkVisibility({ visibilityProperty: true });
window.expected = [...document.querySelectorAll(usable)].filter(one => !one.disabled && one.tabIndex >= 0 && shown(one));
window.stops = [];
const outlined = one => one && getComputedStyle(one).outlineStyle !== 'none' && getComputedStyle(one).outlineWidth !== '0px';
const shows = at => outlined(at) || outlined(at.closest('label'));
document.addEventListener('focusin', event => stops.push({ at: event.target, outlined: shows(event.target) }));
// What counts is how it looks once the key is up.
document.addEventListener('keyup', () => {
    const stop = stops.at(-1);
    if (stop && stop.at === document.activeElement) stop.outlined = shows(stop.at);
});
// Dates and times have a stop for each of their parts, and one for their calendar.
return expected.length + 6 * expected.filter(one => /date|time|month|week/.test(one.type)).length;
";

/// What it did not stop at, and where no outline showed that it did.
const MISSED: &str = "
const named = one => `${one.tagName.toLowerCase()} ${(one.getAttribute('aria-label') || one.textContent || one.name).trim().slice(0, 60)}`;
const reached = one => stops.some(stop => stop.at === one
    || one.type === 'radio' && stop.at.type === 'radio' && stop.at.name === one.name && stop.at.form === one.form);
const missed = expected.filter(one => !reached(one)).map(one => `The Tab key does not get to ${named(one)}`);
const unseen = stops.filter(stop => !stop.outlined).map(stop => `Nothing shows that the focus is at ${named(stop.at)}`);
return [...missed, ...new Set(unseen)];
";

impl Browser {
    /// Fails the test unless everybody can use this page: see [`Browser::keeps_out`].
    #[track_caller]
    pub fn is_for_everybody(&self) {
        let found = self.keeps_out();
        assert!(found.is_empty(), "{}", found.join("\n"));
        self.has_no_complaints();
    }

    /// What keeps people out of this page, every fold opened: what axe-core finds in light, dark and forced colours and
    /// in a narrow window; what does not fit there; and what the Tab key does not get to, or not visibly.
    #[track_caller]
    pub fn keeps_out(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.opens_all_folds();
        // Colours that are still changing are measured wrongly.
        for look in [Look::LIGHT, Look::DARK, Look::FORCED] {
            self.looks(Look { still: true, ..look });
            found.extend(self.violations().iter().map(|violation| format!("With {look:?}: {violation}")));
        }
        self.looks(Look::STILL);
        self.sized(NARROW);
        found.extend(self.too_wide());
        found.extend(self.violations().iter().map(|violation| format!("In a narrow window: {violation}")));
        self.sized(DESK);
        found.extend(self.missed_by_tab());
        if !found.is_empty() {
            found.insert(0, format!("{} keeps people out:", self.address()));
        }
        found
    }

    /// Opens whatever can be unfolded.
    #[track_caller]
    pub fn opens_all_folds(&self) {
        self.runs("document.querySelectorAll('details').forEach(fold => { fold.open = true })", &[]);
    }

    #[track_caller]
    fn missed_by_tab(&self) -> Vec<String> {
        let expected = self.runs(STOPS, &[]).as_u64().unwrap_or_default();
        // Wherever the focus was at first, once around is enough.
        self.presses_tab(expected + 3);
        let missed = self.runs(MISSED, &[]);
        missed.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
    }
}

//! A list whose copies share what they have in common: a copy costs one word for every page, and a change of
//! one place a copy of its page.

use std::sync::Arc;

/// The list. Places that nothing was put in hold the default.
#[derive(Clone, Debug)]
pub(super) struct Shared<T, const PAGE: usize> {
    pages: Vec<Arc<Vec<T>>>,
}

impl<T, const PAGE: usize> Default for Shared<T, PAGE> {
    fn default() -> Shared<T, PAGE> {
        Shared { pages: Vec::new() }
    }
}

impl<T: Clone + Default, const PAGE: usize> Shared<T, PAGE> {
    /// What is in one place, if any place of its page was ever changed.
    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.pages.get(place.checked_div(PAGE)?)?.get(place.checked_rem(PAGE)?)
    }

    /// One place, to change what is in it.
    pub(super) fn get_mut(&mut self, place: usize) -> Option<&mut T> {
        let (page, place) = (place.checked_div(PAGE)?, place.checked_rem(PAGE)?);
        while self.pages.len() <= page {
            self.pages.push(Arc::new(vec![T::default(); PAGE]));
        }
        Arc::make_mut(self.pages.get_mut(page)?).get_mut(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_what_is_changed_later() {
        let mut list: Shared<u8, 4> = Shared::default();
        *list.get_mut(9).unwrap() = 1;
        let copy = list.clone();
        *list.get_mut(2).unwrap() = 2;
        *list.get_mut(9).unwrap() = 3;
        assert_eq!([copy.get(2), copy.get(9), copy.get(12)], [Some(&0), Some(&1), None]);
        assert_eq!([list.get(2), list.get(9), list.get(8)], [Some(&2), Some(&3), Some(&0)]);
        assert!(Arc::ptr_eq(&list.pages[1], &copy.pages[1]));
    }
}

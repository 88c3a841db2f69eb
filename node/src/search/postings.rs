//! Which texts have a term, and how often: numbers that only grow, each as its distance to the one before.

/// The postings of one term. Half of all terms are in one text alone, which takes no memory of its own.
#[derive(Clone, Debug)]
pub(super) enum Postings {
    One { doc: u32, times: u32 },
    Many(Box<List>),
}

/// The postings of a term that several texts have.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    bytes: Vec<u8>,
    last: u32,
}

impl Postings {
    pub(super) fn new(doc: u32, times: u32) -> Postings {
        Postings::One { doc, times }
    }

    /// Adds a text with a higher number than all before.
    pub(super) fn add(&mut self, doc: u32, times: u32) {
        match self {
            Postings::One { doc: first, times: first_times } => {
                let mut list = List::default();
                list.add(*first, *first_times);
                list.add(doc, times);
                *self = Postings::Many(Box::new(list));
            }
            Postings::Many(list) => list.add(doc, times),
        }
    }

    /// Bytes of memory beside the value itself.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Postings::One { .. } => 0,
            Postings::Many(list) => size_of::<List>().saturating_add(list.bytes.capacity()),
        }
    }

    /// The same with other numbers, in no more memory than it takes; none if none of the texts has one.
    pub(super) fn renumbered(&self, number: impl Fn(&u32) -> Option<u32>) -> Option<Postings> {
        let mut kept: Option<Postings> = None;
        self.each(|doc, times| {
            if let Some(doc) = number(&doc) {
                match &mut kept {
                    Some(kept) => kept.add(doc, times),
                    None => kept = Some(Postings::new(doc, times)),
                }
            }
        });
        if let Some(Postings::Many(list)) = &mut kept {
            list.bytes.shrink_to_fit();
        }
        kept
    }

    /// Calls `found` with every text and how often the term is in it, in order.
    pub(super) fn each(&self, mut found: impl FnMut(u32, u32)) {
        let list = match self {
            Postings::One { doc, times } => return found(*doc, *times),
            Postings::Many(list) => list,
        };
        let (mut bytes, mut doc) = (list.bytes.as_slice(), 0_u32);
        while let Some(head) = read(&mut bytes) {
            doc = doc.wrapping_add(head >> 1);
            let times = if head & 1 == 0 { 1 } else { read(&mut bytes).unwrap_or(1) };
            found(doc, times);
        }
    }
}

impl List {
    /// A distance and whether a count follows, in one number: most terms are in a text once.
    fn add(&mut self, doc: u32, times: u32) {
        let distance = doc.saturating_sub(self.last);
        self.last = doc;
        write(&mut self.bytes, distance << 1 | u32::from(times > 1));
        if times > 1 {
            write(&mut self.bytes, times);
        }
    }
}

/// Seven bits a byte, the lowest first; the highest bit says that more follow.
fn write(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn read(bytes: &mut &[u8]) -> Option<u32> {
    let (mut number, mut shift) = (0_u32, 0_u32);
    while let Some((byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift = shift.saturating_add(7);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_comes_back_in_order() {
        let added = [(0, 1), (1, 300), (2, 1), (127, 2), (128, 1), (70_000, 1), ((1 << 30) - 1, 9)];
        let mut postings = Postings::new(added[0].0, added[0].1);
        added[1..].iter().for_each(|(doc, times)| postings.add(*doc, *times));
        let mut back = Vec::new();
        postings.each(|doc, times| back.push((doc, times)));
        assert_eq!(back, added);
    }
}

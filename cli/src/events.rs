//! Reading server-sent events (HTML standard, 9.2): as much of it as our own node writes.

/// The longest event that is read, in bytes: a text of a post with every byte escaped, and what is around it.
const MOST: usize = 256 * 1024;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its data.
    pub data: String,
}

/// The stream is not one of events, or an event is too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// Bytes in, events out.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
}

impl Reader {
    /// Takes in what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole event, if there is one. Comments are passed over.
    ///
    /// # Errors
    /// [`Malformed`] if it is not UTF-8, or if more is kept waiting than one event may hold.
    pub fn next(&mut self) -> Result<Option<Event>, Malformed> {
        while let Some(end) = self.buffer.windows(2).position(|two| two == b"\n\n") {
            let rest = self.buffer.split_off(end.saturating_add(2));
            let block = std::mem::replace(&mut self.buffer, rest);
            let block = String::from_utf8(block).map_err(|_| Malformed)?;
            if let Some(event) = parse(&block) {
                return Ok(Some(event));
            }
        }
        if self.buffer.len() > MOST { Err(Malformed) } else { Ok(None) }
    }
}

fn parse(block: &str) -> Option<Event> {
    let (mut name, mut data) = (String::new(), Vec::new());
    for line in block.lines() {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut name),
            "data" => data.push(value),
            _ => {}
        }
    }
    (!data.is_empty()).then(|| Event { name, data: data.join("\n") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, data: &str) -> Event {
        Event { name: name.into(), data: data.into() }
    }

    #[test]
    fn events_come_out_whole_however_they_come_in() {
        let stream = ": hello\n\nevent: post\ndata: {\"a\":1}\n\ndata: x\ndata: y\n\n:\n\n".as_bytes();
        for size in 1..stream.len() {
            let mut reader = Reader::default();
            let mut events = Vec::new();
            for piece in stream.chunks(size) {
                reader.push(piece);
                while let Some(event) = reader.next().unwrap() {
                    events.push(event);
                }
            }
            assert_eq!(events, [event("post", "{\"a\":1}"), event("", "x\ny")], "in pieces of {size}");
        }
    }

    #[test]
    fn what_never_ends_is_given_up() {
        let mut reader = Reader::default();
        reader.push(&vec![b'x'; MOST + 1]);
        assert_eq!(reader.next(), Err(Malformed));
        let mut reader = Reader::default();
        reader.push(b"data: \xff\n\n");
        assert_eq!(reader.next(), Err(Malformed));
        let mut reader = Reader::default();
        reader.push("data: x\n\n".repeat(MOST / 4).as_bytes());
        assert!(reader.next().unwrap().is_some(), "many at once are no long one");
    }
}

//! Bytes cut into lines.

/// Cuts what comes in pieces into lines.
#[derive(Debug)]
pub(super) struct Lines {
    /// What lines end with; any usual end if there is none.
    end: Option<Vec<u8>>,
    held: Vec<u8>,
    /// Where the next line begins.
    start: usize,
    /// What was looked at already.
    seen: usize,
    /// Whether a line was read.
    started: bool,
}

impl Lines {
    pub(super) fn new(end: Option<&str>) -> Self {
        let end = end.map(|end| end.as_bytes().to_vec());
        Self { end, held: Vec::new(), start: 0, seen: 0, started: false }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.held.drain(..self.start);
        self.seen = self.seen.saturating_sub(self.start);
        self.start = 0;
        self.held.extend_from_slice(bytes);
    }

    /// The next whole line. At the end of a file, what is left is one.
    pub(super) fn next(&mut self, at_end: bool) -> Option<String> {
        let (until, end) = match self.line_end(at_end) {
            Some(found) => found,
            None if at_end && self.start < self.held.len() => (self.held.len(), 0),
            None => {
                self.seen = self.held.len();
                return None;
            }
        };
        let line = String::from_utf8_lossy(&self.held[self.start..until]).into_owned();
        self.start = until + end;
        self.seen = self.start;
        match std::mem::replace(&mut self.started, true) {
            true => Some(line),
            false => Some(line.strip_prefix('\u{feff}').map_or(line.clone(), str::to_owned)),
        }
    }

    /// Where the line ends, and how long its end is.
    fn line_end(&self, at_end: bool) -> Option<(usize, usize)> {
        let Some(end) = &self.end else {
            return usual_end(&self.held, self.seen.saturating_sub(1).max(self.start), at_end);
        };
        let from = self.seen.saturating_sub(end.len()).max(self.start);
        let at = self.held[from..].windows(end.len()).position(|window| window == end)?;
        Some((from + at, end.len()))
    }
}

/// Where a line ends, and how long its end is. A carriage return may be half of one.
fn usual_end(held: &[u8], from: usize, at_end: bool) -> Option<(usize, usize)> {
    let at = from + held[from..].iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    match (held[at], held.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some((at, 2)),
        (b'\r', None) if !at_end => None,
        _ => Some((at, 1)),
    }
}

/// The lines of a whole text.
pub(super) fn all(text: &[u8], end: Option<&str>, mut each: impl FnMut(&str) -> bool) {
    let mut lines = Lines::new(end);
    lines.push(text);
    while let Some(line) = lines.next(true) {
        if !each(&line) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_several_ways() {
        let mut lines = Lines::new(None);
        let mut found = Vec::new();
        for piece in ["\u{feff}a\r", "\nb", "b\rc\n\n", "d"] {
            lines.push(piece.as_bytes());
            found.extend(std::iter::from_fn(|| lines.next(false)));
        }
        found.extend(std::iter::from_fn(|| lines.next(true)));
        assert_eq!(found, ["a", "bb", "c", "", "d"]);
    }

    #[test]
    fn lines_end_as_told() {
        let mut found = Vec::new();
        all(b"a\n;b;;c", Some(";"), |line| {
            found.push(line.to_owned());
            true
        });
        assert_eq!(found, ["a\n", "b", "", "c"]);
    }
}

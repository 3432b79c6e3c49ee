//! Quoted text: string literals and backquoted identifiers.

/// The length of the string literal at the start of `rest`, if there is one and
/// it is closed.
pub(super) fn length(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    match bytes.first()? {
        b'\'' => quoted(rest, '\'', true),
        b'"' => quoted(rest, '"', true),
        b'r' | b'R' => raw(rest),
        _ => None,
    }
}

/// The length of a text in `quote`s, in which the doubled quote stands for itself.
pub(super) fn quoted(rest: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next()?;
        } else if character == quote {
            match characters.peek() {
                Some((_, next)) if *next == quote => {
                    characters.next();
                }
                _ => return Some(at + 1),
            }
        }
    }
    None
}

/// `r'..'` and `r".."`: up to the next quote, nothing is special inside.
fn raw(rest: &str) -> Option<usize> {
    let quote = rest.chars().nth(1).filter(|c| matches!(c, '\'' | '"'))?;
    Some(2 + rest.get(2..)?.find(quote)? + 1)
}

/// The text that a string literal stands for.
pub(in crate::sql) fn unescape(literal: &str) -> String {
    let inner = |literal: &str, cut: usize| {
        literal.get(cut..literal.len().saturating_sub(1)).unwrap_or_default().to_owned()
    };
    match literal.as_bytes().first() {
        Some(b'r' | b'R') => inner(literal, 2),
        Some(quote) => escaped(&inner(literal, 1), char::from(*quote)),
        None => String::new(),
    }
}

fn escaped(inner: &str, quote: char) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        if character == '\\' {
            rest = rest.get(escape(rest, &mut text)..).unwrap_or_default();
        } else {
            text.push(character);
            if character == quote {
                rest = rest.strip_prefix(quote).unwrap_or(rest);
            }
        }
    }
    text
}

/// Appends what the escape sequence after a backslash stands for, and says how
/// many bytes of `rest` it takes.
fn escape(rest: &str, text: &mut String) -> usize {
    if let Some((character, length)) = coded(rest) {
        text.push(character);
        return length;
    }
    let Some(character) = rest.chars().next() else {
        text.push('\\');
        return 0;
    };
    match character {
        '0' => text.push('\0'),
        'b' => text.push('\u{8}'),
        'n' => text.push('\n'),
        'r' => text.push('\r'),
        't' => text.push('\t'),
        'Z' => text.push('\u{1a}'),
        // Kept as they are: patterns of LIKE give them a meaning.
        '%' => text.push_str("\\%"),
        '_' => text.push_str("\\_"),
        other => text.push(other),
    }
    character.len_utf8()
}

/// A character given by its code: `u0041`, `U00000041` or octal `101`.
fn coded(rest: &str) -> Option<(char, usize)> {
    match rest.as_bytes() {
        [b'u', ..] => by_code(rest.get(1..5)?, 16).map(|c| (c, 5)),
        [b'U', ..] => by_code(rest.get(1..9)?, 16).map(|c| (c, 9)),
        [b'0' | b'1', b'0'..=b'7', b'0'..=b'7', ..] => by_code(rest.get(..3)?, 8).map(|c| (c, 3)),
        _ => None,
    }
}

fn by_code(digits: &str, radix: u32) -> Option<char> {
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    // Half of a surrogate pair cannot stand alone in Rust's text.
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

//! What makes XML well formed beyond what the library checks.

/// Whether XML may hold this text.
pub(crate) fn is_content(text: &str) -> bool {
    let is_control = |c: char| c < ' ' && !matches!(c, '\t' | '\n' | '\r');
    !text.contains("]]>") && !text.contains(is_control)
}

/// Whether there are blanks between the attributes of a start tag.
pub(crate) fn attributes_stand_apart(tag: &str) -> bool {
    let mut quote = None;
    let mut characters = tag.chars().peekable();
    while let Some(c) = characters.next() {
        match quote {
            Some(open) if c == open => {
                quote = None;
                if characters.peek().is_some_and(|next| !next.is_whitespace()) {
                    return false;
                }
            }
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_blanks_between_them() {
        assert!(attributes_stand_apart("a b='1' c=\"'\"\n d = '\"'"));
        assert!(!attributes_stand_apart("a b='1'c='2'"));
    }

    #[test]
    fn some_characters_are_no_content() {
        assert!(is_content("x\n\ty ]] >"));
        assert!(!is_content("]]>") && !is_content("\u{1}"));
    }
}

//! The patterns of SHOW and LIST: `*` is any text, `|` an alternative, case does not
//! count.

use regex::Regex;

/// A pattern of names; none is every name.
pub(crate) struct Pattern(Vec<Regex>);

impl Pattern {
    pub(crate) fn new(text: Option<&str>) -> Self {
        let alternatives = text.unwrap_or("*").split('|');
        let expressions = alternatives.map(|part| {
            // What is no star is a regular expression, as in Spark.
            format!("(?i)^(?:{})$", part.trim().replace('*', ".*"))
        });
        Self(expressions.filter_map(|expression| Regex::new(&expression).ok()).collect())
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|alternative| alternative.is_match(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_alternatives() {
        let pattern = Pattern::new(Some("t*|V1"));
        assert!(["t", "Table", "v1"].iter().all(|name| pattern.matches(name)));
        assert!(!pattern.matches("at"));
        assert!(Pattern::new(None).matches("anything"));
    }
}

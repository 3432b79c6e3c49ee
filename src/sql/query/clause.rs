//! Which words begin a clause. Spark lets almost every word be an alias, so this
//! is told by what follows.

use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

impl Parser<'_> {
    /// Whether the word here begins a clause, and is not an alias.
    pub(in crate::sql) fn clause_ahead(&self) -> bool {
        if self.kind() != Kind::Word {
            return false;
        }
        let word = self.text_of(self.token(0)).to_ascii_uppercase();
        match word.as_str() {
            "FROM" => self.identifier_at(1) && !self.empty_from_ahead() || self.symbol_at(1, "("),
            "GROUP" | "ORDER" | "SORT" | "CLUSTER" | "DISTRIBUTE" => {
                self.word_at(1, "BY") && self.token(2).kind != Kind::End
            }
            "WHERE" | "HAVING" | "LIMIT" | "OFFSET" | "QUALIFY" => !self.ends_item(),
            "UNION" | "INTERSECT" | "EXCEPT" | "MINUS" => {
                self.symbol_at(1, "(") || self.any_word_at(1, SET_OPERANDS)
            }
            "WINDOW" => self.identifier_at(1) && self.word_at(2, "AS"),
            "LATERAL" => self.word_at(1, "VIEW"),
            "AS" => self.identifier_at(1),
            "DO" => self.looping,
            _ => self.table_clause_ahead(&word),
        }
    }

    /// Whether a clause begins where the relations behind `FROM` should: then `FROM`
    /// is an alias.
    fn empty_from_ahead(&self) -> bool {
        let by = self.any_word_at(1, &["GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE"]);
        let ends = matches!(self.token(2).kind, Kind::Symbol("," | ")" | ";" | "|>") | Kind::End);
        by && self.word_at(2, "BY")
            || self.word_at(1, "LATERAL") && self.word_at(2, "VIEW")
            || self.any_word_at(1, &["WHERE", "HAVING"]) && !ends
    }

    /// The same for words that only follow tables.
    fn table_clause_ahead(&self, word: &str) -> bool {
        match word {
            "PIVOT" | "TABLESAMPLE" | "MATCH_CONDITION" => self.symbol_at(1, "("),
            "UNPIVOT" => self.symbol_at(1, "(") || self.any_word_at(1, &["INCLUDE", "EXCLUDE"]),
            "VERSION" | "TIMESTAMP" | "SYSTEM_VERSION" | "SYSTEM_TIME" => {
                self.word_at(1, "AS") && self.word_at(2, "OF")
            }
            "FOR" => self.any_word_at(1, TRAVEL),
            "SELECT" | "INSERT" | "MAP" | "REDUCE" => !self.ends_item(),
            "SET" | "WHEN" | "VALUES" => !self.ends_item(),
            "APPROX" | "EXACT" => self.word_at(1, "NEAREST"),
            "ASOF" => self.word_at(1, "JOIN"),
            "CHANGES" | "WATERMARK" => !self.ends_item() && !self.word_at(1, "JOIN"),
            "WITH" => self.symbol_at(1, "("),
            _ => false,
        }
    }

    /// Whether the token behind this one ends an item of a list.
    pub(in crate::sql) fn ends_item(&self) -> bool {
        matches!(self.token(1).kind, Kind::Symbol("," | ")" | ";" | "|>") | Kind::End)
    }
}

/// What may follow `FOR` in time travel.
pub(super) const TRAVEL: &[&str] = &["VERSION", "TIMESTAMP", "SYSTEM_VERSION", "SYSTEM_TIME"];

const SET_OPERANDS: &[&str] =
    &["ALL", "DISTINCT", "SELECT", "VALUES", "FROM", "TABLE", "MAP", "REDUCE"];

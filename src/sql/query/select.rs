//! `SELECT` and its clauses.

use crate::error::{Error, Result};
use crate::proto;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

use super::group::Grouping;

/// The clauses behind the relations of a select.
#[derive(Default)]
struct Clauses {
    condition: Option<proto::Expression>,
    grouping: Option<Grouping>,
    having: Option<proto::Expression>,
    qualify: Option<proto::Expression>,
}

impl Parser<'_> {
    /// A select; `from` are its relations if they were written first.
    pub(super) fn select(&mut self, from: Option<proto::Relation>) -> Result<proto::Relation> {
        let start = self.index();
        self.require_word("SELECT")?;
        self.refuse_transform()?;
        let windows = self.named_windows(start)?;
        let hints = self.hints()?;
        let distinct = self.select_quantifier();
        let items = self.list(Self::named_expression)?;
        let from = match from {
            Some(from) => Some(self.lateral_views(from)?),
            None if self.word_at(0, "FROM") => Some(self.relations_clause()?),
            None if self.words(&["LATERAL", "VIEW"]) => {
                Some(self.lateral_views(build::project(None, Vec::new()))?)
            }
            None => None,
        };
        let clauses = self.clauses(windows)?;
        let selected = assemble(from, items, clauses);
        let selected = if distinct { build::distinct(selected) } else { selected };
        Ok(hints.into_iter().rev().fold(selected, |input, hint| hint.over(input)))
    }

    /// `FROM t SELECT a`; or only `FROM t`, if pipes follow.
    pub(super) fn relations_first(&mut self) -> Result<proto::Relation> {
        let from = self.relations_clause()?;
        if self.word_at(0, "INSERT") {
            return Err(Error::unsupported("sql.insert"));
        }
        if self.any_word_at(0, &["MAP", "REDUCE"]) {
            return Err(Error::unsupported("sql.transform"));
        }
        if !self.word_at(0, "SELECT") {
            return if self.ends_from() { Ok(from) } else { Err(self.unexpected()) };
        }
        let selected = self.select(Some(from))?;
        if self.any_word_at(0, &["SELECT", "INSERT"]) {
            return Err(Error::unsupported("sql.multi_select"));
        }
        Ok(selected)
    }

    fn ends_from(&self) -> bool {
        matches!(self.kind(), Kind::Symbol("|>" | ")" | ";") | Kind::End)
    }

    /// `DISTINCT` or `ALL` behind `SELECT`.
    fn select_quantifier(&mut self) -> bool {
        let ends = matches!(self.token(1).kind, Kind::Symbol("," | ".") | Kind::End);
        let from = self.word_at(1, "FROM") && self.identifier_at(2) && !self.word_at(2, "FROM");
        if ends || from {
            return false;
        }
        let distinct = self.eat_word("DISTINCT");
        if !distinct {
            self.eat_word("ALL");
        }
        distinct
    }

    /// `SELECT TRANSFORM(..) USING 'program'` runs programs of the operating system.
    fn refuse_transform(&self) -> Result<()> {
        let behind = self.behind(self.index() + 1);
        let transform = self.word_at(0, "TRANSFORM")
            && behind.is_some_and(|behind| {
                ["USING", "ROW"].iter().any(|word| self.word_at_index(behind, word))
            });
        if transform { Err(Error::unsupported("sql.transform")) } else { Ok(()) }
    }

    fn clauses(&mut self, windows: Option<(usize, usize)>) -> Result<Clauses> {
        let mut clauses = Clauses::default();
        if self.eat_word("WHERE") {
            clauses.condition = Some(self.condition()?);
        }
        if self.eat_words(&["GROUP", "BY"]) {
            clauses.grouping = Some(self.grouping()?);
        }
        if self.eat_word("HAVING") {
            clauses.having = Some(self.condition()?);
        }
        clauses.qualify = self.qualify()?;
        if let Some((start, end)) = windows
            && self.index() == start
        {
            self.seek(end);
        }
        if clauses.qualify.is_none() {
            clauses.qualify = self.qualify()?;
        }
        Ok(clauses)
    }

    fn qualify(&mut self) -> Result<Option<proto::Expression>> {
        self.eat_word("QUALIFY").then(|| self.condition()).transpose()
    }

    /// Reads the `WINDOW` clause of the select that starts at `start` before its
    /// other clauses, which name the windows. Gives the clause's place.
    fn named_windows(&mut self, start: usize) -> Result<Option<(usize, usize)>> {
        self.windows.push(Vec::new());
        let Some(clause) = self.window_clause(start) else { return Ok(None) };
        let here = self.index();
        self.seek(clause + 1);
        loop {
            let name = self.checked_identifier()?;
            self.require_word("AS")?;
            let window = self.window_specification()?;
            if let Some(windows) = self.windows.last_mut() {
                windows.push((name, window));
            }
            if !self.eat(",") {
                break;
            }
        }
        let end = self.index();
        self.seek(here);
        Ok(Some((clause, end)))
    }

    fn window_clause(&self, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let word = |word| self.word_at_index(at, word);
            match self.token_at(at).kind {
                Kind::End | Kind::Symbol(")" | ";" | "|>") => return None,
                Kind::Symbol("(") => {
                    at = self.behind(at)?;
                    continue;
                }
                Kind::Word if word("WINDOW") => {
                    let named = matches!(self.token_at(at + 1).kind, Kind::Word | Kind::Quoted);
                    if named && self.word_at_index(at + 2, "AS") {
                        return Some(at);
                    }
                }
                Kind::Word if word("UNION") || word("INTERSECT") || word("MINUS") => return None,
                _ => {}
            }
            at += 1;
        }
    }
}

/// The plan of a select: rows are filtered, then grouped or projected.
fn assemble(
    from: Option<proto::Relation>,
    items: Vec<proto::Expression>,
    clauses: Clauses,
) -> proto::Relation {
    let Clauses { condition, grouping, having, qualify } = clauses;
    let from = match condition {
        Some(condition) => {
            let input = from.unwrap_or_else(|| build::project(None, Vec::new()));
            Some(build::filter(input, condition))
        }
        None => from,
    };
    if grouping.is_none() && having.is_none() {
        let projected = build::project(from, items);
        return match qualify {
            Some(condition) => build::filter(projected, build::call("#qualify", vec![condition])),
            None => projected,
        };
    }
    let input = from.unwrap_or_else(|| build::project(None, Vec::new()));
    grouping.unwrap_or_default().aggregate(input, items, having, qualify)
}

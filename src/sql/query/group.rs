//! `GROUP BY`.

use crate::error::{Error, Result};
use crate::proto;
use crate::proto::aggregate::{GroupType, GroupingSets};
use crate::proto::relation::RelType;
use crate::sql::build;
use crate::sql::cursor::Parser;
use crate::sql::lexer::Kind;

type Expression = proto::Expression;
type Sets = Vec<Vec<Expression>>;

/// More grouping sets than this are refused: a cube doubles them with each column.
const MAX_SETS: usize = 4096;

/// What rows are grouped by.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    kind: GroupType,
    expressions: Vec<Expression>,
    sets: Sets,
}

/// One item of the list.
enum Item {
    Plain(Box<Expression>),
    Rollup(Sets),
    Cube(Sets),
    Sets(Sets),
}

impl Grouping {
    /// The aggregate over `input` with a select list and a condition on groups.
    pub(super) fn aggregate(
        self,
        input: proto::Relation,
        items: Vec<Expression>,
        having: Option<Expression>,
        qualify: Option<Expression>,
    ) -> proto::Relation {
        let kind = match self.kind {
            GroupType::Unspecified => GroupType::Groupby,
            kind => kind,
        };
        let mut aggregate_expressions = vec![build::call("#select", items)];
        aggregate_expressions.extend(having.map(|having| build::call("#having", vec![having])));
        aggregate_expressions.extend(qualify.map(|by| build::call("#qualify", vec![by])));
        let set = |grouping_set| GroupingSets { grouping_set };
        build::relation(RelType::Aggregate(Box::new(proto::Aggregate {
            input: Some(Box::new(input)),
            group_type: kind as i32,
            grouping_expressions: self.expressions,
            aggregate_expressions,
            pivot: None,
            grouping_sets: self.sets.into_iter().map(set).collect(),
        })))
    }

    /// The plain aggregate of the protocol: groups first, then the aggregates.
    pub(super) fn plain(self, input: proto::Relation, items: Vec<Expression>) -> proto::Relation {
        let mut relation = self.aggregate(input, Vec::new(), None, None);
        if let Some(RelType::Aggregate(aggregate)) = relation.rel_type.as_mut() {
            aggregate.aggregate_expressions = items;
        }
        relation
    }

    fn of_items(mut items: Vec<Item>) -> Result<Self> {
        if items.iter().all(|item| matches!(item, Item::Plain(_))) {
            let expressions = items.into_iter().filter_map(Item::plain).collect();
            return Ok(Self { kind: GroupType::Groupby, expressions, sets: Vec::new() });
        }
        if let [only] = items.as_mut_slice()
            && let Some((kind, expressions)) = only.single_columns()
        {
            return Ok(Self { kind, expressions, sets: Vec::new() });
        }
        let mut sets: Sets = vec![Vec::new()];
        for item in items {
            sets = product(&sets, &item.sets()?)?;
        }
        Ok(Self::of_sets(Vec::new(), sets))
    }

    fn of_sets(mut expressions: Vec<Expression>, sets: Sets) -> Self {
        for expression in sets.iter().flatten() {
            if !expressions.contains(expression) {
                expressions.push(expression.clone());
            }
        }
        Self { kind: GroupType::GroupingSets, expressions, sets }
    }
}

impl Item {
    fn plain(self) -> Option<Expression> {
        match self {
            Self::Plain(expression) => Some(*expression),
            Self::Rollup(_) | Self::Cube(_) | Self::Sets(_) => None,
        }
    }

    /// The columns of a rollup or cube that has one column in each place.
    fn single_columns(&self) -> Option<(GroupType, Vec<Expression>)> {
        let (kind, sets) = match self {
            Self::Rollup(sets) => (GroupType::Rollup, sets),
            Self::Cube(sets) => (GroupType::Cube, sets),
            Self::Plain(_) | Self::Sets(_) => return None,
        };
        let single = sets.iter().all(|set| set.len() == 1);
        single.then(|| (kind, sets.iter().flatten().cloned().collect()))
    }

    fn sets(self) -> Result<Sets> {
        match self {
            Self::Plain(expression) => Ok(vec![vec![*expression]]),
            Self::Rollup(places) => {
                let upto = |length| places.iter().take(length).flatten().cloned().collect();
                Ok((0..=places.len()).rev().map(upto).collect())
            }
            Self::Cube(places) => {
                let mut sets: Sets = vec![Vec::new()];
                for place in places.iter().rev() {
                    sets = product(&[place.clone(), Vec::new()], &sets)?;
                }
                Ok(sets)
            }
            Self::Sets(sets) => Ok(sets),
        }
    }
}

/// Every set of the left with every set of the right.
fn product(left: &[Vec<Expression>], right: &[Vec<Expression>]) -> Result<Sets> {
    if left.len().saturating_mul(right.len()) > MAX_SETS {
        return Err(Error::unsupported("sql.too_many_grouping_sets"));
    }
    let join = |left: &Vec<Expression>, right: &Vec<Expression>| {
        let mut set = left.clone();
        set.extend(right.iter().filter(|expression| !left.contains(expression)).cloned());
        set
    };
    Ok(left.iter().flat_map(|l| right.iter().map(move |r| join(l, r))).collect())
}

impl Parser<'_> {
    /// The list behind `GROUP BY`.
    pub(super) fn grouping(&mut self) -> Result<Grouping> {
        let items = self.list(Self::group_item)?;
        self.grouping_of(items)
    }

    /// The same, where items may have names.
    pub(super) fn named_grouping(&mut self) -> Result<Grouping> {
        let items = self.list(Self::named_group_item)?;
        self.grouping_of(items)
    }

    fn named_group_item(&mut self) -> Result<Item> {
        let special = self.words(&["GROUPING", "SETS"]) || self.any_word_at(0, &["ROLLUP", "CUBE"]);
        if special {
            return self.group_item();
        }
        Ok(Item::Plain(Box::new(self.named_expression()?)))
    }

    fn grouping_of(&mut self, items: Vec<Item>) -> Result<Grouping> {
        let analytics: Option<fn(Sets) -> Item> = if self.eat_words(&["WITH", "ROLLUP"]) {
            Some(Item::Rollup)
        } else if self.eat_words(&["WITH", "CUBE"]) {
            Some(Item::Cube)
        } else {
            None
        };
        if let Some(analytics) = analytics {
            let places = items.into_iter().filter_map(Item::plain).map(|item| vec![item]).collect();
            return Grouping::of_items(vec![analytics(places)]);
        }
        if self.words(&["GROUPING", "SETS"]) && self.symbol_at(2, "(") {
            let expressions = items.into_iter().filter_map(Item::plain).collect();
            let sets = self.grouping_sets()?;
            return Ok(Grouping::of_sets(expressions, sets));
        }
        Grouping::of_items(items)
    }

    fn group_item(&mut self) -> Result<Item> {
        if self.words(&["GROUPING", "SETS"]) && self.symbol_at(2, "(") {
            return Ok(Item::Sets(self.grouping_sets()?));
        }
        if self.word_at(0, "ROLLUP") && self.symbol_at(1, "(") {
            self.bump();
            return Ok(Item::Rollup(self.parenthesised(Self::grouping_set)?));
        }
        if self.word_at(0, "CUBE") && self.symbol_at(1, "(") {
            self.bump();
            return Ok(Item::Cube(self.parenthesised(Self::grouping_set)?));
        }
        Ok(Item::Plain(Box::new(self.expression()?)))
    }

    fn grouping_sets(&mut self) -> Result<Sets> {
        self.require_words(&["GROUPING", "SETS"])?;
        let elements = self.parenthesised(|parser| parser.nested(Self::grouping_element))?;
        let sets: Sets = elements.into_iter().flatten().collect();
        if sets.len() > MAX_SETS {
            return Err(Error::unsupported("sql.too_many_grouping_sets"));
        }
        Ok(sets)
    }

    fn grouping_element(&mut self) -> Result<Sets> {
        let nested = self.any_word_at(0, &["ROLLUP", "CUBE"]) && self.symbol_at(1, "(")
            || self.words(&["GROUPING", "SETS"]);
        if nested { self.group_item()?.sets() } else { Ok(vec![self.grouping_set()?]) }
    }

    /// `(a, b)`, `()` or one expression.
    fn grouping_set(&mut self) -> Result<Vec<Expression>> {
        let whole = self
            .behind(self.index())
            .is_some_and(|behind| matches!(self.token_at(behind).kind, Kind::Symbol("," | ")")));
        if !whole {
            return Ok(vec![self.expression()?]);
        }
        if self.symbol_at(1, ")") {
            self.bump();
            self.bump();
            return Ok(Vec::new());
        }
        self.parenthesised(Self::expression)
    }
}

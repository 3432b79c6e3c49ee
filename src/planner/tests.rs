//! Property tests of the column resolver: random plans against a model that
//! follows Spark's rules in the plainest way, by walking a tree.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::{EmptyRelation, Expr, LogicalPlan, Projection};
use proptest::prelude::*;

use super::columns::{ColumnEntry, ColumnId, Columns, FieldNames, Resolution};
use super::planned::{Input, Planned, Shape, TaggedResolution};

/// A relation in the model: attributes by number, so that identity is plain.
#[derive(Debug, Clone)]
struct Model {
    tag: Option<i64>,
    output: Vec<Attribute>,
    inputs: Vec<Model>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Attribute {
    id: ColumnId,
    name: String,
    qualifier: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Found(ColumnId),
    Ambiguous,
    Missing,
}

impl Model {
    fn of(planned: &Planned, inputs: Vec<Model>) -> Self {
        let output = planned.columns().entries().iter().map(|entry| Attribute {
            id: entry.id(),
            name: entry.name().to_owned(),
            qualifier: entry.qualifier().last().cloned(),
        });
        Self { tag: planned.plan_id(), output: output.collect(), inputs }
    }

    /// A plain name: qualified first, then bare; one answer for each identity.
    fn resolve(&self, parts: &[String]) -> Answer {
        let folded = |text: &str| text.to_lowercase();
        let pick = |test: &dyn Fn(&&Attribute) -> bool| {
            let mut ids: Vec<_> = self.output.iter().filter(test).map(|a| a.id).collect();
            ids.sort();
            ids.dedup();
            ids
        };
        let mut tries = Vec::new();
        if parts.len() > 1 {
            tries.push(pick(&|a| {
                a.qualifier.as_deref().map(folded) == Some(folded(&parts[0]))
                    && folded(&a.name) == folded(&parts[1])
            }));
        }
        tries.push(pick(&|a| folded(&a.name) == folded(&parts[0])));
        match tries.into_iter().find(|ids| !ids.is_empty()) {
            None => Answer::Missing,
            Some(ids) if ids.len() == 1 => Answer::Found(ids[0]),
            Some(_) => Answer::Ambiguous,
        }
    }

    /// Every column that `df[name]` may be, with the ids it has at the root.
    fn tagged(&self, tag: i64, parts: &[String], found: &mut Vec<ColumnId>) {
        if self.tag == Some(tag) {
            if let Answer::Found(id) = self.resolve(parts) {
                found.push(id);
            }
            return;
        }
        for input in &self.inputs {
            input.tagged(tag, parts, found);
        }
    }

    /// The same tree with ids replaced, as a self-join does to its right side.
    fn renamed(&self, map: &dyn Fn(ColumnId) -> ColumnId) -> Self {
        let output = self.output.iter().map(|a| Attribute { id: map(a.id), ..a.clone() });
        Self {
            tag: self.tag,
            output: output.collect(),
            inputs: self.inputs.iter().map(|input| input.renamed(map)).collect(),
        }
    }
}

/// A step of a random program over a pile of relations.
#[derive(Debug, Clone)]
enum Step {
    Leaf(Vec<&'static str>),
    Filter(usize),
    Keep(usize, Vec<bool>),
    Compute(usize, &'static str),
    Alias(usize, &'static str),
    Join(usize, usize),
}

const NAMES: &[&str] = &["a", "A", "b", "Bb", "bB", "naïve", "NAÏVE", "with.dot"];
const ALIASES: &[&str] = &["t", "T", "u", "a"];

fn step() -> impl Strategy<Value = Step> {
    let name = || prop::sample::select(NAMES);
    prop_oneof![
        prop::collection::vec(name(), 1..12).prop_map(Step::Leaf),
        any::<usize>().prop_map(Step::Filter),
        (any::<usize>(), prop::collection::vec(any::<bool>(), 12))
            .prop_map(|(at, keep)| Step::Keep(at, keep)),
        (any::<usize>(), name()).prop_map(|(at, name)| Step::Compute(at, name)),
        (any::<usize>(), prop::sample::select(ALIASES)).prop_map(|(at, a)| Step::Alias(at, a)),
        (any::<usize>(), any::<usize>()).prop_map(|(l, r)| Step::Join(l, r)),
    ]
}

fn empty(names: &[String]) -> Arc<LogicalPlan> {
    let fields: Vec<_> = names.iter().map(|n| Field::new(n, DataType::Int64, true)).collect();
    let schema = DFSchema::try_from(Schema::new(fields)).unwrap();
    Arc::new(LogicalPlan::EmptyRelation(EmptyRelation {
        produce_one_row: false,
        schema: Arc::new(schema),
    }))
}

fn leaf(names: &[&str]) -> Planned {
    let mut fields = FieldNames::default();
    let taken: Vec<_> = names.iter().map(|name| fields.take(name)).collect();
    let entries = names.iter().zip(&taken);
    let entries = entries.map(|(name, field)| ColumnEntry::new(*name, Column::from_name(field)));
    Planned::leaf(empty(&taken), Columns::new(entries.collect()))
}

/// Projects `entries` of `input`; where one has no id of the input, it is new.
fn project(input: &Planned, entries: Vec<Arc<ColumnEntry>>, exprs: Vec<Expr>) -> Planned {
    let plan = Projection::try_new(exprs, Arc::clone(input.plan())).unwrap();
    let plan = Arc::new(LogicalPlan::Projection(plan));
    let columns = Columns::from_shared(entries);
    Planned::node(plan, columns, vec![Input::plain(input)], Shape::Project)
}

fn keep(input: &Planned, keep: &[bool]) -> Planned {
    let kept = input.columns().entries().iter().zip(keep.iter().cycle());
    let entries: Vec<_> = kept.filter(|(_, keep)| **keep).map(|(e, _)| Arc::clone(e)).collect();
    let exprs = entries.iter().map(|e| Expr::Column(e.column().clone())).collect();
    project(input, entries, exprs)
}

fn compute(input: &Planned, name: &str) -> Planned {
    let mut entries = input.columns().entries().to_vec();
    let mut exprs: Vec<_> = entries.iter().map(|e| Expr::Column(e.column().clone())).collect();
    let mut names = FieldNames::with_taken(entries.iter().map(|e| e.column().name.as_str()));
    let field = names.take(name);
    exprs.push(datafusion::logical_expr::lit(1_i64).alias(&field));
    entries.push(Arc::new(ColumnEntry::new(name, Column::from_name(&field))));
    project(input, entries, exprs)
}

fn alias(input: &Planned, name: &str) -> Planned {
    let columns = input.columns().requalified(&[name.to_owned()], |e| e.column().clone());
    Planned::over(input, Arc::clone(input.plan()), columns)
}

/// A join and the model of its renewed right side.
fn join(left: &(Planned, Model), right: &(Planned, Model)) -> (Planned, Model) {
    let renewed = right.0.renewed(&left.0.columns().ids());
    let old: Vec<_> = right.0.columns().entries().iter().map(|e| e.id()).collect();
    let new: Vec<_> = renewed.planned().columns().entries().iter().map(|e| e.id()).collect();
    let map = |id: ColumnId| old.iter().position(|o| *o == id).map_or(id, |at| new[at]);
    let mut fields = FieldNames::default();
    let entries: Vec<_> = left
        .0
        .columns()
        .entries()
        .iter()
        .chain(renewed.planned().columns().entries())
        .map(|e| Arc::new(e.with_column(Column::from_name(fields.take(&e.column().name)))))
        .collect();
    let names: Vec<_> = entries.iter().map(|e| e.column().name.clone()).collect();
    let model_inputs = vec![left.1.clone(), right.1.renamed(&map)];
    let inputs = vec![Input::plain(&left.0), renewed];
    let columns = Columns::from_shared(entries);
    let planned = Planned::node(empty(&names), columns, inputs, Shape::Opaque);
    (planned, Model { tag: None, output: Vec::new(), inputs: model_inputs })
}

/// Runs the program; relation number `n` is tagged with plan id `n`.
fn run(program: &[Step]) -> Vec<(Planned, Model)> {
    let mut pile: Vec<(Planned, Model)> = Vec::new();
    for step in program {
        let at = |index: &usize| index % pile.len();
        let (planned, inputs) = match step {
            Step::Leaf(names) => (leaf(names), vec![]),
            _ if pile.is_empty() => continue,
            Step::Filter(i) => {
                let input = &pile[at(i)];
                let plan = Arc::clone(input.0.plan());
                (Planned::passing(&input.0, plan), vec![input.1.clone()])
            }
            Step::Keep(i, flags) => (keep(&pile[at(i)].0, flags), vec![pile[at(i)].1.clone()]),
            Step::Compute(i, name) => (compute(&pile[at(i)].0, name), vec![pile[at(i)].1.clone()]),
            Step::Alias(i, name) => (alias(&pile[at(i)].0, name), vec![pile[at(i)].1.clone()]),
            Step::Join(l, r) => {
                let (planned, model) = join(&pile[at(l)], &pile[at(r)]);
                (planned, model.inputs)
            }
        };
        if planned.columns().len() > 60 {
            continue;
        }
        let planned = planned.with_plan_id(Some(i64::try_from(pile.len()).unwrap()));
        let model = Model::of(&planned, inputs);
        pile.push((planned, model));
    }
    pile
}

fn answer(resolution: Resolution) -> Answer {
    match resolution {
        Resolution::Found { entry, .. } => Answer::Found(entry.id()),
        Resolution::Ambiguous(_) => Answer::Ambiguous,
        Resolution::Missing => Answer::Missing,
    }
}

fn names_to_ask() -> Vec<Vec<String>> {
    let bare = NAMES.iter().map(|name| vec![(*name).to_owned()]);
    let qualified = ALIASES
        .iter()
        .flat_map(|alias| NAMES.iter().map(|name| vec![(*alias).to_owned(), (*name).to_owned()]));
    bare.chain(qualified).collect()
}

proptest! {
    #[test]
    fn plain_names_resolve_as_in_the_model(program in prop::collection::vec(step(), 1..14)) {
        for (planned, model) in run(&program) {
            for parts in names_to_ask() {
                prop_assert_eq!(
                    answer(planned.columns().resolve(&parts)),
                    model.resolve(&parts),
                    "{:?} in {:?}", parts, model
                );
            }
        }
    }

    #[test]
    fn tagged_names_resolve_as_in_the_model(program in prop::collection::vec(step(), 1..14)) {
        let pile = run(&program);
        let Some((planned, model)) = pile.last() else { return Ok(()) };
        let reachable: Vec<_> = model.output.iter().map(|a| a.id).collect();
        for tag in 0..i64::try_from(pile.len()).unwrap() {
            for parts in names_to_ask() {
                let mut found = Vec::new();
                model.tagged(tag, &parts, &mut found);
                let here: Vec<_> = found.iter().filter(|id| reachable.contains(id)).collect();
                match planned.resolve_tagged(tag, &parts) {
                    TaggedResolution::Found { entry, .. } => {
                        prop_assert!(here.len() == 1 && *here[0] == entry.id());
                    }
                    TaggedResolution::Ambiguous => prop_assert!(here.len() > 1),
                    TaggedResolution::OutOfReach { .. } => {
                        prop_assert!(here.is_empty() && !found.is_empty());
                    }
                    _ => prop_assert!(here.is_empty()),
                }
            }
        }
    }

    #[test]
    fn widening_brings_dropped_columns_back(program in prop::collection::vec(step(), 1..14)) {
        for (planned, _) in run(&program) {
            for parts in names_to_ask() {
                let Resolution::Found { entry, .. } = planned.resolve_beneath(&parts) else { continue };
                if planned.columns().by_id(entry.id()).is_some() {
                    continue;
                }
                let widened = planned.widened(&[entry.id()]).unwrap().unwrap();
                let found = widened.columns().by_id(entry.id()).unwrap();
                prop_assert!(widened.df_schema().has_column(found.column()));
                let before = planned.columns().entries();
                prop_assert_eq!(&widened.columns().entries()[..before.len()], before);
            }
        }
    }

    #[test]
    fn field_names_never_repeat(names in prop::collection::vec("[ab#12]{1,4}", 1..40)) {
        let mut fields = FieldNames::default();
        let taken: std::collections::HashSet<_> = names.iter().map(|n| fields.take(n)).collect();
        prop_assert_eq!(taken.len(), names.len());
    }
}

#[test]
fn the_side_that_is_the_dataframe_wins_in_a_join_condition() {
    // Recorded from Spark 4.3: `d.join(d2, d.id == d2.id)` with `d2 = d.filter(..)`
    // is planned, `.select(d.id)` over it is AMBIGUOUS_COLUMN_REFERENCE.
    let d = leaf(&["id"]).with_plan_id(Some(0));
    let d2 = Planned::passing(&d, Arc::clone(d.plan())).with_plan_id(Some(1));
    let right = d2.renewed(&d.columns().ids());
    let entries = d.columns().entries().iter().chain(right.planned().columns().entries());
    let columns = Columns::from_shared(entries.cloned().collect());
    let inputs = || vec![Input::plain(&d), right.clone()];
    let plan = empty(&["id".into()]);
    let sides = Planned::node(Arc::clone(&plan), columns.clone(), inputs(), Shape::Sides);
    let name = ["id".to_owned()];
    let left_id = d.columns().entries()[0].id();
    assert!(matches!(
        sides.resolve_tagged(0, &name),
        TaggedResolution::Found { entry, .. } if entry.id() == left_id
    ));
    assert!(matches!(
        sides.resolve_tagged(1, &name),
        TaggedResolution::Found { entry, .. } if entry.id() != left_id
    ));
    let joined = Planned::node(plan, columns, inputs(), Shape::Opaque);
    assert!(matches!(joined.resolve_tagged(0, &name), TaggedResolution::Ambiguous));
    assert!(matches!(joined.resolve_tagged(1, &name), TaggedResolution::Found { .. }));
}

#[test]
fn a_chain_of_a_hundred_thousand_relations_is_dropped_without_recursion() {
    let mut planned = leaf(&["id"]);
    for _ in 0..100_000 {
        let plan = Arc::clone(planned.plan());
        planned = Planned::passing(&planned, plan);
    }
    drop(planned);
}

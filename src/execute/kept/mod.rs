//! What a session keeps of the plans it ran: cached relations, found again by what
//! they mean, and checkpoints, found again by their ids.

mod store;
mod table;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use datafusion::catalog::TableProvider;
use datafusion::common::Column;
use datafusion::common::tree_node::{Transformed, TreeNode as _};
use datafusion::datasource::provider_as_source;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Projection};

use super::semantics::{self, Print};
use crate::error::Result;
use crate::planner::columns::Columns;
use crate::planner::planned::Planned;
use crate::proto::StorageLevel;
use crate::session::Session;

pub(crate) use table::KeptTable;
pub(super) use table::hidden_input;

/// The level of what is cached without saying how: in memory, and what does not fit
/// on the disk.
pub(crate) fn default_level() -> StorageLevel {
    StorageLevel {
        use_disk: true,
        use_memory: true,
        use_off_heap: false,
        deserialized: true,
        replication: 1,
    }
}

/// What a session keeps; it goes with the session.
#[derive(Default)]
pub(crate) struct Kept {
    /// Whether it is in the list of [`ALL`].
    listed: AtomicBool,
    cached: Mutex<HashMap<Print, Arc<KeptTable>>>,
    checkpoints: Mutex<HashMap<String, Planned>>,
}

/// What all sessions keep: who writes to a table writes for all of them.
static ALL: Mutex<Vec<Weak<Kept>>> = Mutex::new(Vec::new());

fn lock<T>(held: &Mutex<T>) -> MutexGuard<'_, T> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Kept {
    /// What `session` keeps.
    pub(crate) fn of(session: &Session) -> Arc<Self> {
        let kept = session.get_or_init(Self::default);
        if !kept.listed.swap(true, Ordering::Relaxed) {
            let mut all = lock(&ALL);
            all.retain(|other| other.strong_count() > 0);
            all.push(Arc::downgrade(&kept));
        }
        kept
    }

    /// Wants the rows of a relation kept, from their next use on. What is kept
    /// already stays as it is.
    ///
    /// # Errors
    /// If the plan is not sound.
    pub(crate) fn cache(&self, planned: &Planned, level: StorageLevel) -> Result<()> {
        if !(level.use_disk || level.use_memory || level.use_off_heap) {
            return Ok(());
        }
        let print = semantics::of_plan(planned.plan())?;
        if lock(&self.cached).contains_key(&print) {
            return Ok(());
        }
        let plan = self.in_place(LogicalPlan::clone(planned.plan()))?;
        let table = Arc::new(KeptTable::new(plan, level));
        lock(&self.cached).entry(print).or_insert(table);
        Ok(())
    }

    /// The table that holds the rows of a relation, if they are wanted kept.
    ///
    /// # Errors
    /// If the plan is not sound.
    pub(crate) fn find(&self, planned: &Planned) -> Result<Option<Arc<KeptTable>>> {
        if lock(&self.cached).is_empty() {
            return Ok(None);
        }
        let print = semantics::of_plan(planned.plan())?;
        Ok(lock(&self.cached).get(&print).cloned())
    }

    /// Keeps the rows of a relation no longer; whether they were.
    ///
    /// # Errors
    /// If the plan is not sound.
    pub(crate) fn uncache(&self, planned: &Planned) -> Result<bool> {
        let print = semantics::of_plan(planned.plan())?;
        Ok(lock(&self.cached).remove(&print).is_some())
    }

    /// Keeps no rows any longer.
    pub(crate) fn clear(&self) {
        lock(&self.cached).clear();
    }

    /// Forgets rows that were read from a table that was written to, in all sessions;
    /// without a table, those of this session that were read from any.
    pub(crate) async fn forget_rows(&self, written: Option<&dyn TableProvider>) {
        let mut tables: Vec<_> = lock(&self.cached).values().cloned().collect();
        if written.is_some() {
            let others: Vec<_> = lock(&ALL).iter().filter_map(Weak::upgrade).collect();
            for other in others.iter().filter(|other| !std::ptr::eq(other.as_ref(), self)) {
                tables.extend(lock(&other.cached).values().cloned());
            }
        }
        for table in tables {
            if semantics::reads_tables(table.plan(), written) {
                table.forget().await;
            }
        }
    }

    /// The plan with kept rows in the place of the plans that they came from, the
    /// largest first.
    ///
    /// # Errors
    /// If the plan is not sound.
    pub(crate) fn in_place(&self, plan: LogicalPlan) -> Result<LogicalPlan> {
        let cached = lock(&self.cached).clone();
        if cached.is_empty() {
            return Ok(plan);
        }
        Ok(replaced(&plan, &cached)?.1.unwrap_or(plan))
    }

    /// A relation cut off from what it was computed from. Its rows are kept from their
    /// first use on, as long as a plan over it is.
    ///
    /// # Errors
    /// If the plan is not sound.
    pub(crate) fn cut(&self, planned: &Planned, level: StorageLevel) -> Result<Planned> {
        let plan = self.in_place(LogicalPlan::clone(planned.plan()))?;
        let table = KeptTable::new(plan, level);
        let scan = scan_as(Arc::new(table), planned.plan())?;
        let entries = planned.columns().entries().iter();
        let columns = Columns::from_shared(entries.cloned().collect());
        Ok(Planned::leaf(scan, columns))
    }

    /// A relation that is [`Self::cut`], under an id.
    ///
    /// # Errors
    /// As [`Self::cut`].
    pub(crate) fn checkpoint(
        &self,
        id: String,
        planned: &Planned,
        level: StorageLevel,
    ) -> Result<Planned> {
        let cut = self.cut(planned, level)?;
        lock(&self.checkpoints).insert(id, cut.clone());
        Ok(cut)
    }

    /// The relation of a checkpoint.
    pub(crate) fn checkpointed(&self, id: &str) -> Option<Planned> {
        lock(&self.checkpoints).get(id).cloned()
    }

    /// Forgets a checkpoint.
    pub(crate) fn remove_checkpoint(&self, id: &str) {
        lock(&self.checkpoints).remove(id);
    }
}

/// The print of a plan, and the plan with kept rows in it, if there are any.
fn replaced(
    plan: &LogicalPlan,
    cached: &HashMap<Print, Arc<KeptTable>>,
) -> Result<(Print, Option<LogicalPlan>)> {
    let inputs = plan.inputs().into_iter().map(|input| replaced(input, cached));
    let (prints, inputs): (Vec<_>, Vec<_>) =
        inputs.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    let print = semantics::of_node(plan, &prints)?;
    if let Some(table) = cached.get(&print) {
        return Ok((print, Some(scan_as(Arc::clone(table), plan)?)));
    }
    if inputs.iter().all(Option::is_none) {
        return Ok((print, None));
    }
    let mut inputs = inputs.into_iter();
    let changed = plan.clone().map_children(|input| {
        Ok(match inputs.next().flatten() {
            Some(kept) => Transformed::yes(kept),
            None => Transformed::no(input),
        })
    })?;
    Ok((print, Some(changed.data)))
}

/// A scan of kept rows, under the names that the plan's own fields have.
fn scan_as(table: Arc<KeptTable>, plan: &LogicalPlan) -> Result<LogicalPlan> {
    let schema = table.plan().schema();
    let names: Vec<_> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let scan = LogicalPlanBuilder::scan("kept", provider_as_source(table), None)?.build()?;
    let exprs = plan.schema().iter().zip(names).map(|((relation, field), name)| {
        let column = Expr::Column(Column::new(Some("kept"), name));
        column.alias_qualified(relation.cloned(), field.name())
    });
    let projection = Projection::try_new(exprs.collect(), Arc::new(scan))?;
    Ok(LogicalPlan::Projection(projection))
}

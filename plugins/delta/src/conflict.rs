//! Whether a commit may follow another that it does not know of.

use std::collections::HashSet;

use datafusion_spark_connect::Result;
use deltalake::kernel::Action;

use crate::commit::{Commit, Reads};
use crate::error::Conflict;

/// Why `ours` cannot follow `theirs`; none if it can.
pub(crate) fn between(ours: &Commit, theirs: &[Action]) -> Result<Option<Conflict>> {
    let any = |is: fn(&Action) -> bool| theirs.iter().any(is);
    if any(|action| matches!(action, Action::Protocol(_))) {
        return Ok(Some(Conflict::Protocol));
    }
    if any(|action| matches!(action, Action::Metadata(_))) {
        return Ok(Some(Conflict::Metadata));
    }
    if transactions(&ours.actions).iter().any(|id| transactions(theirs).contains(id)) {
        return Ok(Some(Conflict::Transaction));
    }
    if added_what_was_read(ours, theirs)? {
        return Ok(Some(Conflict::Append));
    }
    if removed_what_was_read(ours, theirs)? {
        return Ok(Some(Conflict::DeleteRead));
    }
    let (own, other) = (removed(&ours.actions), removed(theirs));
    Ok(own.intersection(&other).next().map(|_| Conflict::DeleteDelete))
}

/// Rows that would have been read, had they been there.
fn added_what_was_read(ours: &Commit, theirs: &[Action]) -> Result<bool> {
    let Reads::Rows(filter) = &ours.reads else { return Ok(false) };
    for action in theirs {
        let Action::Add(add) = action else { continue };
        let seen = match filter {
            Some(filter) => filter.may_hold(Some(&add.partition_values))?,
            None => true,
        };
        if seen && add.data_change && ours.changes_data() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Rows that were read and are no more.
fn removed_what_was_read(ours: &Commit, theirs: &[Action]) -> Result<bool> {
    for action in theirs {
        let Action::Remove(remove) = action else { continue };
        let read = match &ours.reads {
            Reads::Nothing | Reads::Replaced => false,
            Reads::Rows(None) => true,
            Reads::Rows(Some(filter)) => filter.may_hold(remove.partition_values.as_ref())?,
        };
        if read && remove.data_change {
            return Ok(true);
        }
    }
    Ok(false)
}

fn removed(actions: &[Action]) -> HashSet<&str> {
    actions
        .iter()
        .filter_map(|action| match action {
            Action::Remove(remove) => Some(remove.path.as_str()),
            _ => None,
        })
        .collect()
}

/// Applications that count what they wrote.
fn transactions(actions: &[Action]) -> HashSet<&str> {
    actions
        .iter()
        .filter_map(|action| match action {
            Action::Txn(transaction) => Some(transaction.app_id.as_str()),
            _ => None,
        })
        .collect()
}

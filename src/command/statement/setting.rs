//! `SET`, `RESET` and `SET TIME ZONE`.

use super::answer::{table, texts};
use crate::error::Result;
use crate::planner::SparkConnectPlanner;
use crate::proto::Relation;
use crate::sql::action::TimeZone;

const TIME_ZONE: &str = "spark.sql.session.timeZone";

pub(super) fn set(
    planner: &SparkConnectPlanner,
    key: Option<&str>,
    value: Option<&str>,
) -> Result<Relation> {
    let conf = planner.session().conf();
    match (key, value) {
        (Some(key), Some(value)) => {
            conf.set(key, value)?;
            pairs(vec![(key.to_owned(), value.to_owned())])
        }
        (Some(key), None) => {
            let value = conf.get_option(key).unwrap_or_else(|| "<undefined>".to_owned());
            pairs(vec![(key.to_owned(), value)])
        }
        (None, _) => pairs(conf.all("")),
    }
}

fn pairs(pairs: Vec<(String, String)>) -> Result<Relation> {
    let (keys, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    table(vec![texts("key", keys), texts("value", values)])
}

pub(super) fn time_zone(planner: &SparkConnectPlanner, zone: &TimeZone) -> Result<Relation> {
    let conf = planner.session().conf();
    let name = match zone {
        TimeZone::Local => {
            conf.unset(TIME_ZONE)?;
            return pairs(vec![(
                TIME_ZONE.to_owned(),
                conf.get_option(TIME_ZONE).unwrap_or_default(),
            )]);
        }
        TimeZone::Named(name) => name.clone(),
        TimeZone::Offset(seconds) => {
            let (sign, minutes) = (if *seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
            format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
        }
    };
    conf.set(TIME_ZONE, &name)?;
    pairs(vec![(TIME_ZONE.to_owned(), name)])
}

pub(super) fn reset(planner: &SparkConnectPlanner, key: Option<&str>) -> Result<()> {
    let conf = planner.session().conf();
    match key {
        Some(key) => conf.unset(key.trim_matches('`')),
        None => {
            for (key, _) in conf.all("") {
                // What may not be changed stays.
                let _ = conf.unset(&key);
            }
            Ok(())
        }
    }
}

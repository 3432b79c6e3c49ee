//! The runtime configuration of a session, with Spark's keys and defaults.

mod keys;

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::time_zone;
use crate::error::{Condition, Error, Result};
use keys::{Key, Kind};

const TIME_ZONE: &str = "spark.sql.session.timeZone";
const ANSI: &str = "spark.sql.ansi.enabled";
const TIMESTAMP_TYPE: &str = "spark.sql.timestampType";
const CASE_SENSITIVE: &str = "spark.sql.caseSensitive";

/// A session's configuration: what was set, over Spark's defaults.
///
/// ```
/// use datafusion_spark_connect::RuntimeConf;
///
/// let conf = RuntimeConf::default();
/// assert_eq!(conf.get("spark.sql.ansi.enabled")?, "true");
/// conf.set("spark.sql.ansi.enabled", "false")?;
/// assert!(!conf.ansi());
/// assert!(conf.set("spark.sql.session.timeZone", "Nowhere/City").is_err());
/// # Ok::<(), datafusion_spark_connect::Error>(())
/// ```
#[derive(Debug)]
pub struct RuntimeConf {
    system_zone: String,
    held: RwLock<Held>,
}

#[derive(Debug, Clone)]
struct Held {
    values: BTreeMap<String, String>,
    /// What planning asks for again and again, parsed once a change.
    hot: Hot,
}

#[derive(Debug, Clone)]
struct Hot {
    ansi: bool,
    time_zone: Arc<str>,
    timestamp_ntz: bool,
    case_sensitive: bool,
}

impl Default for RuntimeConf {
    fn default() -> Self {
        let system_zone = time_zone::of_system();
        let hot = Hot::of(&BTreeMap::new(), &system_zone);
        Self { system_zone, held: RwLock::new(Held { values: BTreeMap::new(), hot }) }
    }
}

impl Clone for RuntimeConf {
    fn clone(&self) -> Self {
        Self { system_zone: self.system_zone.clone(), held: RwLock::new(self.read().clone()) }
    }
}

impl Hot {
    fn of(values: &BTreeMap<String, String>, system_zone: &str) -> Self {
        let zone = values.get(TIME_ZONE).map_or(system_zone, String::as_str);
        let is = |key: &str, value: &str| values.get(key).map(|v| v.eq_ignore_ascii_case(value));
        Self {
            ansi: is(ANSI, "true").unwrap_or(true),
            time_zone: time_zone::resolve(zone).unwrap_or_else(|| Arc::from("UTC")),
            timestamp_ntz: is(TIMESTAMP_TYPE, "TIMESTAMP_NTZ").unwrap_or(false),
            case_sensitive: is(CASE_SENSITIVE, "true").unwrap_or(false),
        }
    }
}

impl RuntimeConf {
    fn read(&self) -> std::sync::RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut held.values);
        held.hot = Hot::of(&held.values, &self.system_zone);
    }

    /// Whether ANSI mode is on.
    pub fn ansi(&self) -> bool {
        self.read().hot.ansi
    }

    /// The session's time zone in the form that Arrow knows.
    pub fn time_zone(&self) -> Arc<str> {
        Arc::clone(&self.read().hot.time_zone)
    }

    /// Whether `TIMESTAMP` in SQL text means the type without a time zone.
    pub fn timestamp_ntz(&self) -> bool {
        self.read().hot.timestamp_ntz
    }

    /// Whether names that differ in case are different names.
    pub fn case_sensitive(&self) -> bool {
        self.read().hot.case_sensitive
    }

    /// The value of a key.
    ///
    /// # Errors
    /// `SQL_CONF_NOT_FOUND` if the key is not set and has no default.
    pub fn get(&self, key: &str) -> Result<String> {
        self.get_option(key).ok_or_else(|| {
            Error::analysis(Condition::SQL_CONF_NOT_FOUND, [("sqlConf", format!("\"{key}\""))])
        })
    }

    /// The value of a key, or its default, if there is either.
    pub fn get_option(&self, key: &str) -> Option<String> {
        if let Some(value) = self.read().values.get(key) {
            return Some(value.clone());
        }
        match key {
            TIME_ZONE => Some(self.system_zone.clone()),
            _ => keys::find(key).and_then(|key| key.default).map(str::to_owned),
        }
    }

    /// The value that a key was set to, if it was.
    pub(crate) fn get_set(&self, key: &str) -> Option<String> {
        self.read().values.get(key).cloned()
    }

    /// Whether a key is known here, with or without a value.
    pub fn is_known(&self, key: &str) -> bool {
        keys::find(key).is_some() || self.read().values.contains_key(key)
    }

    /// Whether a key is set to `true`, or is so by default.
    pub fn is_true(&self, key: &str) -> bool {
        self.get_option(key).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The number that a key holds.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get_option(key).and_then(|value| value.trim().parse().ok())
    }

    /// Sets a key.
    ///
    /// # Errors
    /// `CANNOT_MODIFY_STATIC_CONFIG` or `CANNOT_MODIFY_CONFIG` for a key that is
    /// fixed at start, `INVALID_CONF_VALUE` for a value that does not fit the key.
    pub fn set(&self, key: &str, value: &str) -> Result<()> {
        self.check_modifiable(key)?;
        self.set_at_start(key, value)
    }

    /// Sets a key that clients may not be allowed to change.
    pub(super) fn set_at_start(&self, key: &str, value: &str) -> Result<()> {
        keys::check(key, value)?;
        self.change(|values| drop(values.insert(key.to_owned(), value.to_owned())));
        Ok(())
    }

    /// Gives a key its default back.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn unset(&self, key: &str) -> Result<()> {
        self.check_modifiable(key)?;
        self.change(|values| drop(values.remove(key)));
        Ok(())
    }

    /// Whether clients may change a key; those that are not known cannot be.
    pub fn is_modifiable(&self, key: &str) -> bool {
        keys::find(key).is_some_and(|key| key.kind != Kind::Static)
    }

    /// The keys that are set and begin with `prefix`, with their values.
    pub fn all(&self, prefix: &str) -> Vec<(String, String)> {
        let held = self.read();
        let matching = held.values.iter().filter(|(key, _)| key.starts_with(prefix));
        matching.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// Known keys with their values or defaults, for `SET -v`.
    pub fn documented(&self) -> Vec<(String, Option<String>)> {
        let known = keys::KEYS.iter().filter(|Key { kind, .. }| *kind != Kind::Static);
        known.map(|key| (key.name.to_owned(), self.get_option(key.name))).collect()
    }

    fn check_modifiable(&self, key: &str) -> Result<()> {
        let quoted = || format!("\"{key}\"");
        match keys::find(key).map(|key| key.kind) {
            Some(Kind::Static) if key.starts_with("spark.sql.") => {
                Err(Error::analysis(Condition::CANNOT_MODIFY_STATIC_CONFIG, [("key", quoted())]))
            }
            Some(Kind::Static) => Err(Error::analysis(
                Condition::CANNOT_MODIFY_CONFIG,
                [("key", quoted()), ("docroot", "https://spark.apache.org/docs/latest".to_owned())],
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn condition(result: Result<()>) -> String {
        result.unwrap_err().condition().unwrap_or_default().to_owned()
    }

    #[test]
    fn unknown_keys_may_be_set_and_have_no_default() {
        let conf = RuntimeConf::default();
        assert_eq!(conf.get("my.key").unwrap_err().condition(), Some("SQL_CONF_NOT_FOUND"));
        conf.set("my.key", "1").unwrap();
        assert_eq!(conf.get("my.key").unwrap(), "1");
        assert!(!conf.is_modifiable("my.key"));
        assert_eq!(conf.all("my."), [("my.key".to_owned(), "1".to_owned())]);
    }

    #[test]
    fn values_are_checked_and_kept_as_given() {
        let conf = RuntimeConf::default();
        conf.set(ANSI, "False").unwrap();
        assert_eq!((conf.get(ANSI).unwrap().as_str(), conf.ansi()), ("False", false));
        conf.unset(ANSI).unwrap();
        assert!(conf.ansi());
        assert_eq!(condition(conf.set(ANSI, "bogus")), "INVALID_CONF_VALUE.TYPE_MISMATCH");
        let partitions = "spark.sql.shuffle.partitions";
        assert_eq!(condition(conf.set(partitions, "abc")), "INVALID_CONF_VALUE.TYPE_MISMATCH");
        assert_eq!(condition(conf.set(partitions, "-1")), "INVALID_CONF_VALUE.REQUIREMENT");
        let zone = condition(conf.set(TIMESTAMP_TYPE, "foo"));
        assert_eq!(zone, "INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS");
    }

    #[test]
    fn the_time_zone_is_checked_and_resolved() {
        let conf = RuntimeConf::default();
        conf.set(TIME_ZONE, "GMT+5").unwrap();
        assert_eq!(conf.get(TIME_ZONE).unwrap(), "GMT+5");
        assert_eq!(&*conf.time_zone(), "+05:00");
        assert_eq!(condition(conf.set(TIME_ZONE, "utc")), "INVALID_CONF_VALUE.TIME_ZONE");
        conf.unset(TIME_ZONE).unwrap();
        assert_eq!(conf.get(TIME_ZONE).unwrap(), time_zone::of_system());
    }

    #[test]
    fn static_keys_are_refused() {
        let conf = RuntimeConf::default();
        let fixed = condition(conf.set("spark.sql.warehouse.dir", "/x"));
        assert_eq!(fixed, "CANNOT_MODIFY_STATIC_CONFIG");
        assert_eq!(condition(conf.unset("spark.driver.memory")), "CANNOT_MODIFY_CONFIG");
        conf.set_at_start("spark.sql.warehouse.dir", "/x").unwrap();
        assert_eq!(conf.get("spark.sql.warehouse.dir").unwrap(), "/x");
    }
}
